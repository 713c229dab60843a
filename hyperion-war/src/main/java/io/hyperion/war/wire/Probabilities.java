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
     * @param tokens the tokens with their alternatives: probabilities that the samplers left are told as they are, and the model's own as
     *     logarithms
     * @return the list
     */
    public static JsonArrayBuilder list(List<TokenProbability> tokens) {
        JsonArrayBuilder list = Json.list();
        for (TokenProbability token : tokens) {
            list.add(one(token).add(token.afterSampling() ? "top_probs" : "top_logprobs", alternatives(token)));
        }
        return list;
    }

    private static JsonArrayBuilder alternatives(TokenProbability token) {
        JsonArrayBuilder list = Json.list();
        token.top().forEach(other -> list.add(one(other)));
        return list;
    }

    private static JsonObjectBuilder one(TokenProbability token) {
        JsonArrayBuilder bytes = Json.list();
        token.bytes().forEach(bytes::add);
        JsonObjectBuilder told = Json.object()
                .add("id", token.token())
                .add("token", token.text())
                .add("bytes", bytes);
        return token.afterSampling()
                ? told.add("prob", Math.exp(token.logProbability()))
                : told.add("logprob", Math.max(IMPOSSIBLE, token.logProbability()));
    }
}
