package io.hyperion.core.engine;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a model, or several, did since they were configured, and what they do now.
 *
 * @param requests how many requests ended, by how they ended
 * @param queued how many requests wait
 * @param busySequences how many sequences are evaluated
 * @param slots how many can be
 * @param cachedSequences how many finished sequences are kept
 * @param usedCells how many cells are in use, those of finished sequences included
 * @param cells how many there are
 * @param promptTokens how many tokens of prompts were evaluated
 * @param cachedTokens how many tokens of prompts were not, since others had evaluated them
 * @param completionTokens how many tokens were generated
 * @param steps how many steps were evaluated
 * @param stepTime how long they took together
 */
public record EngineFigures(
        Map<RequestOutcome, Long> requests,
        int queued,
        int busySequences,
        int slots,
        int cachedSequences,
        int usedCells,
        int cells,
        long promptTokens,
        long cachedTokens,
        long completionTokens,
        long steps,
        Duration stepTime) {
    /** Of a model that has done nothing. */
    public static final EngineFigures NONE = new EngineFigures(Map.of(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Duration.ZERO);

    public EngineFigures {
        requests = Map.copyOf(requests);
    }

    /**
     * The figures of both together.
     *
     * @param other other figures
     * @return the sums
     */
    public EngineFigures plus(EngineFigures other) {
        Map<RequestOutcome, Long> outcomes = new EnumMap<>(RequestOutcome.class);
        outcomes.putAll(requests);
        other.requests.forEach((outcome, count) -> outcomes.merge(outcome, count, Long::sum));
        return new EngineFigures(
                outcomes,
                queued + other.queued,
                busySequences + other.busySequences,
                slots + other.slots,
                cachedSequences + other.cachedSequences,
                usedCells + other.usedCells,
                cells + other.cells,
                promptTokens + other.promptTokens,
                cachedTokens + other.cachedTokens,
                completionTokens + other.completionTokens,
                steps + other.steps,
                stepTime.plus(other.stepTime));
    }

    /** {@return what was done, without what is being done: the figures of a model that is unloaded} */
    public EngineFigures past() {
        return new EngineFigures(
                requests, 0, 0, 0, 0, 0, 0, promptTokens, cachedTokens, completionTokens, steps, stepTime);
    }
}
