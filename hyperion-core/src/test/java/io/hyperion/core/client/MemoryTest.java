package io.hyperion.core.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.GenerateRequest;
import io.hyperion.core.TestModels;
import io.hyperion.core.gguf.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Loading and unloading a model fifty times")
class MemoryTest {
    private static final System.Logger LOGGER = System.getLogger(MemoryTest.class.getName());
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int ROUNDS = 50;
    private static final int WARM_UP_ROUNDS = 5;

    @Test
    @DisplayName("gives all memory and all threads back")
    void givesBack() throws IOException {
        givesBack(() -> {
            try (InProcessClient client = InProcessClient.open(TestModels.demo())) {
                client.generate(GenerateRequest.builder()
                        .user("Hello")
                        .temperature(0)
                        .maxTokens(8)
                        .build());
            }
        });
    }

    @Test
    @DisplayName("that makes vectors gives all memory and all threads back")
    void givesVectorsBack(@TempDir Path directory) throws IOException {
        // Wide batches, so that what a context holds is far more than what the sizes of a process sway by.
        Path model = TinyModel.encoder("nomic-bert")
                .uint32("nomic-bert.context_length", 1024)
                .write(directory.resolve("model.gguf"));
        givesBack(() -> {
            try (InProcessClient client = InProcessClient.open(model)) {
                client.embed(EmbeddingRequest.builder().text("a ".repeat(1000)).build());
            }
        });
    }

    private static void givesBack(Runnable round) throws IOException {
        assumeTrue(Files.exists(STATUS), "the resident set size is read from /proc, which is not on this system");
        List<Long> residentKilobytes = new ArrayList<>();
        long threads = 0;
        for (int i = 1; i <= ROUNDS; i++) {
            round.run();
            if (i == WARM_UP_ROUNDS) {
                threads = hyperionThreads();
            }
            residentKilobytes.add(residentKilobytes());
        }
        long afterWarmUp = residentKilobytes.get(WARM_UP_ROUNDS - 1);
        LOGGER.log(
                System.Logger.Level.INFO,
                "Resident after round {0}: {1} kB, after round {2}: {3} kB",
                WARM_UP_ROUNDS,
                afterWarmUp,
                ROUNDS,
                residentKilobytes.get(ROUNDS - 1));
        assertThat(residentKilobytes.get(ROUNDS - 1))
                .as("resident kilobytes after each round: %s", residentKilobytes)
                .isLessThanOrEqualTo(afterWarmUp + afterWarmUp / 20);
        assertThat(hyperionThreads()).isEqualTo(threads).isZero();
    }

    private static long residentKilobytes() throws IOException {
        // What the Java heap holds of garbage is no leak of native memory.
        System.gc();
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static long hyperionThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("hyperion-"))
                .count();
    }
}
