package io.hyperion.api.bridge;

/** A call that a thread waits for. An interrupt cancels it, and must not come when the thread is at something else already. */
final class RunningCall implements Running {
    private final Thread thread = Thread.currentThread();

    // Guarded by this.
    private boolean ended;
    private boolean interrupted;

    @Override
    public synchronized void stop() {
        if (!ended) {
            interrupted = true;
            thread.interrupt();
        }
    }

    /** The thread has its answer. */
    synchronized void end() {
        ended = true;
        if (interrupted) {
            // It was this one's own, and none of the thread's.
            Thread.interrupted();
        }
    }
}
