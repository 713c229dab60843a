package io.hyperion.core.engine;

/** How a request ended. */
public enum RequestOutcome {
    /** The model ended its turn, or a stop string came. */
    STOPPED,
    /** The limit of tokens, or the end of the context, was reached. */
    LENGTH,
    /** The caller cancelled it, or was gone. */
    CANCELLED,
    /** Its own time-out was over. */
    TIMED_OUT,
    /** The queue was full, or it waited longer than the queue allows. */
    BUSY,
    /** The engine failed, or was closed. */
    FAILED
}
