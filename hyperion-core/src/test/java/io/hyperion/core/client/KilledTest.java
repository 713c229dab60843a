package io.hyperion.core.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.GenerateRequest;
import io.hyperion.core.gguf.TinyModel;
import io.hyperion.core.model.HyperionConfiguration;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A process that is killed while it loads models")
@Timeout(120)
class KilledTest {
    private static final int ROUNDS = 3;

    @Test
    @DisplayName("leaves nothing that hinders the next one")
    void killed(@TempDir Path directory) throws Exception {
        Path models = Files.createDirectories(directory.resolve("models"));
        Path temporary = Files.createDirectories(directory.resolve("temporary"));
        Path file = TinyModel.llama().write(models.resolve("text.gguf"));
        Random random = new Random(6);
        for (int i = 0; i < ROUNDS; i++) {
            Process process = start("forever", models, temporary, file);
            try (BufferedReader output = output(process)) {
                assertThat(output.readLine()).isEqualTo("loading");
                for (int loads = random.nextInt(5); loads > 0; loads--) {
                    assertThat(output.readLine()).isEqualTo("loading");
                }
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
        Process last = start("once", models, temporary, file);
        try (BufferedReader output = output(last)) {
            assertThat(output.readLine()).isEqualTo("3 tokens");
            assertThat(last.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(last.exitValue()).isZero();
        } finally {
            last.destroyForcibly();
        }
    }

    private static Process start(String how, Path models, Path temporary, Path file) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        KilledTest.class.getName(),
                        how,
                        models.toString(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static BufferedReader output(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Loads a model over and over, or generates with it once. */
    public static void main(String[] arguments) {
        try (InProcessClient client = InProcessClient.open(HyperionConfiguration.of(Map.of(
                "hyperion.models-dir", arguments[1],
                "hyperion.models.text.path", arguments[2])))) {
            while (arguments[0].equals("forever")) {
                System.out.println("loading");
                client.load(Optional.of("text"));
                client.unload(Optional.of("text"));
            }
            GenerateRequest request = GenerateRequest.builder()
                    .model("text")
                    .prompt("abc")
                    .temperature(0)
                    .maxTokens(3)
                    .build();
            System.out.println(client.generate(request).completionTokens() + " tokens");
        }
    }
}
