package io.hyperion.servers;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.stream.Collectors;

/** Payara Server, with a domain of its own. */
final class PayaraServer implements Server {
    private final Instance instance;
    private final int port;
    private final ProcessHandle process;
    private final Process console;
    private final Asadmin asadmin;
    private final Pool pool;

    private PayaraServer(Instance instance, int port, ProcessHandle process, Process console) {
        this.instance = instance;
        this.port = port;
        this.process = process;
        this.console = console;
        this.asadmin = new Asadmin(console);
        Path script = Path.of(System.getProperty("hyperion.examples"), "payara-server", "hyperion.asadmin");
        this.pool = new PayaraPool(this, asadmin, instance.directory(), script);
    }

    static PayaraServer start(Mode mode) throws Exception {
        Path glassfish = Path.of(System.getProperty("hyperion.server.home"), "glassfish");
        Instance instance = Instance.create("payara-server", mode);
        Path directory = instance.directory();
        Path domain = glassfish.resolve("domains").resolve("domain1");
        for (String part : List.of("config", "docroot", "lib")) {
            Instance.copy(domain.resolve(part), directory.resolve(part));
        }
        int port = Instance.freePort();
        int adminPort = Instance.freePort();
        Path configuration = directory.resolve("config").resolve("domain.xml");
        Files.writeString(configuration, configured(Files.readString(configuration), instance, port, adminPort));

        Path domains = directory.getParent();
        String name = directory.getFileName().toString();
        Commands.run(
                directory,
                Map.of(),
                asadmin(glassfish, adminPort, "start-domain", "--domaindir", domains.toString(), name));
        long pid = Long.parseLong(
                Files.readString(directory.resolve("config").resolve("pid")).trim());
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        Process console = new ProcessBuilder(
                        asadmin(glassfish, adminPort, "--interactive=false", "multimode", "--printprompt=false"))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        return new PayaraServer(instance, port, process, console);
    }

    /** What the script {@code asadmin} does, which is not executable where it was unpacked. */
    private static List<String> asadmin(Path glassfish, int adminPort, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-jar",
                glassfish.resolve("lib/client/appserver-cli.jar").toString(),
                "--host",
                "127.0.0.1",
                "--port",
                Integer.toString(adminPort)));
        command.addAll(List.of(arguments));
        return command;
    }

    /** {@return the configuration of a domain, with two ports of 127.0.0.1 and no others, and with the properties of the instance} */
    private static String configured(String domain, Instance instance, int port, int adminPort) {
        String options = Arrays.stream(instance.jvmArguments().split(" "))
                .map(argument -> "<jvm-options>" + argument + "</jvm-options>")
                .collect(Collectors.joining());
        return domain.replace("<jvm-options>-Xmx512m</jvm-options>", "")
                .replaceFirst("<jvm-options>", Matcher.quoteReplacement(options) + "<jvm-options>")
                .replace("address=\"0.0.0.0\"", "address=\"127.0.0.1\"")
                .replace("<network-listener port=\"8080\"", listener(port))
                .replace("<network-listener port=\"8181\"", "<network-listener enabled=\"false\" port=\"8181\"")
                .replace("<network-listener port=\"4848\"", listener(adminPort))
                .replace("<iiop-listener ", "<iiop-listener enabled=\"false\" ")
                .replace("<jmx-connector ", "<jmx-connector enabled=\"false\" ")
                // Else each of its tasks makes another thread, up to 25.
                .replace(
                        "<payara-executor-service-configuration ",
                        "<payara-executor-service-configuration thread-pool-executor-core-pool-size=\"4\" ")
                .replace(
                        "<hazelcast-config-specific-configuration>",
                        "<jms-service type=\"DISABLED\"/><hazelcast-config-specific-configuration enabled=\"false\">");
    }

    private static String listener(int port) {
        return "<network-listener address=\"127.0.0.1\" port=\"" + port + "\"";
    }

    @Override
    public String name() {
        return "Payara Server";
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
        return Files.readString(instance.directory().resolve("logs").resolve("server.log"));
    }

    @Override
    public void deploy(App app) throws Exception {
        asadmin.deploy(app, instance.directory());
    }

    @Override
    public void undeploy(App app) throws Exception {
        asadmin.undeploy(app);
    }

    @Override
    public Pool pool() {
        return pool;
    }

    @Override
    public void stop() throws Exception {
        Commands.end(console.toHandle());
        Commands.end(process);
    }
}
