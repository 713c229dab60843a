package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * OpenAI's client for JavaScript, in {@code src/test/node}. Needs Node.js and the packages of its lock file from npm; where they are not to
 * be had it is skipped, unless the environment variable {@code HYPERION_NODE_REQUIRED} says {@code true}.
 */
interface NodeClientBehaviour extends Behaviour {
    List<String> FILES = List.of("package.json", "package-lock.json", ".npmrc", "test.mjs");

    /** What came of a program. */
    record Ran(int status, String output) {}

    @Test
    @DisplayName("OpenAI's client for JavaScript chats, streams, runs tools, parses, completes and embeds")
    default void officialNode() throws IOException {
        Path directory = Path.of(System.getProperty("hyperion.it.directory"), "node");
        Files.createDirectories(directory);
        for (String file : FILES) {
            Files.copy(
                    Path.of(System.getProperty("hyperion.node.sources"), file),
                    directory.resolve(file),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
        need(run(directory, "node", "--version"), "Node.js is not here");
        need(run(directory, windows ? "npm.cmd" : "npm", "ci", "--prefer-offline"), "npm cannot install the client");

        OpenAiClients.recorded(wire(), base -> {
            Ran tests = run(directory, "node", "test.mjs", base, Fixture.SOUND);
            assertThat(tests.status()).as(tests.output()).isZero();
            assertThat(tests.output()).contains("ok chat.completions.create").doesNotContain("not ok");
        });
    }

    private static void need(Ran ran, String otherwise) {
        if (ran.status() != 0) {
            String reason = otherwise + ": " + ran.output();
            assertThat(Boolean.parseBoolean(System.getenv("HYPERION_NODE_REQUIRED")))
                    .as(reason)
                    .isFalse();
            abort(reason);
        }
    }

    private static Ran run(Path directory, String... command) {
        Path output = directory.resolve("output.txt");
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException notThere) {
            return new Ran(-1, notThere.getMessage());
        }
        try {
            if (!process.waitFor(3, TimeUnit.MINUTES)) {
                return new Ran(-1, "It takes longer than three minutes");
            }
            return new Ran(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError("The output of " + command[0] + " cannot be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
