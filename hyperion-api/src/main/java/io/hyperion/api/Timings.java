package io.hyperion.api;

import java.time.Duration;
import java.util.Objects;

/**
 * Where the time of one request went.
 *
 * @param queue from the request's arrival until it held a sequence
 * @param prompt from then until the first token was sampled
 * @param generation from then until the end
 */
public record Timings(Duration queue, Duration prompt, Duration generation) {
    public Timings {
        Objects.requireNonNull(queue, "queue");
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(generation, "generation");
    }

    /** {@return the whole time of the request} */
    public Duration total() {
        return queue.plus(prompt).plus(generation);
    }
}
