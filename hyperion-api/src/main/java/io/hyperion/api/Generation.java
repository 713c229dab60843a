package io.hyperion.api;

/** A generation under way. Safe for use by many threads. */
public interface Generation {
    /**
     * Ends the generation within one step of the engine; its listener gets a reply with {@link FinishReason#CANCELLED}. Does nothing
     * if it has ended already. Returns at once.
     */
    void cancel();
}
