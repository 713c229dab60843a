package io.hyperion.api;

import java.util.Objects;

/**
 * How far a generation is.
 *
 * @param promptTokens the number of tokens of the prompt
 * @param cachedTokens how many of these were taken from what other requests had evaluated
 * @param completionTokens how many tokens were generated, in all completions together
 * @param timings where the time went until now
 */
public record Progress(int promptTokens, int cachedTokens, int completionTokens, Timings timings) {
    public Progress {
        Objects.requireNonNull(timings, "timings");
    }
}
