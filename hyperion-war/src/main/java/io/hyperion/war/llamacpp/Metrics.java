package io.hyperion.war.llamacpp;

import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelState;
import io.hyperion.api.RequestOutcome;
import io.hyperion.war.wire.Measured;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
                    ModelFigures::stepSequences));

    private Metrics() {}

    /**
     * @param llama the model that llama.cpp's names are of; none or one
     * @param all the models
     * @return the text
     */
    static String text(List<Measured> llama, List<Measured> all) {
        PrometheusText text = new PrometheusText();
        OF_LLAMA.forEach(figure -> figure.write(text, llama, false));
        states(text, all);
        outcomes(text, all);
        OWN.forEach(figure -> figure.write(text, all, true));
        return text.toString();
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
        return new Figure(name, COUNTER, help, value);
    }

    private static Figure gauge(String name, String help, ToDoubleFunction<ModelFigures> value) {
        return new Figure(name, GAUGE, help, value);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static double ratio(double a, double b) {
        return b == 0 ? 0 : a / b;
    }

    private record Figure(String name, String type, String help, ToDoubleFunction<ModelFigures> value) {
        void write(PrometheusText text, List<Measured> models, boolean labelled) {
            text.family(name, type, help);
            for (Measured measured : models) {
                Map<String, String> labels = labelled ? labelled(measured.model(), Map.of()) : Map.of();
                text.sample(name, labels, value.applyAsDouble(measured.figures()));
            }
        }
    }
}
