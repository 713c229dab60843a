package io.hyperion.war.wire;

import io.hyperion.api.TokenProbability;
import io.hyperion.war.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.util.List;

/** How the probabilities of tokens are told, as llama.cpp's server tells them in {@code completion_probabilities}. */
public final class Probabilities {
    /** JSON has no infinity: a logarithm that no other probability gives. */
    private static final double IMPOSSIBLE = -Float.MAX_VALUE;

    private Probabilities() {}

    /**
     * @param tokens the tokens with their alternatives
     * @param afterSampling whether the probabilities are those that the samplers left: these are told as they are, and the model's own as
     *     logarithms
     * @return the list
     */
    public static JsonArrayBuilder list(List<TokenProbability> tokens, boolean afterSampling) {
        JsonArrayBuilder list = Json.list();
        for (TokenProbability token : tokens) {
            list.add(one(token, afterSampling)
                    .add(afterSampling ? "top_probs" : "top_logprobs", alternatives(token, afterSampling)));
        }
        return list;
    }

    private static JsonArrayBuilder alternatives(TokenProbability token, boolean afterSampling) {
        JsonArrayBuilder list = Json.list();
        token.top().forEach(other -> list.add(one(other, afterSampling)));
        return list;
    }

    private static JsonObjectBuilder one(TokenProbability token, boolean afterSampling) {
        JsonArrayBuilder bytes = Json.list();
        token.bytes().forEach(bytes::add);
        JsonObjectBuilder told = Json.object()
                .add("id", token.token())
                .add("token", token.text())
                .add("bytes", bytes);
        return afterSampling
                ? told.add("prob", Math.exp(token.logProbability()))
                : told.add("logprob", Math.max(IMPOSSIBLE, token.logProbability()));
    }
}
