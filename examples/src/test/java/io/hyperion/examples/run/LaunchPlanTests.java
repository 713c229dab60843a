package io.hyperion.examples.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A launch")
class LaunchPlanTests {
    @TempDir
    Path directory;

    private Path demo;
    private Path models;

    @BeforeEach
    void writeDemo() throws IOException {
        demo = Files.createFile(directory.resolve("demo.gguf"));
        models = directory.resolve("models");
    }

    @Test
    @DisplayName("serves the demo model on port 8080 when nothing else is asked for")
    void defaults() throws LaunchException {
        LaunchPlan plan = LaunchPlan.of(Map.of("hyperion.queue.capacity", "3"), Map.of(), demo, models);

        assertThat(plan.port()).isEqualTo(8080);
        assertThat(plan.url()).isEqualTo("http://127.0.0.1:8080/hyperion");
        assertThat(plan.properties())
                .containsOnly(
                        Map.entry("hyperion.models-dir", models.toString()),
                        Map.entry("hyperion.models.default.path", demo.toString()),
                        Map.entry("hyperion.queue.capacity", "3"));
    }

    @Test
    @DisplayName("serves the user's model instead, whichever way it is named")
    void ownModel() throws LaunchException {
        assertThat(LaunchPlan.of(Map.of("hyperion.models.default.path", "x.gguf"), Map.of(), demo, models)
                        .properties())
                .containsEntry("hyperion.models.default.path", "x.gguf");
        assertThat(LaunchPlan.of(Map.of("hyperion.models.mine.path", "x.gguf"), Map.of(), demo, models)
                        .properties())
                .containsOnlyKeys("hyperion.models.mine.path", "hyperion.models-dir");
        assertThat(LaunchPlan.of(Map.of(), Map.of("HYPERION_MODELS_MINE_PATH", "x.gguf"), demo, models)
                        .properties())
                .containsOnlyKeys("hyperion.models-dir");
    }

    @Test
    @DisplayName("takes the user's directory of models, whichever way it is named, and the demo model beside it")
    void ownDirectory() throws LaunchException {
        LaunchPlan named = LaunchPlan.of(Map.of("hyperion.models-dir", "/srv"), Map.of(), demo, models);
        assertThat(named.properties())
                .containsEntry("hyperion.models-dir", "/srv")
                .containsEntry("hyperion.models.default.path", demo.toString());
        assertThat(named.welcome("{}")).contains("put into /srv are models");

        LaunchPlan variable = LaunchPlan.of(Map.of(), Map.of("HYPERION_MODELS_DIR", "/srv"), demo, models);
        assertThat(variable.properties()).containsOnlyKeys("hyperion.models.default.path");
        assertThat(variable.welcome("{}")).contains("put into the directory of HYPERION_MODELS_DIR are models");
    }

    @Test
    @DisplayName("keeps to itself what is its own")
    void ownKeys() throws LaunchException {
        LaunchPlan plan = LaunchPlan.of(
                Map.of("hyperion.http.port", "18080", "hyperion.demo.model", "y", "hyperion.models.a.path", "x"),
                Map.of(),
                demo,
                models);

        assertThat(plan.port()).isEqualTo(18080);
        assertThat(plan.properties()).containsOnlyKeys("hyperion.models.a.path", "hyperion.models-dir");
    }

    @Test
    @DisplayName("ends with a command that the default model has an answer to")
    void welcome() {
        LaunchPlan plan = new LaunchPlan(18080, Map.of());
        String chat = "{\"name\":\"a\",\"default\":%s,\"progress\":{},\"chat_template\":true,\"defaults\":{}}";
        String raw = "{\"name\":\"b\",\"default\":%s,\"progress\":{},\"chat_template\":false,\"defaults\":{}}";

        assertThat(plan.welcome("{\"models\":[" + chat.formatted(true) + "," + raw.formatted(false) + "]}"))
                .contains("curl http://127.0.0.1:18080/hyperion/generate")
                .contains("\"messages\"")
                .contains("http://127.0.0.1:18080/assistant");
        assertThat(plan.welcome("{\"models\":[" + chat.formatted(false) + "," + raw.formatted(true) + "]}"))
                .contains("\"prompt\"");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"0", "65536", "-1", "http", "80.5"})
    @DisplayName("refuses a port that is none")
    void wrongPort(String port) {
        assertThatThrownBy(() -> LaunchPlan.of(Map.of("hyperion.http.port", port), Map.of(), demo, models))
                .hasMessage("hyperion.http.port must be between 1 and 65535, but is '" + port + "'");
    }

    @Test
    @DisplayName("says that a port is taken, and how to choose another")
    void takenPort() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            LaunchPlan plan = new LaunchPlan(other.getLocalPort(), Map.of());

            assertThatThrownBy(plan::requirePortIsFree)
                    .hasMessageContaining("Port " + other.getLocalPort() + " of 127.0.0.1 is not free")
                    .hasMessageContaining("-Dhyperion.http.port=");
        }
    }

    @Test
    @DisplayName("says that there is no model")
    void noModel() {
        assertThatThrownBy(() -> LaunchPlan.of(Map.of(), Map.of(), directory.resolve("none.gguf"), models))
                .hasMessageContaining("none.gguf")
                .hasMessageContaining("-Dhyperion.models.default.path=");
    }
}
