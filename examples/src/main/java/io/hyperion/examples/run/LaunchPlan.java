package io.hyperion.examples.run;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What is to be started.
 *
 * @param port the port to listen on, at 127.0.0.1
 * @param properties what the server is told, by Hyperion's keys
 */
record LaunchPlan(int port, Map<String, String> properties) {
    static final String PREFIX = "hyperion.";

    private static final String PORT = "hyperion.http.port";
    private static final String MODELS = "hyperion.models.";
    private static final String MODELS_VARIABLE = "HYPERION_MODELS_";
    private static final String DIRECTORY = "hyperion.models-dir";
    private static final String DIRECTORY_VARIABLE = "HYPERION_MODELS_DIR";

    /** Known to the build, not to the server. */
    private static final String DEMO_MODEL = "hyperion.demo.model";

    /** The default model among all of them, if it brings no chat template. The objects inside a model have none inside themselves. */
    private static final Pattern DEFAULT_CANNOT_CHAT =
            Pattern.compile("\"default\":true[^{}]*(?:\\{[^{}]*}[^{}]*)*\"chat_template\":false");

    private static final int DEFAULT_PORT = 8080;
    private static final int MAX_PORT = 65_535;

    /**
     * @param given what the user set, by Hyperion's keys
     * @param environment the environment, which the server sees too
     * @param demoModel what to serve if the user names no model
     * @param modelsDirectory the directory of models, if the user names none
     */
    static LaunchPlan of(
            Map<String, String> given, Map<String, String> environment, Path demoModel, Path modelsDirectory)
            throws LaunchException {
        Map<String, String> properties = new TreeMap<>(given);
        properties.remove(PORT);
        properties.remove(DEMO_MODEL);
        boolean ownModel = properties.keySet().stream().anyMatch(key -> key.startsWith(MODELS))
                || environment.keySet().stream()
                        .anyMatch(name -> name.startsWith(MODELS_VARIABLE) && !name.equals(DIRECTORY_VARIABLE));
        if (!ownModel) {
            if (!Files.isRegularFile(demoModel)) {
                throw new LaunchException("There is no demo model at " + demoModel
                        + "; name a model by -Dhyperion.models.default.path=/path/to/model.gguf");
            }
            properties.put(MODELS + "default.path", demoModel.toString());
        }
        if (!environment.containsKey(DIRECTORY_VARIABLE)) {
            properties.putIfAbsent(DIRECTORY, modelsDirectory.toString());
        }
        return new LaunchPlan(port(given.get(PORT)), Map.copyOf(properties));
    }

    String url() {
        return "http://127.0.0.1:" + port + "/hyperion";
    }

    String assistant() {
        return "http://127.0.0.1:" + port + "/assistant";
    }

    URI health() {
        return URI.create(url() + "/health");
    }

    URI models() {
        return URI.create(url() + "/models");
    }

    /**
     * @param models what {@code GET /models} answers
     * @return where Hyperion is, and a command that its default model has an answer to
     */
    String welcome(String models) {
        String request = DEFAULT_CANNOT_CHAT.matcher(models).find()
                ? "{\"prompt\":\"Once upon a time\",\"max_tokens\":40,\"temperature\":0}"
                : "{\"messages\":[{\"role\":\"user\",\"content\":\"What do you know about dogs?\"}],\"temperature\":0}";
        return String.join(
                System.lineSeparator(),
                "",
                "Hyperion answers on " + url() + " - Ctrl-C ends it. Try:",
                "",
                "  curl " + url() + "/generate -H 'Content-Type: application/json' \\",
                "    -d '" + request + "'",
                "",
                "An application beside it, which uses it: " + assistant(),
                "GGUF files that are put into " + directory() + " are models, too.",
                "");
    }

    /** {@return the directory of models, wherever it is named} */
    String directory() {
        return properties.getOrDefault(DIRECTORY, "the directory of " + DIRECTORY_VARIABLE);
    }

    String welcomeWithoutModel() {
        return String.join(
                System.lineSeparator(),
                "",
                "Hyperion answers on " + url() + ", but no model can be served: see above, or " + url() + "/models",
                "Ctrl-C ends it.",
                "");
    }

    /** Says so before the server does in its own way. */
    void requirePortIsFree() throws LaunchException {
        try (ServerSocket socket = new ServerSocket()) {
            // As the server does: a port that a server has just left is free.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
        } catch (IOException taken) {
            throw new LaunchException(
                    "Port " + port + " of 127.0.0.1 is not free (" + taken.getMessage() + "); choose another by -D"
                            + PORT + "=...",
                    taken);
        }
    }

    private static int port(String value) throws LaunchException {
        if (value == null || value.isBlank()) {
            return DEFAULT_PORT;
        }
        int port;
        try {
            port = Integer.parseInt(value.strip());
        } catch (NumberFormatException notANumber) {
            port = -1;
        }
        if (port < 1 || port > MAX_PORT) {
            throw new LaunchException(PORT + " must be between 1 and " + MAX_PORT + ", but is '" + value + "'");
        }
        return port;
    }
}
