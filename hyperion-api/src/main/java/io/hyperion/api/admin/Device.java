package io.hyperion.api.admin;

import java.util.Objects;

/**
 * Something that models are computed on, with memory of its own.
 *
 * @param name what the engine calls it, such as {@code CPU} or {@code CUDA0}
 * @param description what it is, in its maker's words
 * @param totalBytes its memory
 * @param freeBytes what nobody uses of it
 * @param limitBytes what models may use of it together
 * @param reservedBytes what those that are loaded, or just being loaded, use of that by estimate
 */
public record Device(
        String name, String description, long totalBytes, long freeBytes, long limitBytes, long reservedBytes) {
    public Device {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(description, "description");
    }
}
