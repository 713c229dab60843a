package io.hyperion.core.model;

import io.hyperion.core.engine.EngineThreads;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The time of this machine. Its thread is there while there is something to do, now or later. */
final class TimerThread implements CatalogTimer {
    private static final System.Logger LOGGER = System.getLogger(TimerThread.class.getName());

    /** How long the thread waits for something to do: requests follow each other. */
    private static final long KEPT_SECONDS = 1;

    private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, this::newThread);
    private volatile Optional<Thread> thread = Optional.empty();

    TimerThread() {
        executor.setRemoveOnCancelPolicy(true);
        executor.setKeepAliveTime(KEPT_SECONDS, TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    private Thread newThread(Runnable work) {
        Thread made = EngineThreads.create(work, "hyperion-timer");
        thread = Optional.of(made);
        return made;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public Task after(Duration delay, Runnable work) {
        try {
            Future<?> future = executor.schedule(() -> run(work), delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException closed) {
            return () -> {};
        }
    }

    private static void run(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            // The work of other models goes on.
            LOGGER.log(System.Logger.Level.ERROR, "What a model was to do now failed", e);
        }
    }

    @Override
    public boolean isOwnThread() {
        return thread.filter(own -> own == Thread.currentThread()).isPresent();
    }

    @Override
    public void close() {
        executor.shutdown();
        if (!isOwnThread()) {
            thread.ifPresent(EngineThreads::join);
        }
    }
}
