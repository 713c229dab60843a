package io.hyperion.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hyperion.api.GenerateParameters;
import io.hyperion.api.Prompt;
import io.hyperion.core.gguf.GgufFile;
import io.hyperion.core.gguf.GgufFingerprint;
import io.hyperion.core.gguf.TensorType;
import io.hyperion.core.gguf.TinyModel;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaLibrary;
import io.hyperion.core.llama.LoadProgress;
import io.hyperion.core.sequence.SequenceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The memory of instances")
@Timeout(60)
class InstanceMemoryTest {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path MAPPINGS = Path.of("/proc/self/maps");
    private static final int WIDTH = 64;
    private static final int FEED_FORWARD = 20_000;

    /** 256 bytes of keys and values each. */
    private static final int CELLS = 1 << 16;

    private static final long CACHE_KILOBYTES = CELLS * 256L / 1024;
    private static final long WEIGHT_KILOBYTES = 6L * WIDTH * FEED_FORWARD * 4 / 1024;
    private static Path file;
    private static LlamaLibrary library;

    @BeforeAll
    static void writeModel(@TempDir Path directory) throws LlamaException {
        TinyModel model = TinyModel.llama()
                .uint32("llama.context_length", 1024)
                .uint32("llama.feed_forward_length", FEED_FORWARD);
        for (int layer = 0; layer < 2; layer++) {
            model.tensor("blk." + layer + ".ffn_gate.weight", TensorType.F32, WIDTH, FEED_FORWARD)
                    .tensor("blk." + layer + ".ffn_up.weight", TensorType.F32, WIDTH, FEED_FORWARD)
                    .tensor("blk." + layer + ".ffn_down.weight", TensorType.F32, FEED_FORWARD, WIDTH);
        }
        file = model.write(directory.resolve("tiny.gguf"));
        library = LlamaLibrary.open();
    }

    @AfterAll
    static void close() {
        library.close();
    }

    @BeforeEach
    void requireFiguresOfProcesses() {
        assumeTrue(Files.exists(STATUS), "the resident set size is read from /proc, which is not on this system");
    }

    private static LoadedModel load(int min, int max) throws IOException, LlamaException {
        EngineSettings settings =
                new EngineSettings(CELLS, 1, 16, 1, 0, 10, Duration.ZERO, OptionalLong.of(0), List.of());
        return LoadedModel.load(
                library,
                "tiny",
                file,
                CELLS,
                settings,
                new InstanceSettings(min, max, Optional.empty(), InstanceGrant.ALWAYS),
                new SequenceStore("tiny", Optional.empty(), GgufFingerprint.of(List.of(GgufFile.read(file)))),
                EngineListener.NONE,
                LoadProgress.NONE);
    }

    private static void use(LoadedModel model, int slot) {
        LoadedModelRig.Result result = new LoadedModelRig.Result();
        model.submit(
                new ModelRequest(
                        new Prompt.Raw("once upon a time"),
                        GenerateParameters.builder().maxTokens(4).slot(slot).build()),
                result);
        LoadedModelRig.await(result);
    }

    /** Keeps what llama.cpp tells of its buffers. */
    private static final class Buffers extends Handler {
        private static final Pattern SIZE = Pattern.compile("(model|KV|compute) buffer size = +([0-9.]+) MiB");
        private final Map<String, List<Double>> mebibytes = new ConcurrentHashMap<>();

        @Override
        public void publish(LogRecord line) {
            Matcher size = SIZE.matcher(line.getMessage());
            if (size.find()) {
                mebibytes
                        .computeIfAbsent(size.group(1), kind -> new CopyOnWriteArrayList<>())
                        .add(Double.valueOf(size.group(2)));
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @Test
    @DisplayName("of a second one is its cache and buffers, and not the weights once more")
    void second() throws IOException, LlamaException {
        Logger logger = Logger.getLogger("io.hyperion.llama");
        Level before = logger.getLevel();
        Buffers buffers = new Buffers();
        logger.addHandler(buffers);
        logger.setLevel(Level.FINE);
        try (LoadedModel model = load(2, 2)) {
            use(model, 0);
            use(model, 1);
            assertThat(mappings()).as("mappings of the file").isEqualTo(1);
        } finally {
            logger.removeHandler(buffers);
            logger.setLevel(before);
        }
        assertThat(buffers.mebibytes).containsOnlyKeys("model", "KV", "compute");
        assertThat(buffers.mebibytes.get("model")).singleElement().satisfies(size -> assertThat(size)
                .isBetween(WEIGHT_KILOBYTES / 1024.0, WEIGHT_KILOBYTES / 1024.0 + 1));
        double cache = CACHE_KILOBYTES / 1024.0;
        assertThat(buffers.mebibytes.get("KV")).containsExactly(cache, cache);
        assertThat(buffers.mebibytes.get("compute")).hasSize(2);
    }

    @Test
    @DisplayName("is free again when the model is closed")
    void freed() throws IOException, LlamaException {
        long first = 0;
        for (int round = 0; round < 10; round++) {
            try (LoadedModel model = load(3, 3)) {
                use(model, 2);
            }
            assertThat(mappings()).as("mappings of the file").isZero();
            if (round == 2) {
                first = residentKilobytes();
            }
        }
        assertThat(residentKilobytes() - first).isLessThan(CACHE_KILOBYTES);
    }

    private static long mappings() throws IOException {
        try (Stream<String> lines = Files.lines(MAPPINGS)) {
            return lines.filter(line -> line.endsWith("tiny.gguf")).count();
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
