package io.hyperion.servers;

import io.hyperion.servers.Asadmin.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The pool {@code hyperion} of Payara, Server or Micro: both take the commands of asadmin. */
final class PayaraPool implements Pool {
    private static final String BROKEN = "hyperion-broken";
    private static final String STATISTICS =
            "configs.config.server-config.monitoring-service.module-monitoring-levels.connector-connection-pool";

    private final Server server;
    private final Asadmin asadmin;
    private final Path directory;
    private final Path script;

    /**
     * Administers a server's pool.
     *
     * @param server the server
     * @param asadmin takes its commands
     * @param directory where it looks for files
     * @param script the commands that make the pool
     */
    PayaraPool(Server server, Asadmin asadmin, Path directory, Path script) {
        this.server = server;
        this.asadmin = asadmin;
        this.directory = directory;
        this.script = script;
    }

    @Override
    public void create() throws Exception {
        Files.copy(Path.of(System.getProperty("hyperion.rar")), directory.resolve("hyperion-ra.rar"));
        asadmin.runAll(script);
    }

    /** Payara undeploys no adapter that has pools without them. */
    @Override
    public void undeployAdapter() throws Exception {
        asadmin.run("undeploy --cascade=true hyperion-ra");
    }

    @Override
    public void deployAdapter() throws Exception {
        asadmin.runAll(script);
        countAgain();
    }

    /** The pool stays. */
    @Override
    public void redeployAdapter() throws Exception {
        asadmin.run("redeploy --name hyperion-ra hyperion-ra.rar");
        countAgain();
    }

    /** Payara counts nothing in a pool that comes back while its statistics are on. */
    private void countAgain() throws Exception {
        asadmin.run("set " + STATISTICS + "=OFF");
        asadmin.run("set " + STATISTICS + "=HIGH");
    }

    @Override
    public Optional<String> keepsAdapters() {
        return Optional.of(
                "Requests, threads and files are as they should be, but Payara keeps the classes of each adapter that was"
                        + " redeployed: it has a JNA of its own, which the adapter gets instead of the one in its archive, and which"
                        + " remembers the structures that it has seen.");
    }

    @Override
    public void resize(int maximum) throws Exception {
        asadmin.run("set resources.connector-connection-pool.hyperion.max-pool-size=" + maximum);
    }

    @Override
    public int maximum() {
        return 4;
    }

    @Override
    public Duration maximumWait() {
        return Duration.ofSeconds(3);
    }

    @Override
    public void flush() throws Exception {
        asadmin.run("flush-connection-pool hyperion");
    }

    @Override
    public Use use() throws Exception {
        String told = asadmin.run("get --monitor=true server.resources.hyperion.*");
        int used = (int) figure(told, "numconnused-current");
        int free = (int) figure(told, "numconnfree-current");
        return new Use(used, used + free, OptionalLong.of(figure(told, "numconnacquired-count")));
    }

    private static long figure(String told, String name) {
        Matcher line = Pattern.compile("server\\.resources\\.hyperion\\." + name + " = (\\d+)")
                .matcher(told);
        if (!line.find()) {
            throw new AssertionError(name + " is not among the statistics: " + told);
        }
        return Long.parseLong(line.group(1));
    }

    @Override
    public String tryBroken(Map<String, String> properties) throws Exception {
        int before = server.log().length();
        String settings = properties.entrySet().stream()
                .map(property -> property.getKey() + "=" + escaped(property.getValue()))
                .collect(Collectors.joining(":"));
        asadmin.run("create-connector-connection-pool --raname hyperion-ra"
                + " --connectiondefinition io.hyperion.jca.HyperionConnectionFactory --property " + settings + " "
                + BROKEN);
        try {
            asadmin.run("create-connector-resource --poolname " + BROKEN + " eis/" + BROKEN);
            Answer answer = asadmin.attempt("ping-connection-pool " + BROKEN);
            return answer.told() + server.log().substring(before);
        } finally {
            asadmin.run("delete-connector-connection-pool --cascade=true " + BROKEN);
        }
    }

    /** Colons stand between properties, and equals signs between names and values. */
    private static String escaped(String value) {
        return value.replace(":", "\\\\:").replace("=", "\\\\=");
    }
}
