package io.hyperion.core.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.ErrorKind;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.admin.Device;
import io.hyperion.api.admin.ModelAdministration;
import io.hyperion.core.gguf.SizedModel;
import io.hyperion.core.gguf.TinyModel;
import io.hyperion.core.model.HyperionConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Models that come into memory and go")
@Timeout(120)
class LifecycleTest {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final List<String> NAMES = List.of("a", "b", "c", "d");
    private static final Duration SOAK = Duration.ofSeconds(4);
    private static final int CALLERS = 6;

    @TempDir
    Path directory;

    @Test
    @DisplayName("take what was said of them, and leave the process as large as it was")
    void memoryComesAndGoes() throws IOException {
        Path file = SizedModel.of("llama").layers(3).vocabulary(48_000).write(directory.resolve("model.gguf"));
        try (InProcessClient client = InProcessClient.open(HyperionConfiguration.of(Map.of(
                "hyperion.models.sized.path", file.toString(),
                "hyperion.models.sized.context-size", "1024",
                "hyperion.models.sized.batch-size", "128",
                "hyperion.models.sized.slots", "2",
                "hyperion.models.sized.threads", "1")))) {
            ModelAdministration administration = client.administration();
            // Once before, for what the process and the library take once and for all.
            fill(client);
            administration.unload("sized").join();
            long before = resident();

            fill(client);
            ModelInfo info = client.model("sized");
            long grown = resident() - before;
            administration.unload("sized").join();
            long after = resident();

            assertThat(info.memory().orElseThrow().total(1)).isCloseTo(grown, Percentage.withPercentage(10));
            assertThat(after).isLessThanOrEqualTo(before + before / 20);
        }
    }

    /** Has nearly all of the context evaluated. */
    private static void fill(InProcessClient client) {
        GenerateReply reply = client.generate(GenerateRequest.builder()
                .prompt("a ".repeat(1000))
                .maxTokens(4)
                .temperature(0)
                .build());
        assertThat(reply.promptTokens()).isBetween(1000, 1020);
    }

    @Test
    @DisplayName(
            "at random, four within the memory of two, fail nobody but for want of room or since they were unloaded")
    void soak() throws Exception {
        Map<String, String> configuration = new HashMap<>();
        for (String name : NAMES) {
            Path file = TinyModel.llama(name.charAt(0))
                    .uint32("llama.context_length", 512)
                    .write(directory.resolve(name + ".gguf"));
            configuration.put("hyperion.models." + name + ".path", file.toString());
            configuration.put("hyperion.models." + name + ".slots", "2");
        }
        long one;
        try (InProcessClient client = InProcessClient.open(HyperionConfiguration.of(configuration))) {
            client.administration().load("a", progress -> {}).join();
            one = reserved(client);
        }
        configuration.put("hyperion.memory.limit", Long.toString(2 * one));
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        Map<String, Integer> served = new ConcurrentHashMap<>();
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
        try (InProcessClient client = InProcessClient.open(HyperionConfiguration.of(configuration))) {
            long end = System.nanoTime() + SOAK.toNanos();
            List<Future<?>> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                Random random = new Random(i);
                callers.add(threads.submit(() -> use(client, random, end, served, failures)));
            }
            while (System.nanoTime() - end < 0) {
                assertThat(reserved(client)).isLessThanOrEqualTo(2 * one);
                TimeUnit.MILLISECONDS.sleep(5);
            }
            for (Future<?> caller : callers) {
                caller.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(failures).isEmpty();
        assertThat(served.keySet()).containsExactlyInAnyOrderElementsOf(NAMES);
    }

    private static Void use(
            InProcessClient client, Random random, long end, Map<String, Integer> served, Queue<String> failures) {
        while (System.nanoTime() - end < 0) {
            String model = NAMES.get(random.nextInt(NAMES.size()));
            try {
                switch (random.nextInt(10)) {
                    case 0 -> client.administration().unload(model).join();
                    case 1 ->
                        client.administration().load(model, progress -> {}).join();
                    default -> {
                        client.generate(GenerateRequest.builder()
                                .model(model)
                                .prompt("once upon a time")
                                .maxTokens(1 + random.nextInt(8))
                                .build());
                        served.merge(model, 1, Integer::sum);
                    }
                }
            } catch (HyperionException e) {
                note(e, failures);
            } catch (CompletionException e) {
                note(e.getCause(), failures);
            }
        }
        return null;
    }

    private static void note(Throwable failure, Queue<String> failures) {
        boolean expected = failure instanceof HyperionException error
                && (error.kind() == ErrorKind.BUSY || error.code() == ErrorCode.SHUTTING_DOWN);
        if (!expected) {
            failures.add(failure.toString());
        }
    }

    private static long reserved(InProcessClient client) {
        return client.administration().status().devices().stream()
                .mapToLong(Device::reservedBytes)
                .sum();
    }

    private static long resident() throws IOException {
        assumeTrue(Files.exists(STATUS), "the resident set size is read from /proc, which is not on this system");
        System.gc();
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElseThrow();
        }
    }
}
