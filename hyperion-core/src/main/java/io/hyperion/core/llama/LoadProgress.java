package io.hyperion.core.llama;

/** Hears how far a model is that is being loaded, and may end that. */
@FunctionalInterface
public interface LoadProgress {
    /** Hears nothing and goes on. */
    LoadProgress NONE = fraction -> true;

    /**
     * Called in the thread that loads: for each tensor of the file, and at last with 1, maybe more than once. What it throws ends the
     * loading too, and is thrown on when all memory is free again.
     *
     * @param fraction how much of the weights is loaded, from 0 to 1; never less than before
     * @return whether to go on
     */
    boolean goOn(float fraction);
}
