package io.hyperion.war.wire;

import io.hyperion.api.GenerateReply;
import io.hyperion.api.Progress;
import io.hyperion.api.Timings;
import io.hyperion.war.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.time.Duration;

/**
 * How the time that a request took is told, as llama.cpp's server tells it in {@code timings}; behind that, what it does not tell: the time
 * in the queue, and how many tokens of the prompt came from the cache.
 */
public final class TimingFields {
    private TimingFields() {}

    /**
     * @param reply a reply
     * @return its timings
     */
    public static JsonObjectBuilder of(GenerateReply reply) {
        return of(new Progress(reply.promptTokens(), reply.cachedTokens(), reply.completionTokens(), reply.timings()));
    }

    /**
     * @param progress how far a generation is
     * @return its timings until then
     */
    public static JsonObjectBuilder of(Progress progress) {
        double promptMs = millis(progress.timings().prompt());
        double predictedMs = millis(progress.timings().generation());
        int predicted = progress.completionTokens();
        // Those that had to be evaluated.
        int prompt = progress.promptTokens() - progress.cachedTokens();
        return Json.object()
                .add("prompt_n", prompt)
                .add("prompt_ms", promptMs)
                .add("prompt_per_token_ms", ratio(promptMs, prompt))
                .add("prompt_per_second", ratio(1000.0 * prompt, promptMs))
                .add("predicted_n", predicted)
                .add("predicted_ms", predictedMs)
                .add("predicted_per_token_ms", ratio(predictedMs, predicted))
                .add("predicted_per_second", ratio(1000.0 * predicted, predictedMs))
                .add("queue_ms", millis(progress.timings().queue()))
                .add("cache_n", progress.cachedTokens());
    }

    /**
     * @param timings those of a request that generates nothing
     * @return how long it waited and was evaluated
     */
    public static JsonObjectBuilder ofEvaluation(Timings timings) {
        return Json.object().add("prompt_ms", millis(timings.prompt())).add("queue_ms", millis(timings.queue()));
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }

    private static double ratio(double a, double b) {
        return b == 0 ? 0 : a / b;
    }
}
