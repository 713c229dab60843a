package io.hyperion.war.llamacpp;

import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelState;
import io.hyperion.api.RequestOutcome;
import io.hyperion.api.admin.Device;
import io.hyperion.war.wire.Measured;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What models did and do, for Prometheus: one model's figures by the names that llama.cpp's server, which has one model, gives them, and those of
 * all by names of Hyperion's own, with the model as a label.
 */
final class Metrics {
    private static final String COUNTER = "counter";
    private static final String GAUGE = "gauge";

    private static final List<Figure> OF_LLAMA = List.of(
            counter(
                    "llamacpp:prompt_tokens_total",
                    "Tokens of prompts that were evaluated.",
                    ModelFigures::promptTokens),
            counter(
                    "llamacpp:prompt_seconds_total",
                    "Seconds that ended requests had their prompts evaluated.",
                    figures -> seconds(figures.promptTime())),
            counter("llamacpp:tokens_predicted_total", "Tokens that were generated.", ModelFigures::completionTokens),
            counter(
                    "llamacpp:tokens_predicted_seconds_total",
                    "Seconds that ended requests generated.",
                    figures -> seconds(figures.generationTime())),
            counter("llamacpp:n_decode_total", "Steps that were evaluated.", ModelFigures::steps),
            gauge(
                    "llamacpp:n_busy_slots_per_decode",
                    "Sequences under way in a step, on average.",
                    figures -> ratio(figures.stepSequences(), figures.steps())),
            gauge(
                    "llamacpp:prompt_tokens_seconds",
                    "Tokens of prompts evaluated in a second, on average.",
                    figures -> ratio(figures.promptTokens(), seconds(figures.promptTime()))),
            gauge(
                    "llamacpp:predicted_tokens_seconds",
                    "Tokens generated in a second by a request, on average.",
                    figures -> ratio(figures.completionTokens(), seconds(figures.generationTime()))),
            gauge(
                    "llamacpp:kv_cache_usage_ratio",
                    "Share of the cells of the cache that is in use.",
                    figures -> ratio(figures.usedCells(), figures.cells())),
            gauge("llamacpp:kv_cache_tokens", "Cells of the cache that are in use.", ModelFigures::usedCells),
            gauge("llamacpp:requests_processing", "Sequences under way.", ModelFigures::busySequences),
            gauge("llamacpp:requests_deferred", "Requests that wait.", ModelFigures::queued));

    private static final List<Figure> OWN = List.of(
            gauge("hyperion_requests_queued", "Requests that wait.", ModelFigures::queued),
            gauge("hyperion_sequences_busy", "Sequences under way.", ModelFigures::busySequences),
            gauge("hyperion_sequences_cached", "Finished sequences that are kept.", ModelFigures::cachedSequences),
            gauge("hyperion_slots", "Sequences that can be under way; 0 while not loaded.", ModelFigures::slots),
            gauge("hyperion_cache_cells_used", "Cells of the cache that are in use.", ModelFigures::usedCells),
            gauge("hyperion_cache_cells", "Cells of the cache; 0 while not loaded.", ModelFigures::cells),
            counter(
                    "hyperion_prompt_tokens_total",
                    "Tokens of prompts that were evaluated.",
                    ModelFigures::promptTokens),
            counter(
                    "hyperion_cached_tokens_total",
                    "Tokens of prompts that were taken from the cache.",
                    ModelFigures::cachedTokens),
            counter("hyperion_completion_tokens_total", "Tokens that were generated.", ModelFigures::completionTokens),
            counter(
                    "hyperion_prompt_seconds_total",
                    "Seconds that ended requests had their prompts evaluated.",
                    figures -> seconds(figures.promptTime())),
            counter(
                    "hyperion_completion_seconds_total",
                    "Seconds that ended requests generated.",
                    figures -> seconds(figures.generationTime())),
            counter("hyperion_steps_total", "Steps that were evaluated.", ModelFigures::steps),
            counter(
                    "hyperion_step_seconds_total",
                    "Seconds that the steps took.",
                    figures -> seconds(figures.stepTime())),
            counter(
                    "hyperion_step_sequences_total",
                    "Sequences that were under way in each step, added up.",
                    ModelFigures::stepSequences),
            ofModel("hyperion_model_instances", "Contexts in memory.", model -> model.life()
                    .instances()),
            ofModel(
                    "hyperion_model_requests",
                    "Requests under way, those that wait for the model included.",
                    model -> model.life().activeRequests()),
            ofModel("hyperion_model_memory_bytes", "Memory that is taken, by estimate.", Metrics::memory),
            ofModel(
                    "hyperion_download_bytes",
                    "Bytes that are there of a file that is being downloaded.",
                    model -> download(model).map(ModelProgress::bytes).orElse(0L)),
            ofModel(
                    "hyperion_download_size_bytes",
                    "Size of a file that is being downloaded; 0 if not known.",
                    model -> download(model)
                            .map(progress -> progress.totalBytes().orElse(0))
                            .orElse(0L)),
            ofModel("hyperion_download_bytes_per_second", "Bytes of it that come in a second.", model -> download(model)
                    .map(ModelProgress::bytesPerSecond)
                    .orElse(0L)));

    private Metrics() {}

    /**
     * @param llama the model that llama.cpp's names are of; none or one
     * @param all the models
     * @param devices what they are computed on
     * @return the text
     */
    static String text(List<Measured> llama, List<Measured> all, List<Device> devices) {
        PrometheusText text = new PrometheusText();
        OF_LLAMA.forEach(figure -> figure.write(text, llama, false));
        states(text, all);
        outcomes(text, all);
        OWN.forEach(figure -> figure.write(text, all, true));
        memory(text, devices);
        return text.toString();
    }

    private static void memory(PrometheusText text, List<Device> devices) {
        String name = "hyperion_device_memory_bytes";
        text.family(name, GAUGE, "Memory of a device: all, free, what models may use, and what they do by estimate.");
        for (Device device : devices) {
            Map<String, Long> kinds = new LinkedHashMap<>();
            kinds.put("total", device.totalBytes());
            kinds.put("free", device.freeBytes());
            kinds.put("limit", device.limitBytes());
            kinds.put("reserved", device.reservedBytes());
            kinds.forEach((kind, bytes) -> {
                Map<String, String> labels = new LinkedHashMap<>();
                labels.put("device", device.name());
                labels.put("kind", kind);
                text.sample(name, labels, bytes);
            });
        }
    }

    private static double memory(ModelInfo model) {
        int instances = model.life().instances();
        return instances == 0
                ? 0
                : model.memory().map(memory -> memory.total(instances)).orElse(0L);
    }

    private static Optional<ModelProgress> download(ModelInfo model) {
        return model.progress().filter(progress -> progress.state() == ModelState.DOWNLOADING);
    }

    private static void states(PrometheusText text, List<Measured> models) {
        String name = "hyperion_model_state";
        text.family(name, GAUGE, "1 for the state that the model is in, 0 for the others.");
        for (Measured measured : models) {
            for (ModelState state : ModelState.values()) {
                Map<String, String> labels = Map.of("state", state.wireName());
                text.sample(
                        name,
                        labelled(measured.model(), labels),
                        measured.model().state() == state ? 1 : 0);
            }
        }
    }

    private static void outcomes(PrometheusText text, List<Measured> models) {
        String name = "hyperion_requests_total";
        text.family(name, COUNTER, "Requests that ended, by how they did.");
        for (Measured measured : models) {
            for (RequestOutcome outcome : RequestOutcome.values()) {
                Map<String, String> labels = Map.of("outcome", outcome.name().toLowerCase(Locale.ROOT));
                text.sample(
                        name,
                        labelled(measured.model(), labels),
                        measured.figures().requests().getOrDefault(outcome, 0L));
            }
        }
    }

    private static Map<String, String> labelled(ModelInfo model, Map<String, String> labels) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("model", model.name());
        all.putAll(labels);
        return all;
    }

    private static Figure counter(String name, String help, ToDoubleFunction<ModelFigures> value) {
        return new Figure(name, COUNTER, help, measured -> value.applyAsDouble(measured.figures()));
    }

    private static Figure gauge(String name, String help, ToDoubleFunction<ModelFigures> value) {
        return new Figure(name, GAUGE, help, measured -> value.applyAsDouble(measured.figures()));
    }

    private static Figure ofModel(String name, String help, ToDoubleFunction<ModelInfo> value) {
        return new Figure(name, GAUGE, help, measured -> value.applyAsDouble(measured.model()));
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static double ratio(double a, double b) {
        return b == 0 ? 0 : a / b;
    }

    private record Figure(String name, String type, String help, ToDoubleFunction<Measured> value) {
        void write(PrometheusText text, List<Measured> models, boolean labelled) {
            text.family(name, type, help);
            for (Measured measured : models) {
                Map<String, String> labels = labelled ? labelled(measured.model(), Map.of()) : Map.of();
                text.sample(name, labels, value.applyAsDouble(measured));
            }
        }
    }
}
