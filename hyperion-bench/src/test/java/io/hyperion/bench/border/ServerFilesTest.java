package io.hyperion.bench.border;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.bench.load.ModelUse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A server in which the border is measured")
class ServerFilesTest {
    private static final String CLASSES = "WEB-INF/classes/io/hyperion/bench/border/server/";

    @TempDir
    Path directory;

    private ServerFiles files;

    @BeforeEach
    void write() throws IOException {
        Path war = directory.resolve("hyperion.war");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(war))) {
            for (String name : List.of(
                    "WEB-INF/beans.xml", "WEB-INF/lib/hyperion-api-1.0.jar", "WEB-INF/lib/hyperion-core-1.0.jar")) {
                out.putNextEntry(new ZipEntry(name));
                out.write(name.getBytes(StandardCharsets.US_ASCII));
            }
        }
        files = ServerFiles.write(
                directory.resolve("border"), war, directory.resolve("a.rar"), directory.resolve("m.gguf"));
    }

    private List<String> entries(String application) throws IOException {
        try (ZipFile zip = new ZipFile(
                directory.resolve("border").resolve(application + ".war").toFile())) {
            return zip.stream().map(ZipEntry::getName).toList();
        }
    }

    @Test
    @DisplayName("has Hyperion with what measures in it")
    void hyperion() throws IOException {
        assertThat(entries("hyperion"))
                .containsExactlyInAnyOrder(
                        "WEB-INF/beans.xml",
                        "WEB-INF/lib/hyperion-api-1.0.jar",
                        "WEB-INF/lib/hyperion-core-1.0.jar",
                        CLASSES + "GenerationTimes.class",
                        CLASSES + "GenerationTimes$Listener.class",
                        CLASSES + "Way.class");
        try (ZipFile zip =
                new ZipFile(directory.resolve("border").resolve("hyperion.war").toFile())) {
            assertThat(zip.getInputStream(zip.getEntry("WEB-INF/beans.xml"))).hasContent("WEB-INF/beans.xml");
        }
    }

    @Test
    @DisplayName("has another application, with the api alone, and one with the classes of the resource adapter")
    void others() throws IOException {
        assertThat(entries("other"))
                .containsExactlyInAnyOrder(
                        "WEB-INF/beans.xml",
                        "WEB-INF/lib/hyperion-api-1.0.jar",
                        CLASSES + "GenerationTimes.class",
                        CLASSES + "GenerationTimes$Listener.class",
                        CLASSES + "MeasuringApplication.class",
                        CLASSES + "Way.class");
        assertThat(entries("borrower"))
                .containsExactlyInAnyOrder(
                        "WEB-INF/beans.xml", CLASSES + "BorrowTimes.class", CLASSES + "MeasuringApplication.class");
    }

    @Test
    @DisplayName("is started with its files, and with the pool where Hyperion does not look for it")
    void command() throws IOException {
        List<String> command =
                files.command(Path.of("payara-micro.jar"), new ModelUse(directory.resolve("m.gguf"), 1, 1024, 1), 8080);

        assertThat(command)
                .contains("-Dhyperion.models.default.path=" + directory.resolve("m.gguf"), "payara-micro.jar", "8080");
        for (String argument : command) {
            if (argument.startsWith(directory.toString())) {
                assertThat(Path.of(argument)).isRegularFile();
            }
        }
        assertThat(directory.resolve("border").resolve("post-boot.txt"))
                .content()
                .contains("deploy --name hyperion-ra " + directory.resolve("a.rar"))
                .contains("modelPath=" + directory.resolve("m.gguf") + ":")
                .contains("create-connector-resource --poolname bench bench/hyperion");
    }
}
