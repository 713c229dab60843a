package io.hyperion.api;

import java.time.Duration;
import java.util.Objects;

/**
 * A sequence that was saved or restored.
 *
 * @param model the name of the model
 * @param slot its slot
 * @param fileName the name of the file
 * @param tokens how many tokens it has
 * @param bytes how many bytes were written or read
 * @param time how long it took
 */
public record SlotReply(String model, int slot, String fileName, int tokens, long bytes, Duration time) {
    public SlotReply {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(fileName, "fileName");
        Objects.requireNonNull(time, "time");
    }
}
