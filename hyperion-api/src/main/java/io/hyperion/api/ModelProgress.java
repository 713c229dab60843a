package io.hyperion.api;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How far a model is on its way into memory.
 *
 * @param model the name of the model
 * @param state what is being done: {@link ModelState#DOWNLOADING}, {@link ModelState#LOADING}, or {@link ModelState#UNLOADING} while others
 *     make room for it; what it ended with in the last one
 * @param fraction how much of that is done, from 0 to 1; empty if it cannot be told
 * @param bytes how many bytes of its files are there; 0 unless it is being downloaded
 * @param totalBytes how many there will be; empty if that is not known, or it is not being downloaded
 * @param bytesPerSecond how many came in the last seconds, as an average for one; 0 unless it is being downloaded
 * @param remaining when it will be done, as an estimate; empty if that cannot be told
 */
public record ModelProgress(
        String model,
        ModelState state,
        OptionalDouble fraction,
        long bytes,
        OptionalLong totalBytes,
        long bytesPerSecond,
        Optional<Duration> remaining) {
    public ModelProgress {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(fraction, "fraction");
        Objects.requireNonNull(totalBytes, "totalBytes");
        Objects.requireNonNull(remaining, "remaining");
    }

    /**
     * Progress of anything but a download.
     *
     * @param model the name of the model
     * @param state what is being done
     * @param fraction how much of it is done, from 0 to 1; empty if it cannot be told
     * @return the progress
     */
    public static ModelProgress of(String model, ModelState state, OptionalDouble fraction) {
        return new ModelProgress(model, state, fraction, 0, OptionalLong.empty(), 0, Optional.empty());
    }
}
