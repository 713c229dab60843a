package io.hyperion.war.llamacpp;

import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.war.json.Json;
import io.hyperion.war.wire.WireCall;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.Duration;
import java.util.Optional;

/** One {@code completion} request, and how its results are told. */
record CompletionCall(HyperionClient client, GenerateRequest request, Optional<Boolean> stream) implements WireCall {
    @Override
    public JsonObject piece(GenerateEvent.Piece piece) {
        return Json.object().add("content", piece.text()).add("stop", false).build();
    }

    @Override
    public JsonObject reply(GenerateReply reply) {
        return result(reply, reply.text());
    }

    @Override
    public JsonObject streamEnd(GenerateReply reply) {
        return result(reply, "");
    }

    private JsonObject result(GenerateReply reply, String content) {
        int contextSize = client.model(reply.model()).contextSize();
        boolean hitLength = reply.finishReason() == FinishReason.LENGTH;
        boolean hitLimit = request.parameters().maxTokens().orElse(Integer.MAX_VALUE) <= reply.completionTokens();
        return Json.object()
                .add("content", content)
                .add("stop", true)
                .add("model", reply.model())
                .add("prompt", reply.prompt())
                // No slot is the caller's to keep: -1 is "any" when it is sent back.
                .add("slot_id", -1)
                .add(
                        "stopped_eos",
                        reply.finishReason() == FinishReason.STOP
                                && reply.stopString().isEmpty())
                .add("stopped_limit", hitLength)
                .add("stopped_word", reply.stopString().isPresent())
                .add("stopping_word", reply.stopString().orElse(""))
                .add("tokens_predicted", reply.completionTokens())
                .add("tokens_evaluated", reply.promptTokens())
                .add("truncated", hitLength && !hitLimit)
                .add("generation_settings", settings(contextSize, reply.model()))
                .add("timings", timings(reply))
                .build();
    }

    /** What the caller asked for; the model's own defaults are not his. */
    private JsonObjectBuilder settings(int contextSize, String model) {
        GenerateParameters parameters = request.parameters();
        JsonObjectBuilder settings = Json.object().add("n_ctx", contextSize).add("model", model);
        settings.add("n_predict", parameters.maxTokens().orElse(-1));
        parameters.temperature().ifPresent(value -> settings.add("temperature", value));
        parameters.topK().ifPresent(value -> settings.add("top_k", value));
        parameters.topP().ifPresent(value -> settings.add("top_p", value));
        parameters.minP().ifPresent(value -> settings.add("min_p", value));
        settings.add("seed", parameters.seed().orElse(-1));
        JsonArrayBuilder stop = Json.list();
        parameters.stop().forEach(stop::add);
        return settings.add("stop", stop).add("stream", stream.orElse(false));
    }

    private static JsonObjectBuilder timings(GenerateReply reply) {
        double promptMs = millis(reply.timings().prompt());
        double predictedMs = millis(reply.timings().generation());
        int predicted = reply.completionTokens();
        return Json.object()
                .add("prompt_n", reply.promptTokens())
                .add("prompt_ms", promptMs)
                .add("prompt_per_token_ms", ratio(promptMs, reply.promptTokens()))
                .add("prompt_per_second", ratio(1000.0 * reply.promptTokens(), promptMs))
                .add("predicted_n", predicted)
                .add("predicted_ms", predictedMs)
                .add("predicted_per_token_ms", ratio(predictedMs, predicted))
                .add("predicted_per_second", ratio(1000.0 * predicted, predictedMs));
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }

    private static double ratio(double a, double b) {
        return b == 0 ? 0 : a / b;
    }
}
