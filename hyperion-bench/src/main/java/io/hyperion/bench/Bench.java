package io.hyperion.bench;

import io.hyperion.bench.border.BorderMeasurement;
import io.hyperion.bench.border.ServerFiles;
import io.hyperion.bench.download.DownloadMeasurement;
import io.hyperion.bench.lifecycle.Soak;
import io.hyperion.bench.lifecycle.SoakReport;
import io.hyperion.bench.lifecycle.SoakSettings;
import io.hyperion.bench.load.BareLoop;
import io.hyperion.bench.load.HttpTarget;
import io.hyperion.bench.load.InProcessTarget;
import io.hyperion.bench.load.ModelUse;
import io.hyperion.bench.load.SocketTarget;
import io.hyperion.bench.load.Target;
import io.hyperion.bench.loading.InstanceMemory;
import io.hyperion.bench.loading.LoadTimes;
import io.hyperion.bench.model.ModelShape;
import io.hyperion.bench.model.RandomModel;
import io.hyperion.bench.scenario.Conversation;
import io.hyperion.bench.scenario.LongPrompt;
import io.hyperion.bench.scenario.ManyStreams;
import io.hyperion.bench.scenario.Measurement;
import io.hyperion.bench.scenario.MemoryCost;
import io.hyperion.bench.scenario.OneStream;
import io.hyperion.bench.scenario.OwnCost;
import io.hyperion.bench.scenario.Scenario;
import io.hyperion.bench.scenario.SharedPrompt;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.RunnerException;

/** What {@code mvn -Pbench} runs: writes a model, or measures and prints tables. Set by the properties of {@link BenchSettings}. */
public final class Bench {
    private static final String JMH = "jmh";
    private static final String BORDER = "border";
    private static final String DOWNLOAD = "download";
    private static final String LOAD = "load";
    private static final String LIFECYCLE = "lifecycle";
    private static final String HYPERION = "hyperion";
    private static final int DEFAULT_RUNS = 5;
    private static final int DEFAULT_SEQUENCES = 16;

    /** The border costs so little that only many runs show it. */
    private static final int DEFAULT_BORDER_RUNS = 150;

    private static final int DEFAULT_BORDER_WARM_UPS = 40;

    private static final int DEFAULT_MEGABYTES = 1000;
    private static final int DEFAULT_DOWNLOAD_WARM_UPS = 1;
    private static final int DEFAULT_LOADS = 21;
    private static final int DEFAULT_LOAD_WARM_UPS = 5;

    private static final int DEFAULT_LOADED_SEQUENCES = 8;

    /** Few, as clearing them takes most of the time of a load with many. */
    private static final int DEFAULT_LOADED_CELLS = 4096;

    private static final Duration DEFAULT_SOAK = Duration.ofMinutes(30);
    private static final int DEFAULT_CALLERS = 12;

    /** Room in each of 16 slots for the longest prompt, with servers that divide the context evenly. */
    private static final int DEFAULT_CELLS = 40_960;

    private final BenchSettings settings;

    private Bench(BenchSettings settings) {
        this.settings = settings;
    }

    /**
     * @param args none
     * @throws RunnerException if JMH fails
     * @throws IOException if a target fails, or a file cannot be written
     * @throws InterruptedException if the thread is interrupted
     */
    public static void main(String[] args) throws RunnerException, IOException, InterruptedException {
        new Bench(BenchSettings.of(System.getProperties())).run();
    }

    private void run() throws RunnerException, IOException, InterruptedException {
        Optional<Path> model = settings.text("write").map(Path::of);
        if (model.isPresent()) {
            write(model.get());
            return;
        }
        Optional<String> cpus = settings.text("client-cpus");
        if (cpus.isPresent()) {
            pin(cpus.get());
        }
        List<String> wanted = settings.list("run");
        if (wanted.contains(JMH)) {
            System.out.println("\n"
                    + MicroBenchmarks.run(
                            settings.list("models"), settings.text("include").orElse(".*")));
        }
        if (wanted.contains(BORDER)) {
            measureBorder();
        }
        if (wanted.contains(DOWNLOAD)) {
            measureDownload();
        }
        if (wanted.contains(LOAD)) {
            measureLoading();
        }
        if (wanted.contains(LIFECYCLE)) {
            soak();
        }
        List<Scenario> scenarios = new ArrayList<>();
        for (String name : wanted) {
            if (!List.of(JMH, BORDER, DOWNLOAD, LOAD, LIFECYCLE).contains(name)) {
                scenarios.add(scenario(name));
            }
        }
        if (!scenarios.isEmpty()) {
            measure(scenarios);
        }
    }

    private void write(Path file) throws IOException {
        ModelShape shape = ModelShape.parse(settings.text("shape").orElse(""));
        RandomModel.write(file, shape, settings.whole("seed", 1, 0));
        System.out.println("Wrote " + file + ": " + shape + ", " + shape.parameters() / 1_000_000
                + " million parameters, " + Files.size(file) / 1_000_000 + " MB");
    }

    private Scenario scenario(String name) throws IOException {
        return switch (name) {
            case "a" -> new OneStream();
            case "b" -> new ManyStreams();
            case "c" -> new SharedPrompt();
            case "d" -> new LongPrompt();
            case "e" -> new Conversation();
            case "own-cost" -> new OwnCost();
            case "memory" -> new MemoryCost(settings.model());
            default ->
                throw settings.wrong(
                        "run",
                        "must be border, lifecycle, or a list of jmh, download, load, a, b, c, d, e, own-cost and memory");
        };
    }

    private void measureLoading() throws IOException, InterruptedException {
        ModelUse model = new ModelUse(
                settings.model(),
                settings.whole("sequences", DEFAULT_LOADED_SEQUENCES, 1),
                settings.whole("cells", DEFAULT_LOADED_CELLS, 1),
                settings.whole("threads", 1, 1));
        LoadTimes times = new LoadTimes(
                model, settings.whole("warm-ups", DEFAULT_LOAD_WARM_UPS, 0), settings.whole("runs", DEFAULT_LOADS, 1));
        System.out.println("\n" + times.table() + "\nMedians of " + times.runs() + " runs.\n\n"
                + new InstanceMemory(model).table() + "\n" + model.file().getFileName() + ", " + model.cells()
                + " cells, " + model.sequences() + " slots.\n");
    }

    private void measureBorder() throws IOException, InterruptedException {
        ModelUse model = new ModelUse(
                settings.model(),
                settings.whole("sequences", 1, 1),
                settings.whole("cells", 1024, 1),
                settings.whole("threads", 1, 1));
        BorderMeasurement measurement = new BorderMeasurement(
                settings.whole("warm-ups", DEFAULT_BORDER_WARM_UPS, 0), settings.whole("runs", DEFAULT_BORDER_RUNS, 1));
        Path logs = logs();
        ServerFiles files =
                ServerFiles.write(logs.resolve(BORDER), Path.of(file("war")), Path.of(file("rar")), model.file());
        int port = settings.whole("port", 8080, 1);
        URI base = URI.create("http://127.0.0.1:" + port);
        StartedServer server = StartedServer.start(
                BORDER,
                files.command(Path.of(file("payara")), model, port),
                settings.text("server-cpus"),
                base.resolve("/" + HYPERION),
                logs.resolve(BORDER + ".log"));
        try (server) {
            System.out.println("\n" + measurement.run(base).table() + "\nMedians of " + measurement.runs() + " runs, "
                    + model.file().getFileName() + ", " + model.threads() + " engine thread(s).\n");
        }
    }

    private void measureDownload() throws IOException, InterruptedException {
        DownloadMeasurement measurement = new DownloadMeasurement(
                settings.text("directory").isPresent()
                        ? Path.of(settings.text("directory").get())
                        : logs(),
                settings.whole("megabytes", DEFAULT_MEGABYTES, 1),
                settings.whole("warm-ups", DEFAULT_DOWNLOAD_WARM_UPS, 0),
                settings.whole("runs", DEFAULT_RUNS, 1));
        System.out.println("\n" + measurement.run() + "\nMedians of " + measurement.runs() + " runs.\n");
    }

    private void soak() throws IOException, InterruptedException {
        SoakReport report = Soak.run(new SoakSettings(
                settings.duration("duration", DEFAULT_SOAK),
                settings.whole("callers", DEFAULT_CALLERS, 1),
                settings.seed(),
                logs().resolve("soak")));
        System.out.println("\n" + report.table());
        if (!report.faults().isEmpty()) {
            throw new IOException("The soak was not as it must be:\n" + String.join("\n", report.faults()));
        }
    }

    private void measure(List<Scenario> scenarios) throws IOException, InterruptedException {
        ModelUse model = new ModelUse(
                settings.model(),
                settings.whole("sequences", DEFAULT_SEQUENCES, 1),
                settings.whole("cells", DEFAULT_CELLS, 1),
                settings.whole("threads", 1, 1));
        Measurement measurement = new Measurement(
                settings.whole("warm-ups", 1, 0), settings.whole("runs", DEFAULT_RUNS, 1), settings.seed());
        boolean inProcess = settings.flag("in-process", true);
        Deque<Runnable> closing = new ArrayDeque<>();
        try {
            Map<String, URI> servers = start(model, closing);
            servers.putAll(settings.servers());
            List<Target> targets = new ArrayList<>();
            StringBuilder about = new StringBuilder();
            if (inProcess) {
                targets.add(opened(closing, new InProcessTarget(model)));
            }
            for (Map.Entry<String, URI> server : servers.entrySet()) {
                targets.add(opened(closing, new HttpTarget(server.getKey(), server.getValue(), settings.protocol())));
                about.append("; ").append(server.getKey()).append(": ").append(builtFor(server.getKey()));
            }
            for (String name : settings.list("sockets")) {
                URI base = Optional.ofNullable(servers.get(name))
                        .orElseThrow(() -> settings.wrong("sockets", "must be names of servers"));
                targets.add(opened(closing, SocketTarget.open(name + " WebSocket", base)));
            }
            if (inProcess) {
                BareLoop bare = opened(closing, BareLoop.open(model));
                targets.add(bare);
                about.append("; in this process: ").append(bare.systemInfo());
            }
            String table = measurement.run(scenarios, targets).table();
            System.out.println("\n" + table + "\nMedians of " + measurement.runs() + " runs, "
                    + model.file().getFileName() + ", " + model.threads() + " engine thread(s), seed "
                    + measurement.seed() + about + ".\n");
        } finally {
            closing.forEach(Runnable::run);
        }
    }

    /** Starts the servers that are to be started. {@return their addresses by their names} */
    private Map<String, URI> start(ModelUse model, Deque<Runnable> closing) throws IOException, InterruptedException {
        Map<String, URI> servers = new LinkedHashMap<>();
        Optional<String> cpus = settings.text("server-cpus");
        Path logs = logs();
        if (settings.flag("start", false)) {
            int port = settings.whole("port", 8080, 1);
            URI base = URI.create("http://127.0.0.1:" + port + "/hyperion");
            Path log = logs.resolve(HYPERION + ".log");
            closing.push(StartedServer.start(HYPERION, launcher(model, port), cpus, base, log)::close);
            servers.put(HYPERION, base);
        }
        Optional<String> peer = settings.text("peer.command");
        if (peer.isPresent()) {
            String name = settings.text("peer.name").orElse("llama-server");
            URI base = URI.create(settings.text("peer.url").orElse("http://127.0.0.1:8081"));
            List<String> command = Stream.of(peer.get().split("\\s+"))
                    .map(part -> part.replace(
                            "{model}", model.file().toAbsolutePath().toString()))
                    .toList();
            closing.push(StartedServer.start(name, command, cpus, base, logs.resolve(name + ".log"))::close);
            servers.put(name, base);
        }
        return servers;
    }

    private Path logs() throws IOException {
        return Files.createDirectories(
                Path.of(settings.text("logs").orElseThrow(() -> settings.wrong("logs", "is missing"))));
    }

    /** {@return the command that starts Hyperion, as "mvn -Prun" does} */
    private List<String> launcher(ModelUse model, int port) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        model.configuration().forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.add("-Dhyperion.models.default.preload=true");
        command.add("-Dhyperion.http.port=" + port);
        command.addAll(List.of("-cp", file("launcher"), "io.hyperion.examples.run.RunServer"));
        command.addAll(List.of(file("payara"), file("war"), model.file().toString()));
        return command;
    }

    private String file(String name) {
        return settings.text(name).orElseThrow(() -> settings.wrong(name, "is missing, which the build knows"));
    }

    private String builtFor(String server) {
        return settings.pairs("built-for").getOrDefault(server, "not told what it was built for");
    }

    /** {@return the target, which is closed before those that were opened earlier} */
    private static <T extends Target> T opened(Deque<Runnable> closing, T target) {
        closing.push(target::close);
        return target;
    }

    private static void pin(String cpus) throws IOException, InterruptedException {
        Process taskset = new ProcessBuilder(
                        "taskset",
                        "-a",
                        "-p",
                        "-c",
                        cpus,
                        Long.toString(ProcessHandle.current().pid()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (taskset.waitFor() != 0) {
            throw new IOException("taskset cannot pin this process to the processors " + cpus);
        }
    }
}
