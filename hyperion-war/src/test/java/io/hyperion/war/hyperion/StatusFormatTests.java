package io.hyperion.war.hyperion;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelState;
import io.hyperion.api.RequestOutcome;
import io.hyperion.api.admin.Device;
import io.hyperion.api.admin.ServerStatus;
import io.hyperion.war.wire.Measured;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("How the server is")
class StatusFormatTests {
    private static final ServerStatus STATUS = new ServerStatus(
            "1.2.3",
            "llama.cpp b4916",
            Duration.ofMillis(1500),
            List.of(new Device("CPU", "a processor", 4, 3, 2, 1)),
            List.of(downloading("a"), downloading("secret")),
            Optional.of("/models"));

    private static final List<Measured> MODELS = List.of(measured("a", 1), measured("b", 2));

    private static final Map<String, List<String>> POOLS = Map.of("eis/hyperion", List.of("b", "secret"));

    @Test
    @DisplayName("is told with its models, devices, downloads, pools and figures")
    void all() {
        JsonObject told = StatusFormat.of(STATUS, MODELS, POOLS, true);

        assertThat(told.keySet())
                .containsExactly(
                        "version",
                        "engine",
                        "uptime_seconds",
                        "administrator",
                        "models_directory",
                        "devices",
                        "models",
                        "downloads",
                        "pools",
                        "figures",
                        "figures_by_model");
        assertThat(told.getString("version")).isEqualTo("1.2.3");
        assertThat(told.getJsonNumber("uptime_seconds").doubleValue()).isEqualTo(1.5);
        assertThat(told.get("devices"))
                .hasToString(
                        "[{\"name\":\"CPU\",\"description\":\"a processor\",\"total\":4,\"free\":3,\"limit\":2,\"reserved\":1}]");
        assertThat(told.getJsonArray("models"))
                .hasSize(2)
                .first()
                .isEqualTo(ModelsFormat.one(MODELS.get(0).model()));
        assertThat(told.getJsonObject("figures").getInt("queued")).isEqualTo(3);
        assertThat(told.getJsonObject("figures_by_model").getJsonObject("b"))
                .isEqualTo(FiguresFormat.one(MODELS.get(1).figures()));
    }

    @Test
    @DisplayName("tells nobody of models that he may not use, and of the directory administrators only")
    void limited() {
        JsonObject told = StatusFormat.of(STATUS, MODELS, POOLS, false);

        assertThat(told.getJsonArray("downloads"))
                .singleElement()
                .hasToString(
                        "{\"model\":\"a\",\"state\":\"downloading\",\"fraction\":0.5,\"bytes\":0,\"bytes_per_second\":0}");
        assertThat(told.get("pools")).hasToString("[{\"jndi\":\"eis/hyperion\",\"models\":[\"b\"]}]");
        assertThat(told.toString()).doesNotContain("secret", "/models");
        assertThat(told.getBoolean("administrator")).isFalse();
    }

    private static ModelProgress downloading(String model) {
        return ModelProgress.of(model, ModelState.DOWNLOADING, OptionalDouble.of(0.5));
    }

    private static Measured measured(String name, int queued) {
        ModelInfo model = new ModelInfo(
                name, false, ModelState.LOADED, Optional.empty(), 0, 1, Optional.empty(), Optional.empty());
        ModelFigures figures = new ModelFigures(
                Map.of(RequestOutcome.STOPPED, 1L),
                queued,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                Duration.ZERO,
                Duration.ZERO,
                0,
                Duration.ZERO,
                0);
        return new Measured(model, figures);
    }
}
