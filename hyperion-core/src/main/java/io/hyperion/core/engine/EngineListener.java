package io.hyperion.core.engine;

/**
 * Hears what the engine does, for figures and for tests. Calls come from the threads of the engine, of each instance of a model one at
 * a time: a listener must return at once and never block. One that throws is told no more of that event; the engine goes on.
 */
public interface EngineListener {
    /** Hears nothing. */
    EngineListener NONE = new EngineListener() {};

    /**
     * A request waits for a sequence. This one call comes from the caller's thread.
     *
     * @param model the model's name
     * @param waiting how many requests wait, this one included
     */
    default void onQueued(String model, int waiting) {}

    /**
     * A sequence took a slot.
     *
     * @param model the model's name
     * @param slot the slot
     * @param step the number of the last step before
     */
    default void onAdmitted(String model, int slot, long step) {}

    /**
     * A step was evaluated and sampled.
     *
     * @param step its figures
     */
    default void onStep(StepFigures step) {}

    /**
     * A step was broken off, for a prompt that nobody waits for any more; the others' part of it is evaluated again.
     *
     * @param model the model's name
     */
    default void onAborted(String model) {}

    /**
     * A sequence lost its slot to others, for want of cells, and waits again.
     *
     * @param model the model's name
     * @param slot the slot
     */
    default void onPreempted(String model, int slot) {}

    /**
     * A sequence has ended: its slot is free, and its cells are, or are kept for others as long as nobody needs them.
     *
     * @param model the model's name
     * @param slot the slot
     * @param step the number of the last step before
     */
    default void onReleased(String model, int slot, long step) {}

    /**
     * A request ended.
     *
     * @param request its figures
     */
    default void onEnded(RequestFigures request) {}
}
