package io.hyperion.core.engine;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Parameter;
import io.hyperion.core.llama.LoraAdapter;
import java.util.List;
import java.util.Optional;

/**
 * What a request wants of the engine, apart from how tokens are sampled.
 *
 * @param completions how many texts the reply has; at least 1
 * @param bestOf how many are generated, of which the most probable are taken; at least {@code completions}
 * @param cachePrompt whether the prompt is taken from, and left to, other requests where they have the same tokens
 * @param contextShift whether tokens are discarded when the context is full, and the generation goes on
 * @param keep how many of the first tokens are not discarded; -1 for the whole prompt
 * @param discard how many tokens are discarded at once; 0 for half of those that may be
 * @param slot the slot that the request waits for; -1 for any
 * @param preferredSlot the slot that it takes if that is free and it waits for none; -1, or one that does not exist, for any
 * @param adapters the model's adapters with the scales that the request wants; only those with the same are evaluated in one step
 */
record EngineOptions(
        int completions,
        int bestOf,
        boolean cachePrompt,
        boolean contextShift,
        int keep,
        int discard,
        int slot,
        int preferredSlot,
        List<LoraAdapter.Scaled> adapters) {
    static final EngineOptions DEFAULTS = new EngineOptions(1, 1, true, false, 0, 0, -1, -1, List.of());

    /**
     * What parameters say.
     *
     * @param parameters the parameters, with the model's defaults merged in
     * @param slots how many slots the model has
     * @param adapters the model's adapters
     * @return the options
     * @throws InvalidRequestException if fewer texts are to be generated than chosen, or there is no such slot or adapter
     */
    static EngineOptions of(GenerateParameters parameters, int slots, Adapters adapters) {
        int completions = parameters.n().orElse(1);
        int bestOf = parameters.bestOf().orElse(completions);
        if (bestOf < completions) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE,
                    Parameter.BEST_OF.wireName(),
                    "'best_of' must be at least 'n', which is " + completions + ", but is " + bestOf);
        }
        int slot = parameters.slot().orElse(-1);
        if (slot >= slots) {
            throw noSuchSlot(slot, slots);
        }
        return new EngineOptions(
                completions,
                bestOf,
                parameters.truth(Parameter.CACHE_PROMPT),
                parameters.contextShift().orElse(false),
                (int) parameters.whole(Parameter.N_KEEP),
                (int) parameters.whole(Parameter.N_DISCARD),
                slot,
                parameters.preferredSlot().orElse(-1),
                adapters.scaled(parameters.has(Parameter.LORA) ? Optional.of(parameters.lora()) : Optional.empty()));
    }

    /** {@return what a request is told that wants a slot that is not there} */
    static InvalidRequestException noSuchSlot(int slot, int slots) {
        return new InvalidRequestException(
                ErrorCode.OUT_OF_RANGE,
                Parameter.ID_SLOT.wireName(),
                "'id_slot' must be below " + slots + ", the number of slots of the model, or -1 for any, but is "
                        + slot);
    }
}
