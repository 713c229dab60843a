package io.hyperion.war.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.GenerateParameters;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelState;
import io.hyperion.api.RequestOutcome;
import io.hyperion.api.admin.Device;
import io.hyperion.war.wire.Measured;
import io.hyperion.war.wire.VanishingModel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The metrics")
class MetricsTests {
    private static final Device CPU = new Device("CPU", "a processor", 4, 3, 2, 1);

    private static final ModelFigures FIGURES = new ModelFigures(
            Map.of(RequestOutcome.STOPPED, 5L),
            1,
            2,
            8,
            3,
            50,
            200,
            1000,
            400,
            300,
            Duration.ofMillis(500),
            Duration.ofSeconds(6),
            40,
            Duration.ofSeconds(7),
            60);

    @Test
    @DisplayName("are told by llama.cpp's names, and by Hyperion's with the model as a label")
    void names() {
        String text =
                Metrics.text(List.of(measured("tiny")), List.of(measured("tiny"), measured("a\"b\\c\nd")), List.of());

        assertThat(text.lines())
                .contains(
                        "# TYPE llamacpp:prompt_tokens_total counter",
                        "llamacpp:prompt_tokens_total 1000",
                        "llamacpp:prompt_seconds_total 0.5",
                        "llamacpp:tokens_predicted_total 300",
                        "llamacpp:tokens_predicted_seconds_total 6",
                        "llamacpp:n_decode_total 40",
                        "llamacpp:n_busy_slots_per_decode 1.5",
                        "llamacpp:prompt_tokens_seconds 2000",
                        "llamacpp:predicted_tokens_seconds 50",
                        "llamacpp:kv_cache_usage_ratio 0.25",
                        "llamacpp:kv_cache_tokens 50",
                        "llamacpp:requests_processing 2",
                        "llamacpp:requests_deferred 1",
                        "hyperion_requests_total{model=\"tiny\",outcome=\"stopped\"} 5",
                        "hyperion_requests_total{model=\"tiny\",outcome=\"failed\"} 0",
                        "hyperion_model_state{model=\"tiny\",state=\"loaded\"} 1",
                        "hyperion_model_state{model=\"tiny\",state=\"failed\"} 0",
                        "hyperion_cached_tokens_total{model=\"a\\\"b\\\\c\\nd\"} 400");
    }

    @Test
    @DisplayName("tell the memory of models that are loaded and of devices, and the downloads")
    void life() {
        ModelInfo loaded = model("loaded", ModelState.LOADED, 2, Optional.empty());
        ModelInfo coming = model(
                "coming",
                ModelState.DOWNLOADING,
                0,
                Optional.of(new ModelProgress(
                        "coming",
                        ModelState.DOWNLOADING,
                        OptionalDouble.of(0.5),
                        500,
                        OptionalLong.of(1000),
                        50,
                        Optional.empty())));

        assertThat(Metrics.text(
                                List.of(),
                                List.of(
                                        new Measured(loaded, ModelFigures.NONE),
                                        new Measured(coming, ModelFigures.NONE)),
                                List.of(CPU))
                        .lines())
                .contains(
                        "hyperion_model_state{model=\"coming\",state=\"downloading\"} 1",
                        "hyperion_model_state{model=\"coming\",state=\"absent\"} 0",
                        "hyperion_model_instances{model=\"loaded\"} 2",
                        "hyperion_model_requests{model=\"loaded\"} 7",
                        "hyperion_model_memory_bytes{model=\"loaded\"} 122",
                        "hyperion_model_memory_bytes{model=\"coming\"} 0",
                        "hyperion_download_bytes{model=\"loaded\"} 0",
                        "hyperion_download_bytes{model=\"coming\"} 500",
                        "hyperion_download_size_bytes{model=\"coming\"} 1000",
                        "hyperion_download_bytes_per_second{model=\"coming\"} 50")
                .contains(
                        "hyperion_device_memory_bytes{device=\"CPU\",kind=\"total\"} 4",
                        "hyperion_device_memory_bytes{device=\"CPU\",kind=\"free\"} 3",
                        "hyperion_device_memory_bytes{device=\"CPU\",kind=\"limit\"} 2",
                        "hyperion_device_memory_bytes{device=\"CPU\",kind=\"reserved\"} 1");
    }

    private static ModelInfo model(String name, ModelState state, int instances, Optional<ModelProgress> progress) {
        return new ModelInfo(
                name,
                false,
                state,
                Optional.empty(),
                0,
                1,
                Optional.empty(),
                Optional.empty(),
                ModelInfo.Description.NONE,
                new ModelInfo.Life(instances, 0, 2, Optional.empty(), false, 7, Optional.empty()),
                Optional.of(new ModelInfo.Memory(100, 10, 1, "CPU")),
                progress,
                GenerateParameters.none());
    }

    @Test
    @DisplayName("keep to the text format: each family once, with help and type before its samples")
    void format() {
        String text = Metrics.text(List.of(measured("tiny")), List.of(measured("a"), measured("b")), List.of(CPU));
        String family = "";
        int families = 0;
        for (String line : text.split("\n")) {
            if (line.startsWith("# HELP ")) {
                family = line.split(" ")[2];
                families++;
            } else if (line.startsWith("# TYPE ")) {
                assertThat(line).matches("# TYPE " + family + " (counter|gauge)");
            } else {
                assertThat(line).matches("\\Q" + family + "\\E(\\{[^}]*})? -?[0-9][0-9.E-]*");
            }
        }
        assertThat(text.lines()
                        .filter(line -> line.startsWith("# HELP "))
                        .map(line -> line.split(" ")[2])
                        .distinct())
                .hasSize(families);
        assertThat(text).endsWith("\n");
    }

    @Test
    @DisplayName("of a model that did nothing are zero, and not a number by nothing")
    void nothing() {
        Measured idle = new Measured(measured("idle").model(), ModelFigures.NONE);

        assertThat(Metrics.text(List.of(idle), List.of(idle), List.of()).lines())
                .contains("llamacpp:n_busy_slots_per_decode 0", "llamacpp:kv_cache_usage_ratio 0")
                .noneMatch(line -> line.contains("NaN"));
    }

    private static Measured measured(String name) {
        return new Measured(
                new ModelInfo(
                        name, false, ModelState.LOADED, Optional.empty(), 200, 8, Optional.empty(), Optional.empty()),
                FIGURES);
    }

    @Test
    @DisplayName("leave out a model that goes while they are collected")
    void vanishing() {
        assertThat(Measured.all(VanishingModel.client()))
                .extracting(measured -> measured.model().name())
                .containsExactly("stays");
    }
}
