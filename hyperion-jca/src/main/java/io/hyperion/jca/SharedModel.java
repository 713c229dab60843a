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
import io.hyperion.core.model.HyperionConfiguration;
import java.time.Duration;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.Future;

/**
 * A model that is loaded as long as there are connections to it, and its idle time longer. A connection has one of its slots. Safe for use
 * by many threads.
 */
final class SharedModel {
    private static final System.Logger LOG = System.getLogger(SharedModel.class.getName());
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final ModelConfiguration configuration;
    private final Workers workers;

    /** Held while memory is freed: what is loaded next is sized when that of the last one is there again. Taken before the lock. */
    private final Object freeing = new Object();

    private final Object lock = new Object();

    // All that follows is guarded by the lock.
    private final BitSet slots = new BitSet();
    private Optional<InProcessClient> client = Optional.empty();
    private Optional<Future<?>> unloading = Optional.empty();
    private Optional<String> failure = Optional.empty();
    private ModelFigures past = ModelFigures.NONE;
    private int holders;
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
                client = Optional.of(InProcessClient.open(HyperionConfiguration.of(configuration.keys())));
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
            loading = client();
            holders++;
            unloading.ifPresent(task -> task.cancel(false));
            unloading = Optional.empty();
        }
        try {
            awaitMemory();
            load(loading);
            return takeSlot(loading.model(name()).slots());
        } catch (HyperionException e) {
            leave();
            throw e;
        }
    }

    private void awaitMemory() {
        synchronized (freeing) {
            // Whoever frees has it.
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
        synchronized (lock) {
            holders--;
            if (holders > 0 || closed) {
                return;
            }
            if (!idle.isZero()) {
                unloading = Optional.of(workers.later(idle, () -> workers.execute(this::unload)));
                return;
            }
        }
        unload();
    }

    private void unload() {
        synchronized (freeing) {
            Optional<InProcessClient> unloaded;
            synchronized (lock) {
                if (holders > 0) {
                    return;
                }
                unloaded = client;
                client = Optional.empty();
            }
            unloaded.ifPresent(this::free);
        }
    }

    private void free(InProcessClient unloaded) {
        unloaded.close();
        ModelFigures figures = unloaded.figures().past();
        synchronized (lock) {
            past = past.plus(figures);
        }
        LOG.log(System.Logger.Level.INFO, AdapterMessage.UNLOADED.text(name()));
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
        ModelInfo info = client().model(name());
        Optional<String> reason;
        synchronized (lock) {
            reason = failure;
        }
        return info.state() == ModelState.READY && reason.isPresent()
                ? new ModelInfo(
                        info.name(),
                        info.isDefault(),
                        ModelState.FAILED,
                        reason,
                        info.contextSize(),
                        info.slots(),
                        info.fileName(),
                        info.details())
                : info;
    }

    /** {@return what it did, however often it was loaded, and does} */
    ModelFigures figures() {
        ModelFigures current = client().figures(name());
        synchronized (lock) {
            return past.plus(current);
        }
    }

    /** Ends all requests and frees the memory, whoever has connections; returns when that is done. */
    void close() {
        synchronized (freeing) {
            Optional<InProcessClient> unloaded;
            synchronized (lock) {
                closed = true;
                unloading.ifPresent(task -> task.cancel(false));
                unloaded = client;
                client = Optional.empty();
            }
            unloaded.ifPresent(this::free);
        }
    }
}
