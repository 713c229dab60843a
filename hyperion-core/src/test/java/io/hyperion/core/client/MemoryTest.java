package io.hyperion.core.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.LoraScale;
import io.hyperion.core.TestModels;
import io.hyperion.core.gguf.TinyLora;
import io.hyperion.core.gguf.TinyModel;
import io.hyperion.core.model.HyperionConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Loading and unloading a model a hundred times")
class MemoryTest {
    private static final System.Logger LOGGER = System.getLogger(MemoryTest.class.getName());
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path OPEN_FILES = Path.of("/proc/self/fd");
    private static final int ROUNDS = 100;
    private static final int WARM_UP_ROUNDS = 10;
    private static final Optional<String> DEFAULT = Optional.empty();

    @Test
    @DisplayName("gives all memory, threads and files back")
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
    @DisplayName("in one client that stays open gives all memory, threads and files back")
    void givesBackWhileOpen() throws IOException {
        try (InProcessClient client = InProcessClient.open(TestModels.demo())) {
            givesBack(() -> {
                client.load(DEFAULT);
                client.generate(GenerateRequest.builder()
                        .user("Hello")
                        .temperature(0)
                        .maxTokens(8)
                        .build());
                client.unload(DEFAULT);
            });
        }
    }

    @Test
    @DisplayName("of which all features are used gives all memory, threads and files back")
    void givesAllFeaturesBack(@TempDir Path directory) throws IOException {
        Path model = TinyModel.llama().uint32("llama.context_length", 2048).write(directory.resolve("model.gguf"));
        // Wide batches, so that what a context holds is far more than what the sizes of a process sway by.
        Path vectors = TinyModel.encoder("nomic-bert")
                .uint32("nomic-bert.context_length", 1024)
                .write(directory.resolve("vectors.gguf"));
        Path lora = TinyLora.llama(7).write(directory.resolve("lora.gguf"));
        Path slots = Files.createDirectory(directory.resolve("slots"));
        HyperionConfiguration configuration = HyperionConfiguration.of(Map.of(
                "hyperion.models.vectors.path", vectors.toString(),
                "hyperion.models.default.path", model.toString(),
                "hyperion.models.default.lora", lora.toString(),
                "hyperion.models.default.slot-save-path", slots.toString()));
        givesBack(() -> {
            try (InProcessClient client = InProcessClient.open(configuration)) {
                useAll(client);
            }
        });
        assertThat(slots).isDirectoryNotContaining("glob:**.tmp");
    }

    private static void useAll(InProcessClient client) {
        String prompt = "once upon a time there was ".repeat(20);
        GenerateParameters parameters = GenerateParameters.builder()
                .n(3)
                .maxTokens(6)
                .dryMultiplier(1)
                .grammar("root ::= [a-z]+ (\" \" [a-z]+)*")
                .logProbabilities(3)
                .seed(1)
                .build();
        GenerateReply first = client.generate(
                GenerateRequest.builder().prompt(prompt).parameters(parameters).build());
        client.saveSlot(DEFAULT, first.slot(), "round");
        GenerateReply second = client.generate(GenerateRequest.builder()
                .prompt(prompt + "the end")
                .maxTokens(1)
                .build());
        assertThat(second.cachedTokens()).isPositive();
        client.restoreSlot(DEFAULT, 0, "round");
        GenerateParameters adapted = parameters.toBuilder()
                .lora(List.of(new LoraScale(0, 0.5)))
                .mirostat(2)
                .build();
        GenerateRequest other =
                GenerateRequest.builder().prompt(prompt).parameters(adapted).build();
        assertThat(client.generate(other).completions()).hasSize(3);
        client.embed(EmbeddingRequest.builder()
                .model("vectors")
                .text("a ".repeat(200))
                .build());
        // Under way when the model is unloaded, or done by then.
        client.generateAsync(other);
    }

    private static void givesBack(Runnable round) throws IOException {
        assumeTrue(Files.exists(STATUS), "the resident set size is read from /proc, which is not on this system");
        List<Long> residentKilobytes = new ArrayList<>();
        long threads = 0;
        long openFiles = 0;
        for (int i = 1; i <= ROUNDS; i++) {
            round.run();
            if (i == WARM_UP_ROUNDS) {
                threads = status("Threads:");
                openFiles = openFiles();
            }
            residentKilobytes.add(residentKilobytes());
        }
        long afterWarmUp = residentKilobytes.get(WARM_UP_ROUNDS - 1);
        LOGGER.log(
                System.Logger.Level.INFO,
                "Resident after round {0}: {1} kB, after round {2}: {3} kB; threads: {4}, then {5}; open files: {6}, then {7}",
                WARM_UP_ROUNDS,
                afterWarmUp,
                ROUNDS,
                residentKilobytes.get(ROUNDS - 1),
                threads,
                status("Threads:"),
                openFiles,
                openFiles());
        assertThat(residentKilobytes.get(ROUNDS - 1))
                .as("resident kilobytes after each round: %s", residentKilobytes)
                .isLessThanOrEqualTo(afterWarmUp + afterWarmUp / 20);
        // The timer waits a second for something to do.
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (hyperionThreads() > 0 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(hyperionThreads()).isZero();
        // The virtual machine starts and ends some of its own.
        assertThat(status("Threads:")).as("threads").isBetween(threads - 5, threads + 5);
        assertThat(openFiles()).as("open files").isLessThanOrEqualTo(openFiles + 5);
    }

    private static long residentKilobytes() throws IOException {
        // What the Java heap holds of garbage is no leak of native memory.
        System.gc();
        return status("VmRSS:");
    }

    private static long status(String key) throws IOException {
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith(key))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static long openFiles() throws IOException {
        try (Stream<Path> files = Files.list(OPEN_FILES)) {
            return files.count();
        }
    }

    private static long hyperionThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("hyperion-"))
                .count();
    }
}
