package io.hyperion.servers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The pool of {@code examples/servers/wildfly}, by {@code jboss-cli}. */
final class WildFlyPool implements Pool {
    private static final String ADAPTER = "/subsystem=resource-adapters/resource-adapter=";
    private static final String POOL = ADAPTER + "hyperion/connection-definitions=hyperion";
    private static final String BROKEN = ADAPTER + "broken";

    private final WildFly server;
    private final Path directory;
    private final int managementPort;

    /**
     * @param server the server
     * @param directory where the commands run
     * @param managementPort where they reach the server
     */
    WildFlyPool(WildFly server, Path directory, int managementPort) {
        this.server = server;
        this.directory = directory;
        this.managementPort = managementPort;
    }

    @Override
    public void create() throws Exception {
        Path adapter = Path.of(System.getProperty("hyperion.rar"));
        Files.copy(adapter, directory.resolve(adapter.getFileName()));
        cli(Path.of(System.getProperty("hyperion.examples"), "wildfly", "create-pool.cli"));
    }

    @Override
    public void undeployAdapter() throws Exception {
        cli(List.of("undeploy hyperion-ra.rar"));
    }

    @Override
    public void deployAdapter() throws Exception {
        cli(List.of("deploy hyperion-ra.rar"));
    }

    @Override
    public void redeployAdapter() throws Exception {
        cli(List.of("undeploy hyperion-ra.rar", "deploy hyperion-ra.rar"));
    }

    @Override
    public void resize(int maximum) throws Exception {
        cli(List.of(POOL + ":write-attribute(name=max-pool-size, value=" + maximum + ")", "reload"));
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
        cli(List.of(POOL + ":flush-idle-connection-in-pool"));
    }

    @Override
    public Use use() throws Exception {
        String told = cli(List.of(POOL + "/statistics=pool:read-resource(include-runtime=true)"));
        return new Use(
                (int) number(told, "InUseCount"),
                (int) number(told, "ActiveCount"),
                OptionalLong.of(number(told, "TotalUsageTime")));
    }

    @Override
    public String tryBroken(Map<String, String> properties) throws Exception {
        int before = server.log().length();
        List<String> commands = new ArrayList<>();
        commands.add(BROKEN + ":add(archive=hyperion-ra.rar, transaction-support=NoTransaction)");
        commands.add(BROKEN + "/connection-definitions=broken:add(jndi-name=\"java:/eis/hyperion-broken\","
                + " class-name=io.hyperion.jca.HyperionManagedConnectionFactory)");
        properties.forEach((key, value) -> commands.add(
                BROKEN + "/connection-definitions=broken/config-properties=" + key + ":add(value=\"" + value + "\")"));
        commands.add(BROKEN + ":activate");
        commands.add(BROKEN + "/connection-definitions=broken:test-connection-in-pool");
        String told;
        try {
            told = cli(commands);
        } catch (AssertionError refused) {
            told = refused.getMessage();
        }
        cli(List.of(BROKEN + ":remove"));
        return told + server.log().substring(before);
    }

    private static long number(String told, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\" => ([0-9]+)").matcher(told);
        if (!matcher.find()) {
            throw new AssertionError("There is no " + name + " in " + told);
        }
        return Long.parseLong(matcher.group(1));
    }

    private String cli(List<String> commands) throws Exception {
        return cli(Files.write(directory.resolve("commands.cli"), commands));
    }

    private String cli(Path file) throws Exception {
        Path home = Path.of(System.getProperty("hyperion.server.home"));
        return Commands.run(
                directory,
                Map.of("JAVA_HOME", System.getProperty("java.home")),
                List.of(
                        "sh",
                        home.resolve("bin/jboss-cli.sh").toString(),
                        "--connect",
                        "--timeout=60000",
                        "--controller=127.0.0.1:" + managementPort,
                        "--file=" + file));
    }
}
