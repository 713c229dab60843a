package io.hyperion.bench.load;

import io.hyperion.api.Prompt;
import java.util.Objects;

/**
 * A greedy completion to be asked for.
 *
 * @param prompt the raw text or the conversation
 * @param maxTokens how many tokens to generate at most, at least 1
 */
public record LoadRequest(Prompt prompt, int maxTokens) {
    /**
     * @throws IllegalArgumentException if {@code maxTokens} is below 1
     */
    public LoadRequest {
        Objects.requireNonNull(prompt, "prompt");
        if (maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens must be at least 1, but is " + maxTokens);
        }
    }

    /**
     * A request with a raw prompt.
     *
     * @param prompt the text
     * @param maxTokens how many tokens to generate at most, at least 1
     * @return the request
     */
    public static LoadRequest of(String prompt, int maxTokens) {
        return new LoadRequest(new Prompt.Raw(prompt), maxTokens);
    }
}
