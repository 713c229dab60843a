package io.hyperion.war.wire;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that answers are written in: the server's own, but not its executor. That one captures the caller's context for each task, for
 * which Payara looks through all jars, in the engine's thread and for every token.
 */
@ApplicationScoped
public class Workers {
    private static final int IDLE_SECONDS = 60;

    @Resource
    ManagedThreadFactory threads;

    private ExecutorService pool;

    @PostConstruct
    void open() {
        // As many threads as there are callers who are being written to: how many requests run, the engine limits.
        pool = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
    }

    @PreDestroy
    void close() {
        pool.shutdownNow();
    }

    /** {@return where tasks go that may block; it refuses them when the application ends} */
    public Executor executor() {
        return pool;
    }
}
