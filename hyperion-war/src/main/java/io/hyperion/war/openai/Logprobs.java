package io.hyperion.war.openai;

import io.hyperion.api.TokenProbability;
import io.hyperion.war.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How OpenAI tells the probabilities of tokens, in its two forms. */
final class Logprobs {
    /** What OpenAI says of a token that cannot come: JSON has no infinity. */
    private static final double IMPOSSIBLE = -9999;

    private static final char UNREADABLE = '\uFFFD';

    private Logprobs() {}

    /**
     * @param tokens the tokens
     * @param alternatives how many others are told of each
     * @return as a chat completion tells them
     */
    static JsonObject chat(List<TokenProbability> tokens, int alternatives) {
        JsonArrayBuilder content = Json.list();
        for (TokenProbability token : tokens) {
            JsonArrayBuilder top = Json.list();
            token.top().stream().limit(alternatives).forEach(other -> top.add(one(other)));
            content.add(one(token).add("top_logprobs", top));
        }
        return Json.object().add("content", content).addNull("refusal").build();
    }

    private static JsonObjectBuilder one(TokenProbability token) {
        JsonArrayBuilder bytes = Json.list();
        token.bytes().forEach(bytes::add);
        return Json.object()
                .add("token", token.text())
                .add("logprob", logprob(token))
                .add("bytes", bytes);
    }

    /**
     * @param tokens the tokens
     * @param alternatives how many of the most probable ones are told at each place; the one that came is told in any case
     * @param offset where the first token begins in the text, in characters
     * @return as a completion tells them
     */
    static JsonObject completion(List<TokenProbability> tokens, int alternatives, int offset) {
        JsonArrayBuilder texts = Json.list();
        JsonArrayBuilder logprobs = Json.list();
        JsonArrayBuilder tops = Json.list();
        JsonArrayBuilder offsets = Json.list();
        int at = offset;
        for (TokenProbability token : tokens) {
            texts.add(name(token));
            logprobs.add(logprob(token));
            tops.add(top(token, alternatives));
            offsets.add(at);
            at += length(token);
        }
        return Json.object()
                .add("tokens", texts)
                .add("token_logprobs", logprobs)
                .add("top_logprobs", tops)
                .add("text_offset", offsets)
                .build();
    }

    /** {@return how many characters the tokens have together} */
    static int length(List<TokenProbability> tokens) {
        return tokens.stream().mapToInt(Logprobs::length).sum();
    }

    /** Counts the bytes that begin a character: a character that is split among tokens counts once. */
    private static int length(TokenProbability token) {
        return (int)
                token.bytes().stream().filter(value -> (value & 0xC0) != 0x80).count();
    }

    private static JsonObjectBuilder top(TokenProbability token, int alternatives) {
        Map<String, Double> probabilities = new LinkedHashMap<>();
        token.top().stream()
                .limit(alternatives)
                .forEach(other -> probabilities.putIfAbsent(name(other), logprob(other)));
        probabilities.putIfAbsent(name(token), logprob(token));
        JsonObjectBuilder told = Json.object();
        probabilities.forEach(told::add);
        return told;
    }

    /** The text; of a part of a character its bytes, as OpenAI writes them, since the names of tokens must not be the same. */
    private static String name(TokenProbability token) {
        if (token.text().indexOf(UNREADABLE) < 0) {
            return token.text();
        }
        return token.bytes().stream()
                .map(value -> String.format("\\x%02x", value))
                .collect(Collectors.joining("", "bytes:", ""));
    }

    private static double logprob(TokenProbability token) {
        return Math.max(IMPOSSIBLE, token.logProbability());
    }
}
