package io.hyperion.core.llama;

import com.sun.jna.Pointer;
import java.util.Objects;

/**
 * A LoRA adapter in memory ({@code llama_adapter_lora}), loaded by {@link LlamaModel#loadAdapter} and of use with that model only. It
 * belongs to the model, which frees it at its own end at the latest.
 */
public final class LoraAdapter implements AutoCloseable {
    private final LlamaModel model;
    private final String name;
    private volatile Pointer handle;

    /**
     * An adapter and how much of it is wanted.
     *
     * @param adapter the adapter
     * @param scale what its change of the weights is multiplied by: 1 as it was trained, 0 for none of it, finite
     */
    public record Scaled(LoraAdapter adapter, float scale) {
        /**
         * @throws IllegalArgumentException if the scale is not finite
         */
        public Scaled {
            Objects.requireNonNull(adapter, "adapter");
            if (!Float.isFinite(scale)) {
                throw new IllegalArgumentException("The scale of " + adapter + " must be finite, but is " + scale);
            }
        }
    }

    LoraAdapter(LlamaModel model, String name, Pointer handle) {
        this.model = model;
        this.name = name;
        this.handle = handle;
    }

    Pointer handleFor(LlamaModel user) {
        if (user != model) {
            throw new IllegalArgumentException(this + " is of another model");
        }
        Pointer open = handle;
        if (open == null) {
            throw new IllegalStateException(this + " is closed");
        }
        return open;
    }

    /** For the model only, which frees it. */
    Pointer takeHandle() {
        Pointer taken = handle;
        handle = null;
        return taken;
    }

    /**
     * Frees the adapter. Does nothing if it is freed already.
     *
     * @throws IllegalStateException if a context of the model is open, which may be using it
     */
    @Override
    public void close() {
        model.free(this);
    }

    @Override
    public String toString() {
        return "The adapter " + name;
    }
}
