package io.hyperion.api;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One text that a model generated for a prompt.
 *
 * @param text the text, without the stop string that ended it and without the tool calls
 * @param tokens the number of tokens generated, the one that ended the turn included
 * @param finishReason why the generation ended
 * @param stopString the stop string that ended it; empty if none did
 * @param truncated whether the context was shifted: the model saw only the begin and the end of what went before
 * @param probabilities of each token, in their order, if the request asked for them; else empty
 * @param tokenIds the ids of all {@code tokens}, in their order, if the request asked for them; else empty
 * @param toolCalls the tools that the model wants to have called, in order
 */
public record Completion(
        String text,
        int tokens,
        FinishReason finishReason,
        Optional<String> stopString,
        boolean truncated,
        List<TokenProbability> probabilities,
        List<Integer> tokenIds,
        List<ToolCall> toolCalls) {
    public Completion {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(finishReason, "finishReason");
        Objects.requireNonNull(stopString, "stopString");
        probabilities = List.copyOf(probabilities);
        tokenIds = List.copyOf(tokenIds);
        toolCalls = List.copyOf(toolCalls);
    }

    /**
     * A completion that is text alone.
     *
     * @param text the text
     * @param tokens the number of tokens generated
     * @param finishReason why the generation ended
     * @param stopString the stop string that ended it
     * @param truncated whether the context was shifted
     * @param probabilities of each token
     */
    public Completion(
            String text,
            int tokens,
            FinishReason finishReason,
            Optional<String> stopString,
            boolean truncated,
            List<TokenProbability> probabilities) {
        this(text, tokens, finishReason, stopString, truncated, probabilities, List.of(), List.of());
    }
}
