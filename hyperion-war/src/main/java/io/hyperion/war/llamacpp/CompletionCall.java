package io.hyperion.war.llamacpp;

import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.LogitBias;
import io.hyperion.api.Parameter;
import io.hyperion.war.json.Json;
import io.hyperion.war.wire.WireCall;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One {@code completion} request, and how its results are told. */
record CompletionCall(HyperionClient client, GenerateRequest request, Optional<Boolean> stream) implements WireCall {
    /** Told even if they are absent, or by another name. */
    private static final Set<Parameter> ALWAYS_TOLD = EnumSet.of(Parameter.MAX_TOKENS, Parameter.SEED, Parameter.STOP);

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
    JsonObjectBuilder settings(int contextSize, String model) {
        GenerateParameters parameters = request.parameters();
        JsonObjectBuilder settings = Json.object().add("n_ctx", contextSize).add("model", model);
        settings.add("n_predict", parameters.maxTokens().orElse(-1));
        settings.add("seed", parameters.seed().orElse(-1));
        for (Parameter parameter : Parameter.values()) {
            if (parameters.has(parameter) && !ALWAYS_TOLD.contains(parameter)) {
                add(settings, parameter, parameters);
            }
        }
        JsonArrayBuilder stop = Json.list();
        parameters.stop().forEach(stop::add);
        return settings.add("stop", stop).add("stream", stream.orElse(false));
    }

    private static void add(JsonObjectBuilder settings, Parameter parameter, GenerateParameters parameters) {
        String name = parameter.wireName();
        switch (parameter.type()) {
            case NUMBER -> settings.add(name, parameters.number(parameter));
            case WHOLE -> settings.add(name, parameters.whole(parameter));
            case BOOLEAN -> settings.add(name, parameters.truth(parameter));
            case TEXT -> settings.add(name, parameters.grammar().orElse(""));
            case LIST -> settings.add(name, list(parameter, parameters));
        }
    }

    private static JsonArrayBuilder list(Parameter parameter, GenerateParameters parameters) {
        JsonArrayBuilder list = Json.list();
        switch (parameter) {
            case SAMPLERS -> parameters.samplers().orElse(List.of()).forEach(sampler -> list.add(sampler.wireName()));
            case DRY_SEQUENCE_BREAKERS ->
                parameters.drySequenceBreakers().orElse(List.of()).forEach(list::add);
            case LORA ->
                parameters
                        .lora()
                        .forEach(adapter ->
                                list.add(Json.object().add("id", adapter.id()).add("scale", adapter.scale())));
            case LOGIT_BIAS -> parameters.logitBias().forEach(entry -> list.add(bias(entry)));
            default -> throw new IllegalArgumentException(parameter + " is no list");
        }
        return list;
    }

    /** In the form in which it is asked for. */
    private static JsonArrayBuilder bias(LogitBias entry) {
        JsonArrayBuilder pair = Json.list();
        if (entry instanceof LogitBias.OfToken one) {
            pair.add(one.token());
        } else if (entry instanceof LogitBias.OfText text) {
            pair.add(text.text());
        }
        return entry.bias() == LogitBias.BANNED ? pair.add(false) : pair.add(entry.bias());
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
