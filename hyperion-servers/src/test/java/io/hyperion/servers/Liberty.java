package io.hyperion.servers;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;

/** Open Liberty, with a server directory of its own: it does what its files say, and looks at them twice a second. */
final class Liberty implements Server {
    private static final String STARTED = "CWWKZ0001I|CWWKZ0003I";
    private static final String STOPPED = "CWWKZ0009I";
    private static final String CONFIGURED = "CWWKG0017I|CWWKG0018I";

    private final Instance instance;
    private final int port;
    private final ProcessHandle process;

    private Liberty(Instance instance, int port, ProcessHandle process) {
        this.instance = instance;
        this.port = port;
        this.process = process;
    }

    static Liberty start(Mode mode) throws Exception {
        // The script wants the server in a directory "servers" of a directory that it is told.
        Instance instance = Instance.create("open-liberty/servers/hyperion", mode);
        Path directory = instance.directory();
        for (String part : List.of("connectors", "dropins", "configDropins/overrides")) {
            Files.createDirectories(directory.resolve(part));
        }
        Files.copy(
                Path.of(System.getProperty("hyperion.examples"), "liberty", "server.xml"),
                directory.resolve("server.xml"));
        int port = Instance.freePort();
        Files.writeString(
                directory.resolve("bootstrap.properties"), "http.port=" + port + "\nserver.start.wait.time=120\n");
        // Liberty holds what is undeployed softly: let each collection take that, so that what stays is really held.
        List<String> options = new ArrayList<>(Instance.HEAP);
        options.add("-XX:SoftRefLRUPolicyMSPerMB=0");
        instance.properties().forEach((key, value) -> options.add("-D" + key + "=" + value));
        Files.write(directory.resolve("jvm.options"), options);

        Path servers = directory.getParent();
        String name = directory.getFileName().toString();
        Commands.run(
                directory,
                Map.of(
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "WLP_USER_DIR",
                        servers.getParent().toString()),
                List.of(
                        "sh",
                        Path.of(System.getProperty("hyperion.server.home"), "bin", "server")
                                .toString(),
                        "start",
                        name));
        long pid = Long.parseLong(
                Files.readString(servers.resolve(".pid").resolve(name + ".pid")).trim());
        return new Liberty(instance, port, ProcessHandle.of(pid).orElseThrow());
    }

    @Override
    public String name() {
        return "Open Liberty";
    }

    @Override
    public Instance instance() {
        return instance;
    }

    @Override
    public URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    @Override
    public ProcessHandle process() {
        return process;
    }

    @Override
    public String log() throws IOException {
        return Files.readString(instance.directory().resolve("logs/messages.log"));
    }

    @Override
    public void deploy(App app) throws Exception {
        Path archive = instance.directory().resolve(app.path() + ".war");
        app.archive().as(ZipExporter.class).exportTo(archive.toFile(), true);
        String started = "(" + STARTED + "): .*\\b" + app.path() + " ";
        long before = told(started);
        moveTo("dropins", archive);
        Behaviour.await(app.path() + " is started", () -> told(started) > before);
    }

    @Override
    public void undeploy(App app) throws Exception {
        String stopped = STOPPED + ": .*\\b" + app.path() + " ";
        long before = told(stopped);
        Files.delete(instance.directory().resolve("dropins").resolve(app.path() + ".war"));
        Behaviour.await(app.path() + " is stopped", () -> told(stopped) > before);
    }

    @Override
    public Pool pool() {
        return new LibertyPool(this, instance.directory());
    }

    /** Puts a file into a directory of the server as a whole, so that the server never reads half of it. */
    void moveTo(String part, Path file) throws IOException {
        Files.move(
                file,
                instance.directory().resolve(part).resolve(file.getFileName()),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** Changes files of the configuration; returns when that is done, and the applications that the server restarts for it are back. */
    void configure(Behaviour.Work change) throws Exception {
        long configured = told(CONFIGURED);
        long running = told(STARTED) - told(STOPPED);
        change.run();
        Behaviour.await("the configuration is read", () -> told(CONFIGURED) > configured);
        Behaviour.await("all applications run", () -> told(STARTED) - told(STOPPED) == running);
    }

    /** {@return how many lines of the log have what a pattern says} */
    long told(String pattern) throws IOException {
        return log().lines().filter(Pattern.compile(pattern).asPredicate()).count();
    }

    @Override
    public void stop() throws Exception {
        Commands.end(process);
    }
}
