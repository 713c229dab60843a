package io.hyperion.core.model;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;

/** The time of a catalog, and what is done in it later: all of it in one thread, one after the other. Safe for use by many threads. */
interface CatalogTimer extends Executor, AutoCloseable {
    /** What is to be done later. */
    interface Task {
        /** Does it no more, unless that has begun. */
        void cancel();
    }

    /** {@return the time in nanoseconds, from an origin of its own, as {@link System#nanoTime()} has it} */
    long nanoTime();

    /** {@return the time of day} */
    Instant now();

    /**
     * Does something once. What it throws is logged.
     *
     * @param delay how long from now; what is not above zero is at once, but still in the timer's thread
     * @param work what to do; it must not take long
     * @return a handle to cancel it; once the timer is closed, one of what is never done
     */
    Task after(Duration delay, Runnable work);

    /** Does something soon; once the timer is closed, never. */
    @Override
    default void execute(Runnable work) {
        after(Duration.ZERO, work);
    }

    /** {@return whether the thread that asks is the timer's} */
    boolean isOwnThread();

    /** Does nothing more; returns when what was begun is done, unless its own thread calls it. May be called twice. */
    @Override
    void close();
}
