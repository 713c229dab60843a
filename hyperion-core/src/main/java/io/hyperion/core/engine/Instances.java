package io.hyperion.core.engine;

import io.hyperion.core.engine.InstanceGrant.Granted;
import io.hyperion.core.llama.LlamaContext;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The instances of a model: each a context over the same weights, a loop and its thread. One more is made while requests wait that none can
 * take; one that nobody needs ends by itself. If the loop of one fails, all end: the weights that they share may be what is wrong. Safe for
 * use by many threads.
 */
final class Instances {
    private static final System.Logger LOGGER = System.getLogger(Instances.class.getName());
    private static final long PAUSE_AFTER_REFUSAL = Duration.ofSeconds(1).toNanos();
    private static final long PAUSE_AFTER_FAILURE = Duration.ofMinutes(1).toNanos();

    /** Makes the loop of a context. */
    interface LoopMaker {
        /**
         * @param firstSlot the number of its first slot
         * @param whenShort told by the loop that another instance would be of use
         */
        BatchLoop make(LlamaContext context, int firstSlot, Runnable whenShort) throws LlamaException;
    }

    private final String name;
    private final LlamaModel model;
    private final LlamaContext.Settings contextSettings;
    private final int slots;
    private final InstanceSettings settings;
    private final RequestQueue queue;
    private final LoopMaker maker;

    // What follows is guarded by this object. Its monitor may be taken before that of the queue, never after it.
    private final List<Thread> threads = new ArrayList<>();
    private Optional<Thread> growing = Optional.empty();
    private int cells;
    private long notBefore = System.nanoTime();
    private boolean closing;

    /**
     * @param slots how many each has
     */
    Instances(
            String name,
            LlamaModel model,
            LlamaContext.Settings contextSettings,
            int slots,
            InstanceSettings settings,
            RequestQueue queue,
            LoopMaker maker) {
        this.name = name;
        this.model = model;
        this.contextSettings = contextSettings;
        this.slots = slots;
        this.settings = settings;
        this.queue = queue;
        this.maker = maker;
    }

    /**
     * Makes those that there are at least.
     *
     * @throws LlamaException if that cannot be done; none is left then
     */
    void start() throws LlamaException {
        boolean started = false;
        try {
            for (int i = 0; i < settings.min(); i++) {
                add(() -> {});
            }
            started = true;
        } finally {
            if (!started) {
                close();
            }
        }
    }

    /** {@return how many there are} */
    int count() {
        return queue.loops();
    }

    /** {@return how many cells each has} */
    synchronized int cells() {
        return cells;
    }

    /** {@return whether one lives, or is being made} */
    synchronized boolean areAlive() {
        return !threads.isEmpty() || growing.isPresent();
    }

    /** {@return whether the current thread is of one of them} */
    synchronized boolean isOwnThread() {
        return threads.contains(Thread.currentThread());
    }

    /** Another one would be of use. Returns at once. */
    void grow() {
        synchronized (this) {
            if (closing
                    || growing.isPresent()
                    || threads.size() >= settings.max()
                    || System.nanoTime() - notBefore < 0) {
                return;
            }
            Thread thread = EngineThreads.create(this::addIfGranted, "hyperion-" + name + "-grow");
            growing = Optional.of(thread);
            boolean started = false;
            try {
                thread.start();
                started = true;
            } catch (OutOfMemoryError e) {
                // There can be no more threads: those who wait are served all the same.
                LOGGER.log(System.Logger.Level.WARNING, "The model '" + name + "' cannot have another instance", e);
            } finally {
                if (!started) {
                    grown(PAUSE_AFTER_FAILURE);
                }
            }
        }
    }

    private void addIfGranted() {
        long pause = PAUSE_AFTER_FAILURE;
        try {
            Optional<Granted> granted = settings.grant().ask();
            if (granted.isPresent()) {
                add(granted.get());
                LOGGER.log(System.Logger.Level.INFO, "The model ''{0}'' has another instance", name);
            }
            pause = granted.isPresent() ? 0 : PAUSE_AFTER_REFUSAL;
        } catch (LlamaException | RuntimeException | Error e) {
            LOGGER.log(System.Logger.Level.WARNING, "The model '" + name + "' cannot have another instance", e);
        } finally {
            grown(pause);
        }
    }

    private synchronized void grown(long pause) {
        growing = Optional.empty();
        notBefore = System.nanoTime() + pause;
    }

    /** Makes one more, which gives back what it was granted when it is gone, or now if it cannot be made. */
    private void add(Granted granted) throws LlamaException {
        Optional<LlamaContext> context = Optional.empty();
        boolean runs = false;
        try {
            context = Optional.of(model.newContext(contextSettings));
            runs = start(context.get(), granted);
        } finally {
            if (!runs) {
                context.ifPresent(LlamaContext::close);
                granted.giveBack();
            }
        }
    }

    /** {@return false if the model is being closed} */
    private synchronized boolean start(LlamaContext context, Granted granted) throws LlamaException {
        if (closing || queue.isClosing()) {
            return false;
        }
        cells = context.cells();
        // No other may retire meanwhile: slots are numbered by the order of the loops.
        synchronized (queue) {
            int index = queue.loops();
            BatchLoop loop = maker.make(context, index * slots, this::grow);
            Thread thread = EngineThreads.create(
                    () -> run(context, loop, granted), "hyperion-" + name + (index == 0 ? "" : "-" + (index + 1)));
            boolean started = false;
            try {
                thread.start();
                started = true;
            } finally {
                if (!started) {
                    loop.free();
                }
            }
            threads.add(thread);
            queue.add(loop);
        }
        return true;
    }

    private void run(LlamaContext context, BatchLoop loop, Granted granted) {
        try {
            loop.run();
            if (!queue.isClosing()) {
                LOGGER.log(System.Logger.Level.INFO, "An instance of the model ''{0}'' was idle and is closed", name);
            }
        } finally {
            try {
                context.close();
                granted.giveBack();
            } finally {
                synchronized (this) {
                    threads.remove(Thread.currentThread());
                }
            }
        }
    }

    /** Ends all requests and all instances; returns when their memory is free. Does nothing if that is done already. */
    void close() {
        List<Thread> ending;
        synchronized (this) {
            closing = true;
            ending = new ArrayList<>(threads);
            growing.ifPresent(ending::add);
        }
        queue.close();
        ending.forEach(EngineThreads::join);
    }
}
