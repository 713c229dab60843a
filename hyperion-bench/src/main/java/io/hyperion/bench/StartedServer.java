package io.hyperion.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A server that was started to be measured. It ends with this process at the latest. */
final class StartedServer implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(5);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(5);
    private static final long PROBE_MILLIS = 200;
    private static final int OK = 200;

    private final String name;
    private final Process process;
    private final Thread hook = new Thread(this::stop, "bench-stop");

    private StartedServer(String name, Process process) {
        this.name = name;
        this.process = process;
    }

    /**
     * Starts a server and waits until it is healthy.
     *
     * @param name what the report calls it
     * @param command the command and its arguments
     * @param cpus the processors that it is to run on, as {@code taskset -c} has them; empty for all
     * @param base its address, below which {@code /health} answers 200 once it serves
     * @param log where its output goes
     */
    static StartedServer start(String name, List<String> command, Optional<String> cpus, URI base, Path log)
            throws IOException, InterruptedException {
        if (answers(base)) {
            throw new IOException("Something serves at " + base + " already; it would be measured instead of " + name);
        }
        List<String> pinned =
                new ArrayList<>(cpus.map(list -> List.of("taskset", "-c", list)).orElse(List.of()));
        pinned.addAll(command);
        Process process = new ProcessBuilder(pinned)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        StartedServer server = new StartedServer(name, process);
        Runtime.getRuntime().addShutdownHook(server.hook);
        try {
            server.await(base, log);
            return server;
        } catch (IOException | InterruptedException e) {
            server.close();
            throw e;
        }
    }

    private void await(URI base, Path log) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!answers(base)) {
            if (process.waitFor(PROBE_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IOException(name + " has ended with " + process.exitValue() + "; its output is in " + log);
            }
            if (System.nanoTime() > deadline) {
                throw new IOException(name + " does not serve after " + START_LIMIT.toMinutes()
                        + " minutes; its output is in " + log);
            }
        }
    }

    private static boolean answers(URI base) throws InterruptedException {
        HttpRequest health = HttpRequest.newBuilder(URI.create(base + "/health"))
                .timeout(PROBE_LIMIT)
                .build();
        try {
            return HttpClient.newHttpClient()
                            .send(health, BodyHandlers.discarding())
                            .statusCode()
                    == OK;
        } catch (IOException notYet) {
            return false;
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
        process.destroy();
        try {
            if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                System.err.println(name + " does not end within " + STOP_LIMIT.toSeconds() + " s and is killed");
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
