package io.hyperion.api;

import java.util.Objects;
import java.util.Optional;

/**
 * The result of a generation.
 *
 * @param model the name of the model that answered
 * @param text the generated text, without the stop string that ended it
 * @param prompt the very prompt that the model was given, rendered by the template
 * @param promptTokens the number of tokens of the prompt
 * @param completionTokens the number of tokens generated, the one that ended the turn included
 * @param finishReason why the generation ended
 * @param stopString the stop string that ended it; empty if none did
 * @param timings where the time went
 */
public record GenerateReply(
        String model,
        String text,
        String prompt,
        int promptTokens,
        int completionTokens,
        FinishReason finishReason,
        Optional<String> stopString,
        Timings timings) {
    public GenerateReply {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(finishReason, "finishReason");
        Objects.requireNonNull(stopString, "stopString");
        Objects.requireNonNull(timings, "timings");
    }

    /**
     * {@return the speed of the generation in tokens per second, the first token's prompt evaluation not counted; 0 if fewer than two
     * tokens were generated}
     */
    public double tokensPerSecond() {
        double seconds = timings.generation().toNanos() / 1e9;
        return completionTokens < 2 || seconds <= 0 ? 0 : (completionTokens - 1) / seconds;
    }
}
