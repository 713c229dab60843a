package io.hyperion.examples.assistant;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** The server under test: what it reads at its start, and what is deployed in it. */
final class Fixture {
    /** A model for one request at a time, which nobody may wait for, and which never ends by itself. */
    static final String ENDLESS = "endless";

    private Fixture() {}

    static WebArchive assistant() throws IOException {
        Path directory = Path.of(System.getProperty("hyperion.it.directory"));
        Files.createDirectories(directory.resolve("tmp"));
        Files.writeString(
                directory.resolve("pre-boot.txt"),
                String.join(
                        "\n",
                        "set configs.config.server-config.network-config.network-listeners.network-listener.http-listener.address=127.0.0.1",
                        "set configs.config.server-config.hazelcast-config-specific-configuration.enabled=false",
                        ""));
        // By the name that gives it its path.
        Files.copy(
                Path.of(System.getProperty("hyperion.war")),
                directory.resolve("hyperion.war"),
                StandardCopyOption.REPLACE_EXISTING);
        String model = System.getProperty("hyperion.demo.model");
        Properties properties = new Properties();
        properties.setProperty("hyperion.models.default.path", model);
        properties.setProperty("hyperion.models.endless.path", model);
        properties.setProperty("hyperion.models.endless.slots", "1");
        properties.setProperty("hyperion.models.endless.defaults.ignore_eos", "true");
        properties.setProperty("hyperion.models.endless.defaults.context_shift", "true");
        properties.setProperty(
                "hyperion.models.missing.path",
                directory.resolve("missing.gguf").toString());
        properties.setProperty("hyperion.queue.capacity", "0");
        try (OutputStream out = Files.newOutputStream(directory.resolve("hyperion.properties"))) {
            properties.store(out, null);
        }
        return ShrinkWrap.createFromZipFile(WebArchive.class, new File(System.getProperty("assistant.war")));
    }
}
