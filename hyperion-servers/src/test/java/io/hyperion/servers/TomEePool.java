package io.hyperion.servers;

import com.sun.tools.attach.VirtualMachine;
import io.hyperion.war.it.Wire;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.Assumptions;

/** The pool of {@code examples/servers/tomee}, by JMX: what an administrator does with {@code jconsole}. */
final class TomEePool implements Pool {
    private static final String BROKEN = "hyperion-broken-";

    /** What is told of such a pool: by Hyperion, and of a setting that there is not by TomEE. */
    private static final Pattern TELLING = Pattern.compile("cannot be used|unused property");

    private final TomEe server;
    private final Path home;

    /**
     * @param server the server
     * @param home its directory
     */
    TomEePool(TomEe server, Path home) {
        this.server = server;
        this.home = home;
    }

    /** Puts the files of the example where they belong, before the server starts. */
    static void configure(Path home, Path modelFile) throws Exception {
        for (String file : new String[] {"tomee.xml", "system.properties"}) {
            Files.writeString(
                    home.resolve("conf").resolve(file),
                    Files.readString(Path.of(System.getProperty("hyperion.examples"), "tomee", file)));
        }
        // TomEE reads the settings of all pools when it starts: those that are tried later are there from the start
        // too.
        StringBuilder broken = new StringBuilder();
        for (SettingsBehaviour.Wrong wrong : SettingsBehaviour.Wrong.values()) {
            wrong.properties(modelFile)
                    .forEach((key, value) -> broken.append(BROKEN + wrong + "." + key + " = " + value + "\n"));
        }
        Path settings = home.resolve("conf/system.properties");
        Files.writeString(settings, Files.readString(settings) + broken);
        Files.createDirectories(home.resolve("apps"));
        Files.copy(Path.of(System.getProperty("hyperion.rar")), home.resolve("apps/hyperion-ra.rar"));
    }

    /** The server has made it when it started. */
    @Override
    public void create() {}

    @Override
    public void undeployAdapter() throws Exception {
        deployer("undeploy", home.resolve("apps/hyperion-ra.rar"));
    }

    @Override
    public void deployAdapter() throws Exception {
        deployer("deploy", home.resolve("apps/hyperion-ra.rar"));
    }

    @Override
    public void resize(int maximum) {
        Assumptions.abort("TomEE reads the size of a pool when it starts, and cannot change it while it runs");
    }

    @Override
    public int maximum() {
        return 4;
    }

    @Override
    public Duration maximumWait() {
        return Duration.ofSeconds(5);
    }

    /** TomEE has no command for it. */
    @Override
    public void flush() throws Exception {
        undeployAdapter();
        deployAdapter();
    }

    @Override
    public Use use() throws Exception {
        return withServer(machine -> {
            ObjectName pool = new ObjectName("openejb.management:J2EEServer=openejb,J2EEApplication=<empty>,"
                    + "j2eeType=ConnectionFactory,name=hyperion-ra");
            int open = (Integer) machine.getAttribute(pool, "ConnectionCount");
            int idle = (Integer) machine.getAttribute(pool, "IdleConnectionCount");
            return new Use(open - idle, open, OptionalLong.empty());
        });
    }

    @Override
    public String tryBroken(Map<String, String> properties) throws Exception {
        SettingsBehaviour.Wrong wrong = Stream.of(SettingsBehaviour.Wrong.values())
                .filter(one -> one.properties(server.modelFile()).equals(properties))
                .findFirst()
                .orElseThrow();
        int before = server.log().length();
        Path adapter = home.resolve("apps/" + BROKEN + wrong + ".rar");
        Files.copy(Path.of(System.getProperty("hyperion.rar")), adapter);
        String told = deployer("deploy", adapter);
        // Its connection factory is made when somebody looks it up, as Hyperion does at most once a second.
        Wire hyperion = new Wire(URI.create(server.url() + "/" + App.HYPERION.path()));
        Behaviour.await("the pool is looked up", () -> {
            hyperion.get("/models");
            return TELLING.matcher(server.log().substring(before)).find();
        });
        return told + server.log().substring(before) + deployer("undeploy", adapter);
    }

    private String deployer(String operation, Path adapter) throws Exception {
        ObjectName deployer = new ObjectName("openejb.user.mbeans:application=openejb,"
                + "group=org.apache.openejb.assembler.monitoring,name=JMXDeployer");
        return withServer(machine -> String.valueOf(machine.invoke(
                deployer, operation, new Object[] {adapter.toString()}, new String[] {String.class.getName()})));
    }

    private <T> T withServer(Work<T> work) throws Exception {
        VirtualMachine machine =
                VirtualMachine.attach(Long.toString(server.process().pid()));
        try (JMXConnector connector =
                JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()))) {
            return work.with(connector.getMBeanServerConnection());
        } finally {
            machine.detach();
        }
    }

    private interface Work<T> {
        T with(MBeanServerConnection server) throws Exception;
    }
}
