package io.hyperion.core.model;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/** A timer whose time goes on when a test says so. What is due is done in a thread of its own, as by the real one. */
final class ManualTimer implements CatalogTimer {
    private record Planned(long at, Runnable work) {}

    private final CompletableFuture<Thread> thread = new CompletableFuture<>();
    private final ExecutorService executor = Executors.newSingleThreadExecutor(work -> {
        Thread made = new Thread(work, "manual-timer");
        thread.complete(made);
        return made;
    });
    private final List<Planned> planned = new ArrayList<>();
    private long now;

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public synchronized Instant now() {
        return Instant.EPOCH.plusNanos(now);
    }

    @Override
    public synchronized Task after(Duration delay, Runnable work) {
        Planned task = new Planned(now + Math.max(0, delay.toNanos()), work);
        if (task.at() == now) {
            run(task);
            return () -> {};
        }
        planned.add(task);
        return () -> {
            synchronized (this) {
                planned.removeIf(one -> one == task);
            }
        };
    }

    private void run(Planned task) {
        try {
            executor.execute(task.work());
        } catch (RejectedExecutionException closed) {
            // As the real one: what comes later is never done.
        }
    }

    /** Lets time pass, and returns when all is done that was due. */
    void advance(Duration time) {
        long end = nanoTime() + time.toNanos();
        while (step(end)) {
            settle();
        }
        settle();
    }

    /** Returns when all is done that is due now. */
    void settle() {
        CompletableFuture.runAsync(() -> {}, executor).join();
    }

    private synchronized boolean step(long end) {
        planned.sort(Comparator.comparingLong(Planned::at));
        if (planned.isEmpty() || planned.get(0).at() > end) {
            now = end;
            return false;
        }
        Planned next = planned.remove(0);
        now = next.at();
        run(next);
        return true;
    }

    @Override
    public boolean isOwnThread() {
        return thread.isDone() && thread.join() == Thread.currentThread();
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
