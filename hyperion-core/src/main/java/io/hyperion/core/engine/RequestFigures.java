package io.hyperion.core.engine;

import io.hyperion.api.RequestOutcome;
import io.hyperion.api.Timings;

/**
 * One request that ended.
 *
 * @param model the model's name
 * @param outcome how it ended
 * @param promptTokens the tokens of its prompt
 * @param cachedTokens how many of these were taken from other requests
 * @param completionTokens the tokens that were generated
 * @param timings where the time went
 */
public record RequestFigures(
        String model,
        RequestOutcome outcome,
        int promptTokens,
        int cachedTokens,
        int completionTokens,
        Timings timings) {}
