package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs programs of other languages. */
final class Programs {
    /** Where the clients for other languages are. */
    private static final Path CLIENTS = Path.of(System.getProperty("hyperion.clients"));

    /** What came of a program. */
    record Ran(int status, String output) {}

    private static final int PATIENCE_SECONDS = 300;

    private Programs() {}

    /**
     * Runs the tests of the client for Python, if Python is there. {@return what they have said}
     *
     * @param environment which server to test against, as they read it
     */
    static String testPythonClient(Map<String, String> environment) {
        assumeTrue(runs("python3", "--version"), "Python 3 is not installed");
        return passed(run(CLIENTS.resolve("python"), environment, List.of("python3", "-B", "-m", "unittest", "-v")));
    }

    /**
     * Runs the tests of the client for JavaScript, if Node.js is there; those of the WebSocket if it has one. {@return what they have said}
     *
     * @param environment which server to test against, as those for Python read it
     */
    static String testJavaScriptClient(Map<String, String> environment) {
        String base = environment.get("HYPERION_TEST_URI");
        assumeTrue(
                runs("node", "--eval", "process.exit(typeof fetch === 'function' ? 0 : 1)"),
                "Node.js 18 or later is not installed");
        String flag = "--experimental-websocket";
        if (!runs("node", flag, "--eval", "process.exit(typeof WebSocket === 'function' ? 0 : 1)")) {
            return passed(run(CLIENTS.resolve("javascript"), environment, List.of("node", "test.mjs", base)));
        }
        String said = passed(run(CLIENTS.resolve("javascript"), environment, List.of("node", flag, "test.mjs", base)));
        assertThat(said).contains("modes: REST, WEBSOCKET");
        return said;
    }

    private static String passed(Ran tests) {
        assertThat(tests.status()).as(tests.output()).isZero();
        return tests.output();
    }

    /** {@return whether a program is there, and ends well} */
    private static boolean runs(String... command) {
        return run(Path.of("").toAbsolutePath(), Map.of(), List.of(command)).status() == 0;
    }

    /** {@return what came of a program, with all that it has said; the status is -1 if it is not there or takes too long} */
    static Ran run(Path directory, Map<String, String> environment, List<String> command) {
        Path output;
        Process process;
        try {
            output = Files.createTempFile("program", ".txt");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            process = builder.start();
        } catch (IOException notThere) {
            return new Ran(-1, notThere.getMessage());
        }
        try {
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            String text = Files.readString(output, StandardCharsets.UTF_8);
            return ended ? new Ran(process.exitValue(), text) : new Ran(-1, text + "\nIt has not ended");
        } catch (IOException e) {
            throw new UncheckedIOException("The output of " + command.get(0) + " cannot be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
