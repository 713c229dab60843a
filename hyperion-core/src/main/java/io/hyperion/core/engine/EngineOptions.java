package io.hyperion.core.engine;

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
 */
record EngineOptions(
        int completions, int bestOf, boolean cachePrompt, boolean contextShift, int keep, int discard, int slot) {
    static final EngineOptions DEFAULTS = new EngineOptions(1, 1, true, false, 0, 0, -1);
}
