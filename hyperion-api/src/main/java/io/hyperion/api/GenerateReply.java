package io.hyperion.api;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The result of a generation.
 *
 * @param model the name of the model that answered
 * @param prompt the very prompt that the model was given, rendered by the template
 * @param promptTokens the number of tokens of the prompt
 * @param cachedTokens how many of these were taken from what earlier or concurrent requests had evaluated
 * @param slot the slot that the request had: 0 to the model's number of slots, exclusive; -1 if it never had one
 * @param completions what was generated: one text, or as many as the request asked for; never empty
 * @param timings where the time went
 */
public record GenerateReply(
        String model,
        String prompt,
        int promptTokens,
        int cachedTokens,
        int slot,
        List<Completion> completions,
        Timings timings) {
    /**
     * @throws IllegalArgumentException if there is no completion
     */
    public GenerateReply {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(prompt, "prompt");
        completions = List.copyOf(completions);
        Objects.requireNonNull(timings, "timings");
        if (completions.isEmpty()) {
            throw new IllegalArgumentException("A reply has at least one completion");
        }
    }

    /** {@return the first completion: the only one, unless the request asked for more} */
    public Completion completion() {
        return completions.get(0);
    }

    /** {@return the text of the {@linkplain #completion() first completion}} */
    public String text() {
        return completion().text();
    }

    /** {@return the tools that the {@linkplain #completion() first completion} wants to have called} */
    public List<ToolCall> toolCalls() {
        return completion().toolCalls();
    }

    /** {@return why the {@linkplain #completion() first completion} ended} */
    public FinishReason finishReason() {
        return completion().finishReason();
    }

    /** {@return the stop string that ended the {@linkplain #completion() first completion}; empty if none did} */
    public Optional<String> stopString() {
        return completion().stopString();
    }

    /** {@return the number of tokens generated, in all completions together} */
    public int completionTokens() {
        return completions.stream().mapToInt(Completion::tokens).sum();
    }

    /**
     * {@return the speed of the generation in tokens per second, the first token's prompt evaluation not counted; 0 if fewer than two
     * tokens were generated}
     */
    public double tokensPerSecond() {
        double seconds = timings.generation().toNanos() / 1e9;
        int tokens = completionTokens();
        return tokens < 2 || seconds <= 0 ? 0 : (tokens - 1) / seconds;
    }
}
