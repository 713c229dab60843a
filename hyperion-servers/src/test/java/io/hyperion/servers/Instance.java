package io.hyperion.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The directory of one server: its settings, its temporary files in {@code tmp}, and the model of its pools in {@code models}.
 *
 * @param mode how Hyperion is deployed in the server
 * @param directory where it is
 */
record Instance(Mode mode, Path directory) {
    /** A model that cannot be served, with the reason why in the log: its file is missing. */
    static final String MISSING = "missing";

    /** A model that cannot be served, with the reason why in the log: it has no slots. */
    static final String SLOTLESS = "slotless";

    /** A key that there is not. */
    static final String UNKNOWN_KEY = "hyperion.models.default.contxt-size";

    /** What a JVM is started with: a heap that does not grow, so that it is seen what else does. */
    static final List<String> HEAP = List.of("-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch");

    /** Makes the directory anew, with a model in it. */
    static Instance create(String name, Mode mode) throws IOException {
        Path directory = Path.of(System.getProperty("hyperion.servers.directory"), name + "-" + mode.title());
        delete(directory);
        Files.createDirectories(directory.resolve("tmp"));
        Files.createDirectories(directory.resolve("models"));
        Instance instance = new Instance(mode, directory.toRealPath());
        Files.copy(Path.of(System.getProperty("hyperion.demo.model")), instance.modelFile());
        return instance;
    }

    Path temporaryDirectory() {
        return directory.resolve("tmp");
    }

    Path modelFile() {
        return directory.resolve("models").resolve("hyperion-demo.gguf");
    }

    /** {@return the configuration of the server: system properties} */
    Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("java.io.tmpdir", temporaryDirectory().toString());
        if (mode == Mode.WAR_ONLY) {
            properties.put("hyperion.models.default.path", modelFile().toString());
            properties.put(
                    "hyperion.models." + MISSING + ".path",
                    directory.resolve("nowhere.gguf").toString());
            properties.put("hyperion.models." + SLOTLESS + ".path", modelFile().toString());
            properties.put("hyperion.models." + SLOTLESS + ".slots", "0");
            properties.put(UNKNOWN_KEY, "512");
        }
        return properties;
    }

    /** {@return the same as arguments of a JVM, with those of its heap; without spaces in one} */
    String jvmArguments() {
        StringBuilder arguments = new StringBuilder(String.join(" ", HEAP));
        properties()
                .forEach((key, value) ->
                        arguments.append(" -D").append(key).append('=').append(value));
        return arguments.toString();
    }

    /** Copies a directory with all that is in it; it must not be there yet. */
    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder()).forEach(file -> {
                    try {
                        Files.delete(file);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            }
        }
    }

    /** {@return a port of 127.0.0.1 that is free now} */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
