package io.hyperion.servers;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.Deployer;

/** TomEE, a copy of its own. */
final class TomEe implements Server {
    private static final String CONTAINER = "tomee";

    private final Instance instance;
    private final Deployer deployer;
    private final int port;
    private final ProcessHandle process;

    private TomEe(Instance instance, Deployer deployer, int port) {
        this.instance = instance;
        this.deployer = deployer;
        this.port = port;
        this.process = Commands.child(line -> line.contains(instance.directory().toString()));
    }

    static TomEe start(Mode mode, ContainerController controller, Deployer deployer) throws Exception {
        Instance instance = Instance.create("tomee", mode);
        Path home = instance.directory();
        for (String part : new String[] {"bin", "conf", "lib"}) {
            Instance.copy(Path.of(System.getProperty("hyperion.server.home"), part), home.resolve(part));
        }
        for (String part : new String[] {"logs", "temp", "webapps", "work"}) {
            Files.createDirectories(home.resolve(part));
        }
        // To its files alone: what it tells on its console would be told on that of the tests.
        Path logging = home.resolve("conf/logging.properties");
        Files.writeString(
                logging,
                Files.readString(logging)
                        .replaceAll(",? *org\\.apache\\.tomee\\.jul\\.formatter\\.AsyncConsoleHandler(?=[,\r\n])", ""));
        int port = Instance.freePort();
        int stopPort = Instance.freePort();
        Path settings = home.resolve("conf/server.xml");
        Files.writeString(
                settings,
                Files.readString(settings)
                        .replace("<Connector port=\"8080\"", "<Connector address=\"127.0.0.1\" port=\"" + port + "\"")
                        .replace("<Server port=\"8005\"", "<Server port=\"" + stopPort + "\""));
        if (mode == Mode.RAR) {
            TomEePool.configure(home, instance.modelFile());
        }
        controller.start(
                CONTAINER,
                Map.of(
                        "dir", home.toString(),
                        "httpPort", Integer.toString(port),
                        "stopPort", Integer.toString(stopPort),
                        "appWorkingDir", instance.directory().resolve("work").toString(),
                        "catalina_opts", instance.jvmArguments()));
        return new TomEe(instance, deployer, port);
    }

    @Override
    public String name() {
        return "TomEE";
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
        try (Stream<Path> logs = Files.list(instance.directory().resolve("logs"))) {
            StringBuilder text = new StringBuilder();
            // Not the log of requests: what is new would not be at the end any more.
            for (Path log : (Iterable<Path>)
                    logs.filter(file -> file.getFileName().toString().startsWith("catalina."))
                            .sorted()::iterator) {
                text.append(Files.readString(log));
            }
            return text.toString();
        }
    }

    @Override
    public void deploy(App app) {
        deployer.deploy(app.name());
    }

    @Override
    public void undeploy(App app) {
        deployer.undeploy(app.name());
    }

    /** It keeps those of an application of one class, too, that has CDI and REST and nothing of Hyperion. */
    @Override
    public boolean releasesClasses() {
        return false;
    }

    @Override
    public Pool pool() {
        return new TomEePool(this, instance.directory());
    }

    @Override
    public void stop() throws Exception {
        Commands.end(process);
    }
}
