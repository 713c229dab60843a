package io.hyperion.servers;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jboss.arquillian.container.test.api.ContainerController;
import org.jboss.arquillian.container.test.api.Deployer;

/** WildFly, with a base directory of its own. */
final class WildFly implements Server {
    private static final String CONTAINER = "wildfly";
    private static final int HTTP = 8080;
    private static final int MANAGEMENT = 9990;

    private final Instance instance;
    private final Deployer deployer;
    private final int offset;
    private final ProcessHandle process;

    private WildFly(Instance instance, Deployer deployer, int offset) {
        this.instance = instance;
        this.deployer = deployer;
        this.offset = offset;
        this.process = Commands.child(line -> line.contains(instance.directory().toString()));
    }

    static WildFly start(Mode mode, ContainerController controller, Deployer deployer) throws Exception {
        Path home = Path.of(System.getProperty("hyperion.server.home"));
        Instance instance = Instance.create("wildfly", mode);
        for (String part : List.of("configuration", "deployments")) {
            Instance.copy(
                    home.resolve("standalone").resolve(part),
                    instance.directory().resolve(part));
        }
        int offset = freeOffset();
        controller.start(
                CONTAINER,
                Map.of(
                        "jbossHome",
                        home.toString(),
                        "managementPort",
                        Integer.toString(MANAGEMENT + offset),
                        "javaVmArguments",
                        instance.jvmArguments(),
                        "jbossArguments",
                        "-Djboss.server.base.dir=" + instance.directory() + " -Djboss.socket.binding.port-offset="
                                + offset));
        return new WildFly(instance, deployer, offset);
    }

    /** {@return what is added to all ports, so that those in use are free} */
    private static int freeOffset() throws IOException {
        return Instance.freePort() % 20_000 + 10_000 - HTTP;
    }

    @Override
    public String name() {
        return "WildFly";
    }

    @Override
    public Instance instance() {
        return instance;
    }

    @Override
    public URI url() {
        return URI.create("http://127.0.0.1:" + (HTTP + offset));
    }

    @Override
    public ProcessHandle process() {
        return process;
    }

    @Override
    public String log() throws IOException {
        return Files.readString(instance.directory().resolve("log/server.log"));
    }

    @Override
    public void deploy(App app) {
        deployer.deploy(app.name());
    }

    @Override
    public void undeploy(App app) {
        deployer.undeploy(app.name());
    }

    @Override
    public Pool pool() {
        return new WildFlyPool(this, instance.directory(), MANAGEMENT + offset);
    }

    @Override
    public void stop() throws Exception {
        Commands.end(process);
    }
}
