package io.hyperion.core.engine;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A LoRA adapter of a model.
 *
 * @param path its GGUF file
 * @param scale what its change is multiplied by for requests that do not say: 1 as it was trained, 0 for none of it; finite
 */
public record LoraSettings(Path path, float scale) {
    /**
     * @throws IllegalArgumentException if the scale is not finite
     */
    public LoraSettings {
        Objects.requireNonNull(path, "path");
        if (!Float.isFinite(scale)) {
            throw new IllegalArgumentException("The scale of an adapter must be finite, but is " + scale);
        }
    }
}
