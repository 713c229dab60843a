package io.hyperion.api.bridge;

/** What a {@link BridgedClient} has under way in another application. Safe for use by many threads. */
@FunctionalInterface
interface Running {
    /** Ends it, since the client is closed. Does nothing if it has ended. Returns at once. */
    void stop();
}
