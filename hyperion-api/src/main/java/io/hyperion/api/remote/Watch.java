package io.hyperion.api.remote;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks after what may never end by itself, such as a connection that nobody answers any more. Its thread is there only while
 * generations are under way, and a little longer, so that a client that is forgotten keeps nothing alive.
 */
final class Watch implements AutoCloseable {
    private static final long LINGER_SECONDS = 2;

    private final ScheduledThreadPoolExecutor executor;

    Watch() {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "hyperion-remote-watch");
            thread.setDaemon(true);
            return thread;
        });
        executor.setKeepAliveTime(LINGER_SECONDS, TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
        executor.setRemoveOnCancelPolicy(true);
    }

    /** Does something later. {@return how to call it off} */
    Runnable in(Duration delay, Runnable task) {
        try {
            Future<?> planned = executor.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
            return () -> planned.cancel(false);
        } catch (RejectedExecutionException closed) {
            // The client was closed meanwhile, which has ended all that there was to look after.
            return () -> {};
        }
    }

    /** Looks at something again and again. {@return how to stop that} */
    Runnable every(Duration period, Runnable look) {
        try {
            Future<?> looks =
                    executor.scheduleWithFixedDelay(look, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
            return () -> looks.cancel(false);
        } catch (RejectedExecutionException closed) {
            return () -> {};
        }
    }

    /** What is planned once is still done. */
    @Override
    public void close() {
        executor.shutdown();
    }
}
