package io.hyperion.servers;

import fish.payara.micro.PayaraMicro;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Payara Micro, with a {@link MicroConsole}. */
final class PayaraMicroServer implements Server {
    private final Instance instance;
    private final int port;
    private final Process process;
    private final Asadmin asadmin;
    private final Pool pool;

    private PayaraMicroServer(Instance instance, int port, Process process) {
        this.instance = instance;
        this.port = port;
        this.process = process;
        this.asadmin = new Asadmin(process);
        this.pool =
                new PayaraPool(this, asadmin, instance.directory(), examples().resolve("post-boot.txt"));
    }

    static PayaraMicroServer start(Mode mode) throws Exception {
        Instance instance = Instance.create("payara-micro", mode);
        Path jar = Path.of(PayaraMicro.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        int port = Instance.freePort();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Instance.HEAP);
        // Without it the statistics of the pools stay 0.
        command.add("-javaagent:" + agent(jar, instance.directory()));
        instance.properties().forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-jar", console(jar, instance.directory()).toString(), Integer.toString(port)));
        command.add(instance.directory().toString());
        command.add(examples().resolve("pre-boot.txt").toString());
        Process process = new ProcessBuilder(command)
                .directory(instance.directory().toFile())
                .redirectError(instance.directory().resolve("server.log").toFile())
                .start();
        PayaraMicroServer server = new PayaraMicroServer(instance, port, process);
        server.asadmin.answer("start");
        return server;
    }

    private static Path examples() {
        return Path.of(System.getProperty("hyperion.examples"), "payara-micro");
    }

    /** {@return the agent of the statistics, which lies in the jar of Payara Micro} */
    private static Path agent(Path payaraMicro, Path directory) throws IOException {
        Path agent = directory.resolve("flashlight-agent.jar");
        try (JarFile jar = new JarFile(payaraMicro.toFile());
                InputStream in = jar.getInputStream(jar.getEntry("MICRO-INF/runtime/flashlight-agent.jar"))) {
            Files.copy(in, agent);
        }
        return agent;
    }

    /** {@return a jar that is Payara Micro's own, but for what it starts} */
    private static Path console(Path payaraMicro, Path directory) throws IOException {
        Manifest manifest;
        try (JarFile jar = new JarFile(payaraMicro.toFile())) {
            manifest = new Manifest(jar.getManifest());
        }
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, MicroConsole.class.getName());
        manifest.getMainAttributes()
                .put(Attributes.Name.CLASS_PATH, payaraMicro.toUri().toString());
        Path console = directory.resolve("console.jar");
        String entry = MicroConsole.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(console), manifest);
                InputStream in = MicroConsole.class.getResourceAsStream("/" + entry)) {
            out.putNextEntry(new JarEntry(entry));
            in.transferTo(out);
        }
        return console;
    }

    @Override
    public String name() {
        return "Payara Micro";
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
        return process.toHandle();
    }

    @Override
    public String log() throws IOException {
        return Files.readString(instance.directory().resolve("server.log"));
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
        Commands.end(process.toHandle());
    }
}
