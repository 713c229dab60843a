package io.hyperion.core.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When a model was used last, and whether it was idle for as long as it may be. Guarded by the lock of the model's life. */
final class IdleClock {
    private final CatalogTimer timer;
    private final Optional<Duration> timeout;
    private final Runnable check;
    private long usedAt;
    private Optional<Instant> lastRequest = Optional.empty();
    private Optional<CatalogTimer.Task> next = Optional.empty();

    /**
     * @param timeout after how long it was idle for long enough; empty for never
     * @param check looks again; called by the timer, without the lock
     */
    IdleClock(CatalogTimer timer, Optional<Duration> timeout, Runnable check) {
        this.timer = timer;
        this.timeout = timeout;
        this.check = check;
        this.usedAt = timer.nanoTime();
    }

    /** It is used now. */
    void use() {
        usedAt = timer.nanoTime();
    }

    /** A request comes or ends now. */
    void request() {
        use();
        lastRequest = Optional.of(timer.now());
    }

    /** {@return when it was used last, by the timer} */
    long usedAt() {
        return usedAt;
    }

    /** {@return when its last request came or ended; empty if it had none yet} */
    Optional<Instant> lastRequest() {
        return lastRequest;
    }

    /** {@return whether it was idle for long enough; otherwise the check comes when it may be} */
    boolean isOver() {
        if (timeout.isEmpty()) {
            return false;
        }
        Duration left = timeout.get().minusNanos(timer.nanoTime() - usedAt);
        boolean over = left.isZero() || left.isNegative();
        if (!over && next.isEmpty()) {
            next = Optional.of(timer.after(left, check));
        }
        return over;
    }

    /** The check has come. */
    void checked() {
        next = Optional.empty();
    }

    /** There is nothing to check any more, until it is asked again. */
    void stop() {
        next.ifPresent(CatalogTimer.Task::cancel);
        next = Optional.empty();
    }
}
