package io.hyperion.jca;

import io.hyperion.api.BusyException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelState;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.core.client.InProcessClient;
import io.hyperion.core.engine.EngineThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

/**
 * A model that is loaded as long as there are connections to it, and its idle time longer. A connection has one of its slots. Safe for use
 * by many threads.
 */
final class SharedModel {
    private static final System.Logger LOG = System.getLogger(SharedModel.class.getName());
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final ModelConfiguration configuration;
    private final Workers workers;

    /**
     * How long a new connection waits while there are others that nobody uses. A pool gives out those that it has before it makes more; so
     * either it is being filled, or flushed: WildFly makes the new connections while it destroys the old ones, and the model would never be
     * without any. Once one has waited in vain, those that follow each other within this time fill the pool, and do not wait.
     */
    private static final Duration FLUSH = Duration.ofMillis(300);

    private final Object lock = new Object();

    // All that follows is guarded by the lock, which is notified of changes.
    private final BitSet slots = new BitSet();
    private Optional<InProcessClient> client = Optional.empty();
    private Optional<Future<?>> unloading = Optional.empty();
    private Optional<String> failure = Optional.empty();
    private ModelFigures past = ModelFigures.NONE;
    private int holders;
    private int handles;
    /** When the last connection was made of a pool that is being filled. */
    private Optional<Long> filled = Optional.empty();
    /** Those whose memory is being freed: what is loaded next is sized when that is there again. */
    private final List<InProcessClient> freeing = new ArrayList<>();

    private boolean toldTooMany;
    private boolean closed;

    SharedModel(ModelConfiguration configuration, Workers workers) {
        this.configuration = configuration;
        this.workers = workers;
    }

    ModelConfiguration configuration() {
        return configuration;
    }

    String name() {
        return configuration.model();
    }

    Workers workers() {
        return workers;
    }

    static ModelUnavailableException stopped() {
        return new ModelUnavailableException(ErrorCode.SHUTTING_DOWN, AdapterMessage.STOPPED.text());
    }

    /**
     * The way to the model. To ask what is known of it does not load it.
     *
     * @throws ModelUnavailableException if the adapter is stopped
     */
    InProcessClient client() {
        synchronized (lock) {
            if (closed) {
                throw stopped();
            }
            if (client.isEmpty()) {
                client = Optional.of(InProcessClient.open(configuration.hyperion()));
            }
            return client.get();
        }
    }

    /**
     * Loads the model, if it is not loaded, waits for that, whatever interrupts, and takes a slot.
     *
     * @return the slot, which {@link #release} gives back
     * @throws BusyException if all slots are taken
     * @throws HyperionException if the model cannot be loaded
     */
    int acquire() {
        InProcessClient loading;
        synchronized (lock) {
            awaitFlush();
            loading = client();
            holders++;
            unloading.ifPresent(task -> task.cancel(false));
            unloading = Optional.empty();
            await(() -> freeing.isEmpty(), Optional.empty());
        }
        boolean taken = false;
        try {
            load(loading);
            int slot = takeSlot(loading.model(name()).slots());
            taken = true;
            return slot;
        } finally {
            if (!taken) {
                leave();
            }
        }
    }

    private void awaitFlush() {
        if (!configuration.idleTimeout().isZero()) {
            return;
        }
        long now = System.nanoTime();
        if (filled.filter(at -> now - at < FLUSH.toNanos()).isEmpty()) {
            await(() -> holders == 0 || handles > 0, Optional.of(FLUSH));
        }
        if (holders > 0 && handles == 0) {
            filled = Optional.of(System.nanoTime());
        }
    }

    /** Waits, whatever interrupts. To be called with the lock. */
    private void await(BooleanSupplier condition, Optional<Duration> atMost) {
        long begin = System.nanoTime();
        boolean interrupted = false;
        while (!condition.getAsBoolean()) {
            long left = atMost.map(limit -> limit.toMillis() - (System.nanoTime() - begin) / 1_000_000)
                    .orElse(Long.MAX_VALUE);
            if (left <= 0) {
                break;
            }
            try {
                lock.wait(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Somebody uses a connection. */
    void opened() {
        synchronized (lock) {
            handles++;
            lock.notifyAll();
        }
    }

    /** Somebody uses a connection no more. */
    void closed() {
        synchronized (lock) {
            handles--;
        }
    }

    private void load(InProcessClient loading) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    loading.load(Optional.of(name()));
                    told(Optional.empty());
                    return;
                } catch (GenerationCancelledException e) {
                    // A model half loaded is of no use to the pool: the next request would load it again.
                    interrupted |= Thread.interrupted();
                } catch (HyperionException e) {
                    told(Optional.of(e.getMessage()));
                    throw e;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void told(Optional<String> reason) {
        synchronized (lock) {
            failure = reason;
        }
    }

    private int takeSlot(int limit) {
        synchronized (lock) {
            int slot = slots.nextClearBit(0);
            if (slot < limit) {
                slots.set(slot);
                return slot;
            }
            String message = AdapterMessage.TOO_MANY_CONNECTIONS.text(limit, name());
            if (!toldTooMany) {
                toldTooMany = true;
                LOG.log(System.Logger.Level.ERROR, message);
            }
            throw new BusyException(ErrorCode.POOL_EXHAUSTED, message, RETRY);
        }
    }

    /** Gives a slot back. With the last one the model is unloaded, at once or later. */
    void release(int slot) {
        synchronized (lock) {
            slots.clear(slot);
        }
        leave();
    }

    private void leave() {
        Duration idle = configuration.idleTimeout();
        Optional<InProcessClient> unloaded;
        synchronized (lock) {
            holders--;
            lock.notifyAll();
            if (holders > 0 || closed) {
                return;
            }
            if (!idle.isZero()) {
                unloading = Optional.of(workers.later(idle, () -> workers.execute(this::unload)));
                return;
            }
            unloaded = takeClient();
        }
        free(unloaded);
    }

    private void unload() {
        Optional<InProcessClient> unloaded;
        synchronized (lock) {
            if (holders > 0) {
                return;
            }
            unloaded = takeClient();
        }
        free(unloaded);
    }

    /** To be called with the lock, and followed by {@link #free} without it. */
    private Optional<InProcessClient> takeClient() {
        Optional<InProcessClient> taken = client;
        client = Optional.empty();
        taken.ifPresent(freeing::add);
        return taken;
    }

    private void free(Optional<InProcessClient> unloaded) {
        boolean elsewhere = false;
        try {
            unloaded.ifPresent(InProcessClient::close);
        } catch (IllegalStateException e) {
            // A listener has given back the last connection, in the model's own thread, which cannot wait for itself.
            EngineThreads.create(() -> freeAndTell(unloaded), "hyperion-unload-" + name())
                    .start();
            elsewhere = true;
        } finally {
            if (!elsewhere) {
                tellFreed(unloaded);
            }
        }
    }

    private void freeAndTell(Optional<InProcessClient> unloaded) {
        try {
            unloaded.ifPresent(InProcessClient::close);
        } finally {
            tellFreed(unloaded);
        }
    }

    private void tellFreed(Optional<InProcessClient> unloaded) {
        synchronized (lock) {
            unloaded.ifPresent(open -> {
                past = past.plus(open.figures().past());
                freeing.remove(open);
            });
            lock.notifyAll();
        }
    }

    /** {@return whether it is loaded and takes requests} */
    boolean isServing() {
        Optional<InProcessClient> current;
        synchronized (lock) {
            current = client;
        }
        return current.filter(open -> open.isServing(Optional.of(name()))).isPresent();
    }

    /** {@return whether the adapter was stopped since it was made} */
    boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    /** {@return what is known of it; failed too if the last connection failed} */
    ModelInfo info() {
        ModelInfo info = client().model(name()).declaredBy(ModelInfo.Origin.POOL);
        Optional<String> reason;
        synchronized (lock) {
            reason = failure;
        }
        return info.state() == ModelState.READY && reason.isPresent() ? info.failed(reason.get()) : info;
    }

    /** {@return what it did, however often it was loaded, and does} */
    ModelFigures figures() {
        synchronized (lock) {
            ModelFigures all = past.plus(client().figures(name()));
            for (InProcessClient open : freeing) {
                all = all.plus(open.figures().past());
            }
            return all;
        }
    }

    /** Ends all requests and frees the memory, whoever has connections; returns when that is done. */
    void close() {
        Optional<InProcessClient> unloaded;
        synchronized (lock) {
            closed = true;
            unloading.ifPresent(task -> task.cancel(false));
            unloaded = takeClient();
        }
        free(unloaded);
        synchronized (lock) {
            await(() -> freeing.isEmpty(), Optional.empty());
        }
    }
}
