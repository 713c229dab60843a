package io.hyperion.bench.lifecycle;

import io.hyperion.api.ModelInfo;
import io.hyperion.api.admin.Device;
import io.hyperion.bench.model.ModelShape;
import io.hyperion.bench.model.RandomModel;
import io.hyperion.core.client.InProcessClient;
import io.hyperion.core.gguf.TensorType;
import io.hyperion.core.model.HyperionConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Four models of different sizes in a memory that has room for two. Many callers generate, load, unload, pull and pin them at random. What
 * they are told but for want of room, or since somebody unloaded their model, is a failure; so is more memory than the limit.
 */
public final class Soak {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final double MIB = 1 << 20;
    private static final Duration BETWEEN_SAMPLES = Duration.ofMillis(500);

    /** Small bodies and large vocabularies: quick, and some tens of megabytes each. */
    private static final Map<String, ModelShape> SHAPES = Map.of(
            "birch", new ModelShape(2, 512, 8, 8, 1536, 24_000, 1024, TensorType.Q8_0),
            "elm", new ModelShape(4, 512, 8, 4, 1024, 20_000, 1024, TensorType.Q8_0),
            "larch", new ModelShape(3, 384, 6, 6, 1152, 32_000, 1024, TensorType.Q8_0),
            "oak", new ModelShape(2, 512, 8, 2, 2048, 12_000, 1024, TensorType.F16));

    private final SoakSettings settings;
    private final Tally tally = new Tally();
    private final Samples resident = new Samples();
    private final Samples reserved = new Samples();
    private long limit;
    private double before;

    private Soak(SoakSettings settings) {
        this.settings = settings;
    }

    /**
     * Runs a soak.
     *
     * @param settings how
     * @return what came of it
     * @throws IOException if the models cannot be written, or the memory not be read
     * @throws InterruptedException if the thread is interrupted
     */
    public static SoakReport run(SoakSettings settings) throws IOException, InterruptedException {
        return new Soak(settings).run();
    }

    private SoakReport run() throws IOException, InterruptedException {
        Path files = Files.createDirectories(settings.directory().resolve("files"));
        Path models = Files.createDirectories(settings.directory().resolve("models"));
        for (Map.Entry<String, ModelShape> shape : SHAPES.entrySet()) {
            RandomModel.write(files.resolve(shape.getKey() + ".gguf"), shape.getValue(), settings.seed());
        }
        try (FileHost host = FileHost.of(files)) {
            Map<String, String> configuration = configuration(host, files, models);
            limit = roomForTwo(configuration);
            configuration.put("hyperion.memory.limit", Long.toString(limit));
            try (InProcessClient client = InProcessClient.open(HyperionConfiguration.of(configuration))) {
                warmUp(client);
                before = residentMebibytes();
                use(client);
            }
        }
        return new SoakReport(
                settings,
                SHAPES.size(),
                tally,
                limit / MIB,
                before,
                resident,
                reserved,
                BETWEEN_SAMPLES.toMillis() / 1e3);
    }

    private static Map<String, String> configuration(FileHost host, Path files, Path models) {
        Map<String, String> configuration = new HashMap<>();
        configuration.put("hyperion.models-dir", models.toString());
        for (String name : SHAPES.keySet()) {
            String prefix = "hyperion.models." + name + ".";
            configuration.put(prefix + "slots", "2");
            configuration.put(prefix + "context-size", "1024");
            configuration.put(prefix + "batch-size", "128");
            configuration.put(prefix + "threads", "1");
            configuration.put(prefix + "prefix-memory", "4");
        }
        for (String name : List.of("birch", "oak")) {
            configuration.put(
                    "hyperion.models." + name + ".path",
                    files.resolve(name + ".gguf").toString());
        }
        for (String name : List.of("elm", "larch")) {
            configuration.put("hyperion.models." + name + ".source", host.url(name + ".gguf"));
        }
        configuration.put("hyperion.models.oak.idle-timeout", "PT2S");
        return configuration;
    }

    /** Downloads what is to be downloaded. {@return what the two largest models need, by estimate, and a little more} */
    private static long roomForTwo(Map<String, String> configuration) throws InterruptedException {
        try (InProcessClient client = InProcessClient.open(HyperionConfiguration.of(configuration))) {
            List<Long> needs = new ArrayList<>();
            for (String name : SHAPES.keySet()) {
                ModelInfo info =
                        client.administration().load(name, progress -> {}).get();
                long others = reserved(client);
                needs.add(others);
                client.administration().unload(info.name()).get();
            }
            needs.sort(Comparator.reverseOrder());
            return needs.get(0) + needs.get(1) + (1 << 20);
        } catch (ExecutionException e) {
            throw new IllegalStateException("A model of the soak cannot be loaded", e);
        }
    }

    private void warmUp(InProcessClient client) throws InterruptedException {
        Callers.of(client, List.copyOf(SHAPES.keySet()), new Tally())
                .one(settings.seed())
                .all();
        try {
            for (String name : SHAPES.keySet()) {
                client.administration().unload(name).get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("A model of the soak cannot be unloaded", e);
        }
    }

    private void use(InProcessClient client) throws IOException, InterruptedException {
        Callers callers = Callers.of(client, List.copyOf(SHAPES.keySet()), tally);
        long end = System.nanoTime() + settings.duration().toNanos();
        ExecutorService threads = Executors.newFixedThreadPool(settings.callers());
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < settings.callers(); i++) {
                Callers.Caller caller = callers.one(settings.seed() + i);
                running.add(threads.submit(() -> caller.until(end)));
            }
            while (System.nanoTime() - end < 0) {
                Thread.sleep(BETWEEN_SAMPLES.toMillis());
                resident.add(residentMebibytes());
                reserved.add(reserved(client) / MIB);
            }
            for (Future<?> one : running) {
                one.get(10, TimeUnit.MINUTES);
            }
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("A caller of the soak has not ended", e);
        } finally {
            threads.shutdownNow();
        }
    }

    private static long reserved(InProcessClient client) {
        return client.administration().status().devices().stream()
                .mapToLong(Device::reservedBytes)
                .sum();
    }

    private static double residentMebibytes() throws IOException {
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .findFirst()
                            .orElseThrow(() -> new IOException("There is no VmRSS in " + STATUS))
                    / 1024.0;
        }
    }
}
