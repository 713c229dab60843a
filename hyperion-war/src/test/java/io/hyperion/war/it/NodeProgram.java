package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.hyperion.war.it.Programs.Ran;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A program for Node.js in {@code src/test}, with the packages of its lock file from npm. */
final class NodeProgram {
    private final Path directory;
    private final boolean required;

    private NodeProgram(Path directory, boolean required) {
        this.directory = directory;
        this.required = required;
    }

    /**
     * Brings a program to where it can be run. Skips the test if Node.js or a package is not to be had.
     *
     * @param name its directory
     * @param switchName the environment variable that says {@code true} where the test must fail instead
     * @return the program
     */
    static NodeProgram install(String name, String switchName) throws IOException {
        Path directory = Files.createDirectories(Fixture.directory().resolve(name));
        try (DirectoryStream<Path> sources =
                Files.newDirectoryStream(Path.of(System.getProperty("hyperion.node.sources"), name))) {
            for (Path source : sources) {
                if (Files.isRegularFile(source)) {
                    Files.copy(source, directory.resolve(source.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
        NodeProgram program = new NodeProgram(directory, Boolean.parseBoolean(System.getenv(switchName)));
        boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
        program.need("Node.js is not here", "node", "--version");
        program.need("npm cannot install the packages", windows ? "npm.cmd" : "npm", "ci", "--prefer-offline");
        return program;
    }

    /** Skips the test unless a command runs with success. */
    void need(String otherwise, String... command) {
        Ran ran = execute(List.of(command));
        if (ran.status() != 0) {
            String reason = otherwise + ": " + ran.output();
            assertThat(required).as(reason).isFalse();
            abort(reason);
        }
    }

    Ran run(String script, String... arguments) {
        List<String> command = new ArrayList<>(List.of("node", script));
        command.addAll(List.of(arguments));
        return execute(command);
    }

    private Ran execute(List<String> command) {
        return Programs.run(directory, Map.of(), command);
    }
}
