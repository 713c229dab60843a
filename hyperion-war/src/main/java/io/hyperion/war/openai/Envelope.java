package io.hyperion.war.openai;

import io.hyperion.api.ForbiddenException;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.war.json.Fields;
import io.hyperion.war.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What is the same in all that one request is told.
 *
 * @param id the reply's own name
 * @param created when it was asked for, in seconds since 1970
 * @param model the model's name
 * @param fingerprint tells one set of weights from another: the same seed gives the same text again as long as it is the same
 */
record Envelope(String id, long created, String model, String fingerprint) {
    /**
     * @param prefix what the id begins with
     * @param model the model that is asked
     * @return an envelope with an id of its own
     */
    static Envelope of(String prefix, ModelInfo model) {
        return new Envelope(
                prefix + UUID.randomUUID().toString().replace("-", ""),
                Instant.now().getEpochSecond(),
                model.name(),
                fingerprint(model));
    }

    /**
     * @param client the way to the models
     * @param fields what was sent
     * @return the model that is asked: the default one if none is named
     * @throws ForbiddenException if the caller may not use it
     * @throws ModelNotFoundException if there is none
     * @throws ModelUnavailableException if none is named, and the default one cannot be served
     */
    static ModelInfo model(HyperionClient client, Fields fields) {
        return client.model(fields.text("model")
                .orElseGet(() -> client.properties(Optional.empty()).model()));
    }

    private static String fingerprint(ModelInfo model) {
        int digest = model.details().toString().hashCode();
        return "fp_" + HexFormat.of().toHexDigits(digest);
    }

    /**
     * @param kind what it is, such as {@code chat.completion}
     * @param choices its choices
     * @return what is told, but for the numbers of tokens
     */
    JsonObjectBuilder told(String kind, JsonArrayBuilder choices) {
        return Json.object()
                .add("id", id)
                .add("object", kind)
                .add("created", created)
                .add("model", model)
                .add("system_fingerprint", fingerprint)
                .add("choices", choices);
    }

    /**
     * @param kind what it is
     * @param choice its only choice
     * @param usageFollows whether the last event of the stream tells the numbers of tokens: the others then say that they do not
     * @return an event of a stream
     */
    JsonObjectBuilder event(String kind, JsonObjectBuilder choice, boolean usageFollows) {
        JsonObjectBuilder event = told(kind, Json.list().add(choice));
        return usageFollows ? event.add("usage", JsonValue.NULL) : event;
    }

    /**
     * @param replies the replies of all prompts
     * @return their numbers of tokens
     */
    static JsonObjectBuilder usage(List<GenerateReply> replies) {
        int prompt = replies.stream().mapToInt(GenerateReply::promptTokens).sum();
        int cached = replies.stream().mapToInt(GenerateReply::cachedTokens).sum();
        int completion =
                replies.stream().mapToInt(GenerateReply::completionTokens).sum();
        return Json.object()
                .add("prompt_tokens", prompt)
                .add("completion_tokens", completion)
                .add("total_tokens", prompt + completion)
                .add("prompt_tokens_details", Json.object().add("cached_tokens", cached))
                // Whatever a model thinks aloud is part of its text here, and nothing is predicted for it.
                .add(
                        "completion_tokens_details",
                        Json.object()
                                .add("reasoning_tokens", 0)
                                .add("accepted_prediction_tokens", 0)
                                .add("rejected_prediction_tokens", 0));
    }
}
