package io.hyperion.bench.border;

import io.hyperion.bench.border.server.BorrowTimes;
import io.hyperion.bench.border.server.Way;
import io.hyperion.bench.load.ModelUse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * What a Payara Micro is started with to be measured: Hyperion, with a class in it that measures; another application, which has nothing of
 * Hyperion but the api; the resource adapter with a pool; and an application that uses the pool.
 *
 * @param directory where the files are
 */
public record ServerFiles(Path directory) {
    /** The context paths of the applications, in the order of their deployment. */
    static final String HYPERION = "hyperion";

    static final String OTHER = "other";
    static final String BORROWER = "borrower";

    private static final List<String> APPLICATIONS = List.of(HYPERION, OTHER, BORROWER);
    private static final String PRE_BOOT = "pre-boot.txt";
    private static final String POST_BOOT = "post-boot.txt";
    private static final String BEANS = "WEB-INF/beans.xml";
    private static final String API = "WEB-INF/lib/hyperion-api-.*\\.jar";

    /**
     * Writes the files.
     *
     * @param directory where to, which need not be there
     * @param war {@code hyperion.war}
     * @param rar {@code hyperion-ra.rar}
     * @param model the GGUF file of the pool
     * @return them
     * @throws IOException if one cannot be read or written
     */
    public static ServerFiles write(Path directory, Path war, Path rar, Path model) throws IOException {
        Files.createDirectories(directory.resolve("tmp"));
        ServerFiles files = new ServerFiles(directory);
        pack(files.war(HYPERION), war, name -> true, "GenerationTimes", "GenerationTimes$Listener", "Way");
        pack(
                files.war(OTHER),
                war,
                name -> name.equals(BEANS) || name.matches(API),
                "MeasuringApplication",
                "GenerationTimes",
                "GenerationTimes$Listener",
                "Way");
        pack(files.war(BORROWER), war, BEANS::equals, "MeasuringApplication", "BorrowTimes");
        Files.writeString(
                directory.resolve(PRE_BOOT),
                """
                set configs.config.server-config.network-config.network-listeners.network-listener.http-listener.address=127.0.0.1
                set configs.config.server-config.hazelcast-config-specific-configuration.enabled=false
                """);
        Files.writeString(
                directory.resolve(POST_BOOT),
                """
                deploy --name hyperion-ra %s
                create-connector-connection-pool --raname hyperion-ra --connectiondefinition io.hyperion.jca.HyperionConnectionFactory --steadypoolsize 1 --maxpoolsize 4 --property model=pooled:modelPath=%s:slots=4 bench
                create-connector-resource --poolname bench %s
                """
                        .formatted(rar.toAbsolutePath(), model.toAbsolutePath(), BorrowTimes.POOL));
        return files;
    }

    private Path war(String application) {
        return directory.resolve(application + ".war");
    }

    /** Packs some of the entries of another archive, and classes of ours, by name: here they could not be loaded. */
    private static void pack(Path target, Path source, Predicate<String> taken, String... classes) throws IOException {
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(source));
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(target))) {
            out.setLevel(Deflater.BEST_SPEED);
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (taken.test(entry.getName())) {
                    out.putNextEntry(new ZipEntry(entry.getName()));
                    in.transferTo(out);
                }
            }
            for (String type : classes) {
                String file = Way.class.getPackageName().replace('.', '/') + "/" + type + ".class";
                out.putNextEntry(new ZipEntry("WEB-INF/classes/" + file));
                try (InputStream bytes = ServerFiles.class.getResourceAsStream("/" + file)) {
                    bytes.transferTo(out);
                }
            }
        }
    }

    /**
     * The command that starts the server. It serves Hyperion's default model, and the pool's.
     *
     * @param payara the jar of Payara Micro
     * @param model how the default model is loaded
     * @param port the port on 127.0.0.1
     * @return the command and its arguments
     */
    public List<String> command(Path payara, ModelUse model, int port) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Djava.io.tmpdir=" + directory.resolve("tmp").toAbsolutePath());
        model.configuration().forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-jar", payara.toString(), "--nocluster", "--disablephonehome"));
        command.addAll(List.of("--port", Integer.toString(port)));
        command.addAll(
                List.of("--prebootcommandfile", directory.resolve(PRE_BOOT).toString()));
        command.addAll(
                List.of("--postbootcommandfile", directory.resolve(POST_BOOT).toString()));
        for (String application : APPLICATIONS) {
            command.addAll(List.of("--deploy", war(application).toString()));
        }
        return command;
    }
}
