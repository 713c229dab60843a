package io.hyperion.api;

/** How a request ended. */
public enum RequestOutcome {
    /** The model ended its turn, or a stop string came; or all vectors were made. */
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
    FAILED;

    /**
     * @param error what a request ended with
     * @return how it ended
     */
    public static RequestOutcome of(HyperionException error) {
        return switch (error.code()) {
            case QUEUE_TIMEOUT, QUEUE_FULL -> BUSY;
            case TIMEOUT -> TIMED_OUT;
            default -> FAILED;
        };
    }
}
