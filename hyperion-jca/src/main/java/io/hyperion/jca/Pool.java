package io.hyperion.jca;

import io.hyperion.api.BusyException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.HyperionException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What is known of the pool that a server makes of one managed connection factory. Servers tell in their own words why they give no
 * connection, or in none; so it is counted here. Safe for use by many threads.
 */
final class Pool {
    static final Duration RETRY = Duration.ofSeconds(1);

    private final String id = UUID.randomUUID().toString();
    private final SharedModel model;
    private final AtomicInteger inUse = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    /** Of the threads that wait for a connection: why they got no new one. */
    private final Map<Thread, Optional<HyperionException>> failures = new ConcurrentHashMap<>();

    Pool(SharedModel model) {
        this.model = model;
    }

    /** {@return what tells it from all other pools} */
    String id() {
        return id;
    }

    SharedModel model() {
        return model;
    }

    /** {@return how many handles of connections there are} */
    int inUse() {
        return inUse.get();
    }

    void opened() {
        inUse.incrementAndGet();
        model.opened();
    }

    void closed() {
        inUse.decrementAndGet();
        model.closed();
    }

    /**
     * A request comes. How many connections the server's pool may have it does not tell; there can be no more than slots.
     *
     * @throws BusyException if too many are under way or wait for a connection
     */
    void enter() {
        ModelConfiguration configuration = model.configuration();
        long most = (long) configuration.slots() + configuration.queueCapacity();
        int before = requests.getAndIncrement();
        if (before >= most) {
            requests.decrementAndGet();
            throw new BusyException(ErrorCode.QUEUE_FULL, AdapterMessage.QUEUE_FULL.text(before, model.name()), RETRY);
        }
    }

    /** A request has ended, but for who is to be told so. */
    void leave() {
        requests.decrementAndGet();
    }

    /** This thread asks the server for a connection, until it {@link #endBorrowing ends} that. */
    void beginBorrowing() {
        failures.put(Thread.currentThread(), Optional.empty());
    }

    /** The server asked in this thread for a new connection, and there was none for this reason. */
    void failed(HyperionException reason) {
        failures.computeIfPresent(Thread.currentThread(), (thread, before) -> Optional.of(reason));
    }

    /** {@return why the server got no new connection in this thread; empty if it asked for none} */
    Optional<HyperionException> failure() {
        return failures.getOrDefault(Thread.currentThread(), Optional.empty());
    }

    void endBorrowing() {
        failures.remove(Thread.currentThread());
    }
}
