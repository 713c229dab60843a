package io.hyperion.api;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a slot of a model is doing. A slot serves one completion at a time.
 *
 * @param slot which one: 0 to the model's number of slots, exclusive
 * @param work what it is working on; empty if it is free
 */
public record SlotInfo(int slot, Optional<Work> work) {
    public SlotInfo {
        Objects.requireNonNull(work, "work");
    }

    /**
     * A completion that is under way. Its numbers are those of one moment each, and may be a token apart.
     *
     * @param prompt the very prompt that the model was given
     * @param promptTokens the number of tokens of the prompt
     * @param completion which completion of its request it is: 0 for the first
     * @param generatedTokens how many tokens were generated so far
     * @param remainingTokens how many more it may have; empty for as many as the context holds
     * @param parameters how it is generated, with the model's defaults merged in
     */
    public record Work(
            String prompt,
            int promptTokens,
            int completion,
            int generatedTokens,
            OptionalInt remainingTokens,
            GenerateParameters parameters) {
        public Work {
            Objects.requireNonNull(prompt, "prompt");
            Objects.requireNonNull(remainingTokens, "remainingTokens");
            Objects.requireNonNull(parameters, "parameters");
        }
    }
}
