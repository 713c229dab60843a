package io.hyperion.core.engine;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How many instances of a model there are: contexts over the same weights, each with a cache, slots and a thread of its own.
 *
 * @param min how many there are at least as long as the model is loaded; at least 1
 * @param max how many there are at most; one more is made when requests wait that no instance can take
 * @param idleTimeout after how long without a request one more than {@code min} is closed; zero for at once; empty for never
 * @param grant says whether one more than {@code min} may be made
 */
public record InstanceSettings(int min, int max, Optional<Duration> idleTimeout, InstanceGrant grant) {
    /** One instance. */
    public static final InstanceSettings ONE = new InstanceSettings(1, 1, Optional.empty(), InstanceGrant.ALWAYS);

    /**
     * @throws IllegalArgumentException if a number is out of its range
     */
    public InstanceSettings {
        Objects.requireNonNull(grant, "grant");
        if (min < 1 || max < min) {
            throw new IllegalArgumentException("There must be 1 instance at least, and max at least min, but min is "
                    + min + " and max is " + max);
        }
        if (idleTimeout.filter(Duration::isNegative).isPresent()) {
            throw new IllegalArgumentException("idleTimeout must not be negative, but is " + idleTimeout.get());
        }
    }
}
