package io.hyperion.core.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hyperion.core.gguf.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Who loads a model")
@Timeout(60)
class LoadProgressTest {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path MAPPINGS = Path.of("/proc/self/maps");

    private static LlamaLibrary library;
    private static Path file;

    @BeforeAll
    static void open(@TempDir Path directory) throws IOException, LlamaException {
        library = LlamaLibrary.open();
        file = TinyModel.llama().write(directory.resolve("progress.gguf"));
    }

    @AfterAll
    static void close() {
        library.close();
    }

    private static LlamaModel load(LoadProgress progress) throws LlamaException {
        return LlamaModel.load(library, file, 0, progress);
    }

    @Test
    @DisplayName("hears how far it is, in steps from 0 to 1")
    void growsFromNothingToAll() throws LlamaException {
        List<Float> heard = new ArrayList<>();
        load(heard::add).close();
        assertThat(heard).isSorted().startsWith(0f).endsWith(1f).hasSizeGreaterThan(10);
    }

    @Test
    @DisplayName("may end it at any point, is told so, and nothing is left of the model")
    void cancelled() throws IOException, LlamaException {
        List<Float> all = new ArrayList<>();
        load(all::add).close();
        for (int last = 1; last <= all.size(); last++) {
            int calls = last;
            List<Float> heard = new ArrayList<>();
            assertThatThrownBy(() -> load(fraction -> {
                        heard.add(fraction);
                        return heard.size() < calls;
                    }))
                    .isInstanceOf(LoadCancelledException.class)
                    .hasMessage("The loading of progress.gguf was cancelled");
            assertThat(heard).hasSize(calls);
        }
        assertThat(mappings()).isZero();
        load(LoadProgress.NONE).close();
    }

    @Test
    @DisplayName("and ends it has all memory back")
    void givesMemoryBack() throws IOException {
        assumeTrue(Files.exists(STATUS), "the resident set size is read from /proc, which is not on this system");
        cancelOften(50);
        long before = residentKilobytes();
        // Each has some 200 KB of weights, and a vocabulary.
        cancelOften(400);
        assertThat(residentKilobytes() - before).isLessThan(20_000);
    }

    private static void cancelOften(int times) {
        for (int i = 0; i < times; i++) {
            assertThatThrownBy(() -> load(fraction -> fraction < 0.9)).isInstanceOf(LoadCancelledException.class);
        }
    }

    @Test
    @DisplayName("ends it by throwing something, and gets that back")
    void throwing() throws IOException {
        assertThatThrownBy(() -> load(fraction -> {
                    throw new IllegalStateException("at " + fraction);
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("at 0.0");
        assertThat(mappings()).isZero();
    }

    @Test
    @DisplayName("hears of its own model only, while others load theirs")
    void severalAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<List<Float>>> loads = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                int index = i;
                Callable<List<Float>> load = () -> loadOrCancel(index % 2 == 0);
                loads.add(threads.submit(load));
            }
            for (int i = 0; i < loads.size(); i++) {
                List<Float> heard = loads.get(i).get(30, TimeUnit.SECONDS);
                assertThat(heard).isSorted().startsWith(0f);
                assertThat(heard.contains(1f)).isEqualTo(i % 2 == 0);
            }
        } finally {
            threads.shutdown();
            assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static List<Float> loadOrCancel(boolean whole) throws LlamaException {
        List<Float> heard = new ArrayList<>();
        LoadProgress progress = fraction -> {
            heard.add(fraction);
            return whole || fraction < 0.5;
        };
        if (whole) {
            load(progress).close();
        } else {
            assertThatThrownBy(() -> load(progress)).isInstanceOf(LoadCancelledException.class);
        }
        return heard;
    }

    private static long mappings() throws IOException {
        assumeTrue(Files.exists(MAPPINGS), "what is mapped is read from /proc, which is not on this system");
        try (Stream<String> lines = Files.lines(MAPPINGS)) {
            return lines.filter(line -> line.endsWith("progress.gguf")).count();
        }
    }

    private static long residentKilobytes() throws IOException {
        System.gc();
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
