package io.hyperion.servers;

import io.hyperion.war.it.Wire;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The pool of {@code examples/servers/liberty}: a file of the server's configuration. */
final class LibertyPool implements Pool {
    private static final String OVERRIDES = "configDropins/overrides";
    private static final String POOL = "hyperion-pool.xml";
    private static final String BROKEN = "hyperion-broken.xml";
    private static final Path EXAMPLES = Path.of(System.getProperty("hyperion.examples"), "liberty");

    private final Liberty server;
    private final Path directory;

    /**
     * @param server the server
     * @param directory that of the server
     */
    LibertyPool(Liberty server, Path directory) {
        this.server = server;
        this.directory = directory;
    }

    @Override
    public void create() throws Exception {
        Path adapter = Path.of(System.getProperty("hyperion.rar"));
        Files.copy(adapter, directory.resolve("connectors").resolve(adapter.getFileName()));
        Files.copy(EXAMPLES.resolve(POOL), directory.resolve(POOL));
        deployAdapter();
    }

    @Override
    public void undeployAdapter() throws Exception {
        server.configure(() -> Files.move(directory.resolve(OVERRIDES).resolve(POOL), directory.resolve(POOL)));
        Behaviour.await("the adapter has stopped", () -> server.told("HYPRA-2001") == server.told("HYPRA-2002"));
    }

    @Override
    public void deployAdapter() throws Exception {
        long installed = server.told("J2CA7001I");
        server.configure(() -> server.moveTo(OVERRIDES, directory.resolve(POOL)));
        Behaviour.await("the adapter is installed", () -> server.told("J2CA7001I") > installed);
    }

    @Override
    public void resize(int maximum) throws Exception {
        String settings = Files.readString(directory.resolve(OVERRIDES).resolve(POOL));
        configure(POOL, settings.replaceFirst("maxPoolSize=\"[0-9]+\"", "maxPoolSize=\"" + maximum + "\""));
    }

    @Override
    public int maximum() {
        return 4;
    }

    @Override
    public Duration maximumWait() {
        return Duration.ofSeconds(5);
    }

    @Override
    public void flush() throws Exception {
        ask("flush");
    }

    @Override
    public Use use() throws Exception {
        String told = ask("statistics");
        int open = (int) number(told, "ManagedConnectionCount");
        return new Use(
                open - (int) number(told, "FreeConnectionCount"),
                open,
                OptionalLong.of(number(told, "InUseTimeCount")));
    }

    /** The server tries a pool when it is looked up, which is what Hyperion does with all that are called like its own. */
    @Override
    public String tryBroken(Map<String, String> properties) throws Exception {
        int before = server.log().length();
        String attributes = properties.entrySet().stream()
                .map(property -> property.getKey() + "=\"" + property.getValue() + "\"")
                .collect(Collectors.joining(" "));
        configure(
                BROKEN,
                """
                <server>
                    <connectionFactory id="broken" jndiName="eis/hyperion-broken"><properties.hyperion-ra %s/></connectionFactory>
                </server>
                """
                        .formatted(attributes));
        Wire hyperion = new Wire(URI.create(server.url() + "/" + App.HYPERION.path()));
        Behaviour.await("the pool is tried", () -> {
            hyperion.get("/models");
            return Pattern.compile("HYPRA-1|J2CA8501E")
                    .matcher(server.log().substring(before))
                    .find();
        });
        server.configure(() -> Files.delete(directory.resolve(OVERRIDES).resolve(BROKEN)));
        return server.log().substring(before);
    }

    private void configure(String file, String settings) throws Exception {
        Path written = Files.writeString(directory.resolve(file), settings);
        server.configure(() -> server.moveTo(OVERRIDES, written));
    }

    private static long number(String told, String name) {
        Matcher matcher =
                Pattern.compile("^" + name + " = ([0-9]+)$", Pattern.MULTILINE).matcher(told);
        if (!matcher.find()) {
            throw new AssertionError("There is no " + name + " in " + told);
        }
        return Long.parseLong(matcher.group(1));
    }

    private String ask(String what) throws IOException, InterruptedException {
        return Commands.run(
                directory,
                Map.of(),
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        EXAMPLES.resolve("Pool.java").toString(),
                        directory.toString(),
                        "eis/hyperion",
                        what));
    }
}
