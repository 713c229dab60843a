package io.hyperion.war.llamacpp;

import io.hyperion.api.Completion;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.LogitBias;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.Parameter;
import io.hyperion.war.json.Json;
import io.hyperion.war.wire.PieceDetails;
import io.hyperion.war.wire.Probabilities;
import io.hyperion.war.wire.TimingFields;
import io.hyperion.war.wire.WireCall;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One {@code completion} request, and how its results are told. */
record CompletionCall(HyperionClient client, GenerateRequest request, Optional<Boolean> stream) implements WireCall {
    /** Told even if they are absent, or by another name. */
    private static final Set<Parameter> ALWAYS_TOLD = EnumSet.of(Parameter.MAX_TOKENS, Parameter.SEED, Parameter.STOP);

    @Override
    public List<GenerateRequest> requests() {
        return List.of(request);
    }

    @Override
    public JsonObject piece(int generation, GenerateEvent piece) {
        JsonObjectBuilder event = Json.object();
        if (piece instanceof GenerateEvent.Piece text) {
            event.add("content", text.text());
        }
        event.add("stop", false);
        PieceDetails.add(event, piece, request.parameters());
        return event.build();
    }

    @Override
    public JsonValue reply(List<GenerateReply> replies) {
        return result(replies.get(0), false);
    }

    @Override
    public List<JsonObject> streamEnd(List<GenerateReply> replies) {
        return List.of(result(replies.get(0), true));
    }

    /** The first completion's fields are the result's own; if there are more, all are in a list too. */
    private JsonObject result(GenerateReply reply, boolean streamed) {
        ModelInfo model = client.model(reply.model());
        int contextSize = model.contextSize();
        int room = model.details()
                        .map(details -> Math.min(contextSize, details.trainedContextLength()))
                        .orElse(contextSize)
                - reply.promptTokens();
        JsonObjectBuilder result = Json.object();
        add(result, reply.completion(), room, streamed);
        result.add("model", reply.model())
                .add("prompt", reply.prompt())
                .add("id_slot", reply.slot())
                // What comes back from clients that keep it: any slot will do, since all find what is cached.
                .add("slot_id", -1)
                .add("tokens_evaluated", reply.promptTokens())
                .add("tokens_cached", reply.cachedTokens())
                .add("generation_settings", settings(contextSize, reply.model()))
                .add("timings", TimingFields.of(reply));
        if (reply.completions().size() > 1) {
            JsonArrayBuilder completions = Json.list();
            for (int i = 0; i < reply.completions().size(); i++) {
                JsonObjectBuilder completion = Json.object().add("index", i);
                add(completion, reply.completions().get(i), room, streamed);
                completions.add(completion);
            }
            result.add("completions", completions);
        }
        return result.build();
    }

    private void add(JsonObjectBuilder result, Completion completion, int room, boolean streamed) {
        boolean hitLength = completion.finishReason() == FinishReason.LENGTH;
        result.add("content", streamed ? "" : completion.text())
                .add("tokens", Json.numbers(streamed ? List.of() : completion.tokenIds()))
                .add("stop", true)
                .add(
                        "stopped_eos",
                        completion.finishReason() == FinishReason.STOP
                                && completion.stopString().isEmpty())
                .add("stopped_limit", hitLength)
                .add("stopped_word", completion.stopString().isPresent())
                .add("stopping_word", completion.stopString().orElse(""))
                .add("tokens_predicted", completion.tokens())
                .add("truncated", completion.truncated() || hitLength && completion.tokens() >= room);
        if (!streamed && !completion.probabilities().isEmpty()) {
            result.add("completion_probabilities", Probabilities.list(completion.probabilities()));
        }
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
}
