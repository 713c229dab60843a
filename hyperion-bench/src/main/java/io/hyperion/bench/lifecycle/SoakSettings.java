package io.hyperion.bench.lifecycle;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * How a soak runs.
 *
 * @param duration for how long
 * @param callers how many threads ask for something all the time, at least 1
 * @param seed of what they ask for
 * @param directory where the models are written, which is made
 */
public record SoakSettings(Duration duration, int callers, long seed, Path directory) {
    /**
     * @throws IllegalArgumentException if a value is out of its range
     */
    public SoakSettings {
        Objects.requireNonNull(directory, "directory");
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("duration must be above zero, but is " + duration);
        }
        if (callers < 1) {
            throw new IllegalArgumentException("callers must be at least 1, but is " + callers);
        }
    }
}
