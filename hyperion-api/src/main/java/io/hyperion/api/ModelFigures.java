package io.hyperion.api;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * What a model, or several, did since the server started, and what they do now.
 *
 * @param requests how many requests ended, by how they ended; an outcome that did not occur may be missing
 * @param queued how many requests wait
 * @param busySequences how many sequences are evaluated
 * @param slots how many can be; 0 if the model is not loaded
 * @param cachedSequences how many finished sequences are kept
 * @param usedCells how many cells of the cache are in use, those of finished sequences included
 * @param cells how many there are; 0 if the model is not loaded
 * @param promptTokens how many tokens of prompts were evaluated
 * @param cachedTokens how many tokens of prompts were not, since others had evaluated them
 * @param completionTokens how many tokens were generated
 * @param promptTime how long the requests that ended had their prompts evaluated, added up
 * @param generationTime how long they generated, added up
 * @param steps how many steps were evaluated, each for all of the sequences under way
 * @param stepTime how long the steps took together
 * @param stepSequences how many sequences were under way in each step, added up
 */
public record ModelFigures(
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
        Duration promptTime,
        Duration generationTime,
        long steps,
        Duration stepTime,
        long stepSequences) {
    /** Of a model that has done nothing. */
    public static final ModelFigures NONE =
            new ModelFigures(Map.of(), 0, 0, 0, 0, 0, 0, 0, 0, 0, Duration.ZERO, Duration.ZERO, 0, Duration.ZERO, 0);

    public ModelFigures {
        requests = Map.copyOf(requests);
        Objects.requireNonNull(promptTime, "promptTime");
        Objects.requireNonNull(generationTime, "generationTime");
        Objects.requireNonNull(stepTime, "stepTime");
    }

    /** {@return how many requests ended, however they did} */
    public long endedRequests() {
        return requests.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * The figures of both together.
     *
     * @param other other figures
     * @return the sums
     */
    public ModelFigures plus(ModelFigures other) {
        Map<RequestOutcome, Long> outcomes = new EnumMap<>(RequestOutcome.class);
        outcomes.putAll(requests);
        other.requests.forEach((outcome, count) -> outcomes.merge(outcome, count, Long::sum));
        return new ModelFigures(
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
                promptTime.plus(other.promptTime),
                generationTime.plus(other.generationTime),
                steps + other.steps,
                stepTime.plus(other.stepTime),
                stepSequences + other.stepSequences);
    }

    /** {@return what was done, without what is being done: the figures of a model that is unloaded} */
    public ModelFigures past() {
        return new ModelFigures(
                requests,
                0,
                0,
                0,
                0,
                0,
                0,
                promptTokens,
                cachedTokens,
                completionTokens,
                promptTime,
                generationTime,
                steps,
                stepTime,
                stepSequences);
    }
}
