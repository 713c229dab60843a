package io.hyperion.core.llama;

/** Hears how far a model is that is being loaded, and may end that. */
@FunctionalInterface
public interface LoadProgress {
    /** Hears nothing and goes on. */
    LoadProgress NONE = fraction -> true;

    /**
     * Called in the thread that loads, many times a second.
     *
     * @param fraction how much is loaded, from 0 to 1
     * @return whether to go on
     */
    boolean goOn(float fraction);
}
