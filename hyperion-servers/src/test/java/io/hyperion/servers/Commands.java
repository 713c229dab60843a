package io.hyperion.servers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Programs that a test runs. */
final class Commands {
    private Commands() {}

    /** Runs a program in a directory until it has ended; {@return what it told} */
    static String run(Path directory, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        if (status != 0) {
            throw new AssertionError(String.join(" ", command) + " ended with " + status + ": " + told);
        }
        return told;
    }

    /** {@return the process that this one has started, or one that those have started, which the condition names} */
    static ProcessHandle child(Predicate<String> commandLine) {
        return ProcessHandle.current()
                .descendants()
                .filter(process ->
                        process.info().commandLine().filter(commandLine).isPresent())
                .findFirst()
                .orElseThrow(() -> new AssertionError("The server's process is not there"));
    }

    /** Ends a process, and waits until it has ended. */
    static void end(ProcessHandle process) throws Exception {
        process.destroy();
        try {
            process.onExit().get(30, TimeUnit.SECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            process.destroyForcibly();
            throw new AssertionError("The server does not end when it is asked to", e);
        }
    }
}
