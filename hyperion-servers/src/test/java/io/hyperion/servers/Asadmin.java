package io.hyperion.servers;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;

/**
 * A process that takes commands of asadmin on its standard input, one a line, and says on its standard output what came of each:
 * {@code asadmin multimode}, which saves the start of a JVM for each command, or {@link MicroConsole}.
 */
final class Asadmin {
    private static final Pattern END = Pattern.compile("Command (\\S+) (executed successfully|failed)\\.");
    private static final long LIMIT_SECONDS = 120;

    private final BufferedWriter commands;
    private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();

    /** Takes over the input and the output of a process. */
    Asadmin(Process process) {
        commands = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(() -> read(process), "asadmin");
        reader.setDaemon(true);
        reader.start();
    }

    private void read(Process process) {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            output.lines().map(Optional::of).forEach(lines::add);
        } catch (IOException | java.io.UncheckedIOException ended) {
            lines.add(Optional.of("The output broke off: " + ended));
        } finally {
            lines.add(Optional.empty());
        }
    }

    /**
     * What came of a command.
     *
     * @param done whether it did what it is for
     * @param told what it said
     */
    record Answer(boolean done, String told) {}

    /** Runs a command that must succeed; {@return what it said} */
    String run(String command) throws IOException, InterruptedException {
        Answer answer = attempt(command);
        if (!answer.done()) {
            throw new AssertionError(command + ": " + answer.told());
        }
        return answer.told();
    }

    /** Runs the commands of a file, all of which must succeed. */
    void runAll(Path file) throws IOException, InterruptedException {
        for (String line : Files.readAllLines(file)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                run(line);
            }
        }
    }

    /** Deploys an application, from a file in the directory that the process works in. */
    void deploy(App app, Path directory) throws IOException, InterruptedException {
        String file = app.path() + ".war";
        app.archive().as(ZipExporter.class).exportTo(directory.resolve(file).toFile(), true);
        run("deploy --name " + app.path() + " --contextroot " + app.path() + " " + file);
    }

    /** Undeploys an application. */
    void undeploy(App app) throws IOException, InterruptedException {
        run("undeploy " + app.path());
    }

    /** Runs a command; {@return what came of it} */
    Answer attempt(String command) throws IOException, InterruptedException {
        commands.write(command + "\n");
        commands.flush();
        return answer(command.split(" ", 2)[0]);
    }

    /** Waits for the end of what the process does under a name; {@return what came of it} */
    Answer answer(String name) throws InterruptedException {
        StringBuilder told = new StringBuilder();
        while (true) {
            Optional<String> line = lines.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (line == null || line.isEmpty()) {
                throw new AssertionError(name + (line == null ? " does not end: " : " ended the process: ") + told);
            }
            Matcher end = END.matcher(line.get());
            if (end.matches() && end.group(1).equals(name)) {
                return new Answer(end.group(2).startsWith("executed"), told.toString());
            }
            told.append(line.get()).append('\n');
        }
    }
}
