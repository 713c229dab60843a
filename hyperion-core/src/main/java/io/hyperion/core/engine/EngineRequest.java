package io.hyperion.core.engine;

import io.hyperion.api.GenerateParameters;
import io.hyperion.core.llama.Pieces;
import java.time.Duration;
import java.util.Optional;

/**
 * A request as the engine takes it: rendered and tokenised.
 *
 * @param model the name that the reply gives
 * @param prompt the text that the model is given
 * @param tokens that text in tokens; at least one, not changed by anyone afterwards
 * @param parameters how to sample, with the model's defaults merged in
 * @param options what else is wanted
 * @param rule what the text must match; empty for anything
 * @param pieces the texts of the tokens
 * @param timeout how long it may take, queue included; empty for no limit
 * @param caller who asks; empty for those who do not say, who are one caller together
 * @param pinned whether what was evaluated of the prompt is kept as long as the model is loaded, and nothing is generated
 */
record EngineRequest(
        String model,
        String prompt,
        int[] tokens,
        GenerateParameters parameters,
        EngineOptions options,
        Optional<TextRule> rule,
        Pieces pieces,
        Optional<Duration> timeout,
        Optional<String> caller,
        boolean pinned) {}
