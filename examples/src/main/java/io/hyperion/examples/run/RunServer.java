package io.hyperion.examples.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * Starts Payara Micro with Hyperion's WAR, and an application beside it that uses it, on 127.0.0.1, says when it answers, and ends it with this process. System properties that
 * begin with {@code hyperion.} go to the server.
 */
public final class RunServer {
    private RunServer() {}

    /**
     * @param arguments the jar of Payara Micro, Hyperion's WAR, that of the application, the model to serve where none is configured, and the directory
     *     of models where none is; it is made if it is not there
     * @throws IOException if files cannot be written, or the server not be asked
     * @throws InterruptedException if the thread is interrupted
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 5) {
            throw new IllegalArgumentException(
                    "Expected: payara-micro.jar hyperion.war assistant.war model.gguf models");
        }
        try {
            Path directory = Files.createDirectories(Path.of(arguments[4]));
            LaunchPlan plan = LaunchPlan.of(
                    properties(System.getProperties()), System.getenv(), Path.of(arguments[3]), directory);
            run(plan, Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]));
        } catch (LaunchException failure) {
            System.err.println(failure.getMessage());
            // Rather than a stack trace that says nothing more.
            System.exit(1);
        }
    }

    private static void run(LaunchPlan plan, Path payaraMicro, Path hyperion, Path assistant)
            throws LaunchException, IOException, InterruptedException {
        plan.requirePortIsFree();
        System.out.println("Hyperion is starting on " + plan.url() + " ...");
        try (ServerProcess server = ServerProcess.start(plan, payaraMicro, hyperion, assistant)) {
            boolean serves = server.awaitAnswer();
            System.out.println(serves ? plan.welcome(server.models()) : plan.welcomeWithoutModel());
            server.awaitEnd();
        }
        System.out.println("Hyperion has stopped.");
    }

    private static Map<String, String> properties(Properties properties) {
        return properties.stringPropertyNames().stream()
                .filter(name -> name.startsWith(LaunchPlan.PREFIX))
                .collect(Collectors.toMap(name -> name, properties::getProperty));
    }
}
