package io.hyperion.api;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One text that a model generated for a prompt.
 *
 * @param text the text, without the stop string that ended it
 * @param tokens the number of tokens generated, the one that ended the turn included
 * @param finishReason why the generation ended
 * @param stopString the stop string that ended it; empty if none did
 * @param truncated whether the context was shifted: the model saw only the begin and the end of what went before
 * @param probabilities of each token, in their order, if the request asked for them; else empty
 */
public record Completion(
        String text,
        int tokens,
        FinishReason finishReason,
        Optional<String> stopString,
        boolean truncated,
        List<TokenProbability> probabilities) {
    public Completion {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(finishReason, "finishReason");
        Objects.requireNonNull(stopString, "stopString");
        probabilities = List.copyOf(probabilities);
    }
}
