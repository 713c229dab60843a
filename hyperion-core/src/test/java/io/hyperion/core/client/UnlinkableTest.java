package io.hyperion.core.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.GenerateRequest;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.core.TestModels;
import io.hyperion.core.model.HyperionConfiguration;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Where the native library cannot be linked")
class UnlinkableTest {
    @Test
    @DisplayName("every request of every model is told so, and none waits")
    void everyRequestIsTold(@TempDir Path directory) throws Exception {
        Path noDirectory = Files.writeString(directory.resolve("file"), "");
        // In a process of its own: in this one JNA is linked.
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djna.tmpdir=" + noDirectory,
                        "-Djna.nosys=true",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        UnlinkableTest.class.getName(),
                        TestModels.demo().toString())
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(output).contains("first: ", "second: ");
            assertThat(process.exitValue()).as(output).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    /** Asks two models: the first meets the failure itself, the second what the first left behind. */
    public static void main(String[] arguments) {
        try (InProcessClient client = InProcessClient.open(HyperionConfiguration.of(Map.of(
                "hyperion.models.first.path", arguments[0],
                "hyperion.models.second.path", arguments[0])))) {
            for (String model : new String[] {"first", "second"}) {
                try {
                    client.generate(
                            GenerateRequest.builder().model(model).prompt("a").build());
                    System.exit(1);
                } catch (ModelUnavailableException expected) {
                    System.out.println(model + ": " + expected.getMessage());
                }
            }
        }
    }
}
