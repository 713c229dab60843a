package io.hyperion.examples.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A running Payara Micro. It ends with this process, however that ends short of being killed, and leaves no file behind. */
final class ServerProcess implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(5);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(10);
    private static final long PROBE_MILLIS = 200;
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    /** How a process ends that was sent the signals of Ctrl-C and of kill. */
    private static final List<Integer> ENDED_BY_SIGNAL = List.of(130, 143);

    private final LaunchPlan plan;
    private final Path directory;
    private final Process process;
    private final Thread hook = new Thread(this::stop, "hyperion-stop");
    private final CountDownLatch deployed = new CountDownLatch(1);
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(PROBE_LIMIT).build();

    private ServerProcess(LaunchPlan plan, Path directory, Process process) {
        this.plan = plan;
        this.directory = directory;
        this.process = process;
    }

    static ServerProcess start(LaunchPlan plan, Path payaraMicro, Path hyperion, Path assistant) throws IOException {
        Path directory = Files.createTempDirectory("hyperion-run-");
        try {
            copyResource("pre-boot.txt", directory);
            copyResource("logging.properties", directory);
            Process process = new ProcessBuilder(command(plan, payaraMicro, hyperion, assistant, directory))
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            ServerProcess server = new ServerProcess(plan, directory, process);
            Runtime.getRuntime().addShutdownHook(server.hook);
            Thread relay = new Thread(server::relay, "hyperion-output");
            relay.setDaemon(true);
            relay.start();
            return server;
        } catch (IOException | RuntimeException failure) {
            delete(directory);
            throw failure;
        }
    }

    private static List<String> command(
            LaunchPlan plan, Path payaraMicro, Path hyperion, Path assistant, Path directory) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // The server unpacks itself here, and is removed with it.
        command.add("-Djava.io.tmpdir=" + directory);
        plan.properties().forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of(
                "-jar",
                payaraMicro.toString(),
                "--nocluster",
                "--disablephonehome",
                "--port",
                Integer.toString(plan.port()),
                "--prebootcommandfile",
                directory.resolve("pre-boot.txt").toString(),
                "--logproperties",
                directory.resolve("logging.properties").toString(),
                // The first that is deployed gets it; the other one says by itself where it wants to be.
                "--contextroot",
                "hyperion",
                "--deploy",
                hyperion.toString(),
                "--deploy",
                assistant.toString()));
        return command;
    }

    /** Waits until Hyperion answers. {@return whether it has a model that can be served} */
    boolean awaitAnswer() throws LaunchException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            // Before the probe: a server that has deployed all it could, and then does not answer, will not.
            boolean last = deployed.await(PROBE_MILLIS, TimeUnit.MILLISECONDS);
            if (!process.isAlive()) {
                throw new LaunchException(
                        ENDED_BY_SIGNAL.contains(process.exitValue())
                                ? "The server was stopped while it started"
                                : "The server has ended while it started; what it said is above");
            }
            int status = probe();
            if (status == OK || status == UNAVAILABLE) {
                return status == OK;
            }
            if (last) {
                throw new LaunchException(
                        "The server has started, but Hyperion was not deployed; what it said is above");
            }
        }
        throw new LaunchException("The server does not answer after " + START_LIMIT.toMinutes() + " minutes");
    }

    /** {@return what Hyperion says of its models} */
    String models() throws IOException, InterruptedException {
        return send(plan.models()).body();
    }

    /** Waits until the server ends by itself or by a signal. */
    void awaitEnd() throws LaunchException, InterruptedException {
        int code = process.waitFor();
        if (code != 0 && !ENDED_BY_SIGNAL.contains(code)) {
            throw new LaunchException("The server has ended by itself, with code " + code);
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // Then the hook runs, or has run.
            return;
        }
        stop();
    }

    private void stop() {
        // By its handle: else its output is cut off before its last words.
        process.toHandle().destroy();
        boolean interrupted = false;
        try {
            if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                System.err.println("The server does not end within " + STOP_LIMIT.toSeconds() + " s and is killed");
                process.destroyForcibly();
                process.waitFor();
            }
        } catch (InterruptedException e) {
            interrupted = true;
            process.destroyForcibly();
        }
        try {
            delete(directory);
        } catch (IOException leftover) {
            System.err.println("Could not remove " + directory + ": " + leftover);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** {@return the status of Hyperion's health; 0 if nobody answers yet} */
    private int probe() throws InterruptedException {
        try {
            return send(plan.health()).statusCode();
        } catch (IOException notYet) {
            return 0;
        }
    }

    private HttpResponse<String> send(URI uri) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri).timeout(PROBE_LIMIT).build(), BodyHandlers.ofString());
    }

    private void relay() {
        ServerOutput output = new ServerOutput();
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                output.show(line).ifPresent(System.out::println);
                if (output.isReady()) {
                    deployed.countDown();
                }
            }
        } catch (IOException ended) {
            System.err.println("The server's output broke off: " + ended);
        }
    }

    private static void copyResource(String name, Path directory) throws IOException {
        try (InputStream in = ServerProcess.class.getResourceAsStream(name)) {
            Files.copy(in, directory.resolve(name));
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
