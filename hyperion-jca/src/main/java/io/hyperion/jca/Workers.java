package io.hyperion.jca;

import io.hyperion.core.engine.EngineThreads;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The threads of an adapter: those that borrow connections for requests, and one for what is to be done later. They are not the server's,
 * since they wait in its pools. They begin when they are needed, and end when they are idle, or are stopped. Safe for use by many threads.
 */
final class Workers {
    private static final System.Logger LOG = System.getLogger(Workers.class.getName());
    private static final long IDLE_SECONDS = 10;
    private static final long STOP_SECONDS = 10;

    private final AtomicLong number = new AtomicLong();
    // How many threads there are at most is limited by how many requests may wait.
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            daemons("hyperion-request-"));
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, daemons("hyperion-timer-"));

    Workers() {
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
    }

    private ThreadFactory daemons(String name) {
        return work -> EngineThreads.create(work, name + number.incrementAndGet());
    }

    /**
     * Does something in a thread of its own.
     *
     * @throws java.util.concurrent.RejectedExecutionException if they are stopped
     */
    void execute(Runnable work) {
        threads.execute(work);
    }

    /**
     * Does something later, which must not take long.
     *
     * @return what cancels it
     * @throws java.util.concurrent.RejectedExecutionException if they are stopped
     */
    Future<?> later(Duration delay, Runnable work) {
        return timer.schedule(work, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Interrupts all who wait and returns when the threads have ended, or after {@value #STOP_SECONDS} seconds. */
    void stop() {
        timer.shutdownNow();
        threads.shutdownNow();
        try {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS);
            for (ExecutorService executor : new ExecutorService[] {threads, timer}) {
                if (!executor.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    LOG.log(System.Logger.Level.WARNING, AdapterMessage.STILL_RUNNING.text(STOP_SECONDS));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
