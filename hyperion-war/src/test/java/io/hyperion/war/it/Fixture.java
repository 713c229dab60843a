package io.hyperion.war.it;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** The configuration of the server under test: a sound model by two names, and all kinds of broken ones beside it. */
final class Fixture {
    /** The default model. */
    static final String SOUND = "default";

    /** The same, but for one request at a time. */
    static final String SINGLE = "single";

    /** The same, but for embeddings. */
    static final String VECTORS = "vectors";

    /** More than all sockets of a test can hold, so that only who means to fill the queue fills it. */
    static final int QUEUE = 150;

    /** Long enough for all that is to be served, and short enough to be waited for. */
    static final String QUEUE_TIMEOUT = "PT4S";

    static final int BODY_LIMIT = 300_000;

    private Fixture() {}

    /** All of these models, and more. */
    static WebArchive war(Map<String, String> more) throws IOException {
        Properties properties = models(Files.createDirectories(directory()));
        properties.putAll(more);
        return war(properties);
    }

    /** Nothing but what is given. */
    static WebArchive warOf(Map<String, String> given) throws IOException {
        Properties properties = new Properties();
        properties.putAll(given);
        return war(properties);
    }

    /** {@return where the server under test has its files} */
    static Path directory() {
        return Path.of(System.getProperty("hyperion.it.directory"));
    }

    /** The server is started with the deployment: what it reads at its start is written before. */
    private static WebArchive war(Properties properties) throws IOException {
        Path directory = directory();
        Files.createDirectories(directory.resolve("tmp"));
        Files.writeString(
                directory.resolve("pre-boot.txt"),
                String.join(
                        "\n",
                        "set configs.config.server-config.network-config.network-listeners.network-listener.http-listener.address=127.0.0.1",
                        "set configs.config.server-config.hazelcast-config-specific-configuration.enabled=false",
                        ""));
        try (OutputStream out = Files.newOutputStream(directory.resolve("hyperion.properties"))) {
            properties.store(out, null);
        }
        WebArchive hyperion =
                ShrinkWrap.createFromZipFile(WebArchive.class, new File(System.getProperty("hyperion.war")));
        consumer(hyperion)
                .as(ZipExporter.class)
                .exportTo(directory.resolve("consumer.war").toFile(), true);
        return hyperion;
    }

    /** Another application, which has nothing but its own code and the api, as it is in the WAR. */
    private static WebArchive consumer(WebArchive hyperion) {
        WebArchive consumer = ShrinkWrap.create(WebArchive.class, "consumer.war")
                .addClasses(ConsumerApplication.class, InjectedAssistant.class)
                .addAsWebInfResource(
                        new StringAsset("<beans bean-discovery-mode='annotated' version='3.0'/>"), "beans.xml");
        hyperion.getContent(path -> path.get().matches("/WEB-INF/lib/hyperion-api-.*\\.jar"))
                .forEach((path, node) -> consumer.add(node.getAsset(), path));
        return consumer;
    }

    private static Properties models(Path directory) throws IOException {
        Path model = model();
        Path notAModel = Files.writeString(directory.resolve("not-a-model.gguf"), "This is no model, but a text.\n");
        byte[] bytes = Files.readAllBytes(model);
        Path truncated = Files.write(directory.resolve("truncated.gguf"), Arrays.copyOf(bytes, bytes.length / 2));
        Path foreign = Files.write(directory.resolve("foreign.gguf"), withArchitecture(bytes, "zzzzz"));

        Properties properties = new Properties();
        properties.setProperty("hyperion.models.default.path", model.toString());
        properties.setProperty(
                "hyperion.models.default.slot-save-path",
                Files.createDirectories(directory.resolve("slots")).toString());
        properties.setProperty("hyperion.models.single.path", model.toString());
        properties.setProperty("hyperion.models.single.slots", "1");
        properties.setProperty("hyperion.models.vectors.path", model.toString());
        properties.setProperty("hyperion.models.vectors.embeddings", "true");
        properties.setProperty(
                "hyperion.models.missing.path",
                directory.resolve("missing.gguf").toString());
        properties.setProperty("hyperion.models.text.path", notAModel.toString());
        properties.setProperty("hyperion.models.truncated.path", truncated.toString());
        properties.setProperty("hyperion.models.foreign.path", foreign.toString());
        properties.setProperty("hyperion.models.misconfigured.path", model.toString());
        properties.setProperty("hyperion.models.misconfigured.slots", "many");
        properties.setProperty(
                "hyperion.models-dir", emptied(directory.resolve("models")).toString());
        String server = SlowModels.start(model);
        properties.setProperty("hyperion.models.gone.source", server + "gone.gguf");
        for (String name : SlowModels.NAMES) {
            properties.setProperty("hyperion.models." + name + ".source", server + name + ".gguf");
            properties.setProperty("hyperion.models." + name + ".slots", "2");
            properties.setProperty("hyperion.models." + name + ".context-size", "512");
        }
        properties.setProperty("hyperion.queue.capacity", Integer.toString(QUEUE));
        properties.setProperty("hyperion.queue.timeout", QUEUE_TIMEOUT);
        properties.setProperty("hyperion.http.body-limit", Integer.toString(BODY_LIMIT));
        properties.setProperty("hyperion.ws.send-timeout", "PT10S");
        properties.setProperty("hyperion.llamacpp.props", "true");
        return properties;
    }

    /** What a server before this one has downloaded is not there any more. */
    private static Path emptied(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        return Files.createDirectories(directory);
    }

    static Path model() {
        Path demo = Path.of(System.getProperty("hyperion.demo.model"));
        return Files.isRegularFile(demo)
                ? demo
                : Path.of(System.getProperty("hyperion.shared"), "models", "stories260K.gguf")
                        .toAbsolutePath()
                        .normalize();
    }

    private static byte[] withArchitecture(byte[] bytes, String architecture) {
        String key = "general.architecture";
        int keyAt = new String(bytes, 0, Math.min(bytes.length, 100_000), StandardCharsets.ISO_8859_1).indexOf(key);
        // Behind the key: the type of its value in four bytes, and the length of the string in eight.
        byte[] changed = bytes.clone();
        System.arraycopy(
                architecture.getBytes(StandardCharsets.US_ASCII),
                0,
                changed,
                keyAt + key.length() + 12,
                architecture.length());
        return changed;
    }
}
