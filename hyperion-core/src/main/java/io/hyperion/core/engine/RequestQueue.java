package io.hyperion.core.engine;

import io.hyperion.api.BusyException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.Generation;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.SlotInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * The requests of a model that wait for a slot, and the loops that take them. A request is given to the loop that has most of its prompt
 * among those with a free slot; if none has one, any loop takes it that has one first. As steps of several loops take turns, the first loops
 * are filled first. Safe for use by many threads; its monitor guards what is here, and what the loops say it guards.
 */
final class RequestQueue {
    private final String model;
    private final EngineSettings settings;
    private final InstanceSettings instances;
    private final Meter meter;

    private final AdmissionQueue waiting = new AdmissionQueue();
    private final RetryEstimate retry = new RetryEstimate();
    /** In the order of their slots, without a gap. */
    private final List<BatchLoop> loops = new ArrayList<>();

    private ModelFigures past = ModelFigures.NONE;
    private boolean closing;

    /**
     * @param settings of each loop; the capacity is of all together
     */
    RequestQueue(String model, EngineSettings settings, InstanceSettings instances, EngineListener listener) {
        this.model = model;
        this.settings = settings;
        this.instances = instances;
        this.meter = new Meter(model, listener);
    }

    /** Adds a loop, whose slots come behind those of the others. */
    synchronized void add(BatchLoop loop) {
        loops.add(loop);
        notifyAll();
    }

    /** {@return whether there may be several loops} */
    boolean isForSeveral() {
        return instances.max() > 1;
    }

    /** {@return how many loops there are} */
    synchronized int loops() {
        return loops.size();
    }

    /** {@return how many slots all loops have} */
    synchronized int slots() {
        return loops.size() * settings.slots();
    }

    /** {@return whose slot it is; empty if there is no such slot} */
    synchronized Optional<BatchLoop> loopOf(int slot) {
        return slot < 0 || slot >= slots() ? Optional.empty() : Optional.of(loops.get(slot / settings.slots()));
    }

    /** {@return what the slots are doing, in their order} */
    List<SlotInfo> slotInfos() {
        List<BatchLoop> all;
        synchronized (this) {
            all = List.copyOf(loops);
        }
        return all.stream().flatMap(loop -> loop.slotInfos().stream()).toList();
    }

    /** {@return what all loops did and do, those that are gone included} */
    synchronized ModelFigures figures() {
        ModelFigures figures = meter.figures(waiting.requests(), 0, 0, 0).plus(past);
        for (BatchLoop loop : loops) {
            figures = figures.plus(loop.figures());
        }
        return figures;
    }

    /**
     * Queues a request.
     *
     * @param samplers makes its samplers, in this thread
     * @throws BusyException if the queue is full
     * @throws InvalidRequestException if the grammar is wrong, or a parameter names a token that is not there, or it wants a slot that is
     *     not there
     * @throws ModelUnavailableException if the model is being closed
     */
    Generation submit(EngineRequest request, Samplers samplers, GenerateListener listener) {
        RunningRequest running = new RunningRequest(request, listener);
        int place = 0;
        try {
            samplers.equip(running);
            place = add(running);
        } finally {
            if (place == 0) {
                running.sequences().forEach(Sequence::end);
            }
        }
        meter.queued(place);
        return running;
    }

    /** {@return how many requests wait, this one included} */
    private synchronized int add(RunningRequest running) {
        if (closing) {
            throw shuttingDown();
        }
        // Those that will be admitted at the next step do not count as waiting.
        int free = loops.stream().mapToInt(BatchLoop::freeSequences).sum();
        int ahead = Math.max(0, waiting.requests() - free);
        if (ahead >= settings.queueCapacity() && waiting.requests() >= free) {
            meter.refused();
            throw new BusyException(
                    ErrorCode.QUEUE_FULL,
                    "The queue of model '" + model + "' is full: " + ahead + " requests are waiting",
                    retry.after(ahead, slots()));
        }
        running.setOwner(ownerFor(running.request()).map(loop -> loop));
        waiting.add(running);
        notifyAll();
        return ahead + 1;
    }

    private Optional<BatchLoop> ownerFor(EngineRequest request) {
        EngineOptions options = request.options();
        if (options.slot() >= 0) {
            return Optional.of(
                    loopOf(options.slot()).orElseThrow(() -> EngineOptions.noSuchSlot(options.slot(), slots())));
        }
        Optional<BatchLoop> preferred = loopOf(options.preferredSlot()).filter(this::hasFree);
        if (preferred.isPresent()) {
            return preferred;
        }
        Optional<BatchLoop> best = Optional.empty();
        int longest = -1;
        for (BatchLoop loop : loops) {
            int common = hasFree(loop) && options.cachePrompt() ? loop.common(options.adapters(), request.tokens()) : 0;
            if (hasFree(loop) && common > longest) {
                longest = common;
                best = Optional.of(loop);
            }
        }
        return best;
    }

    private boolean hasFree(BatchLoop loop) {
        return loop.freeSequences() > waiting.requestsOf(loop);
    }

    /** {@return the next sequence for a loop, which stays in the queue until it is taken} */
    synchronized Optional<Sequence> next(BatchLoop loop, Predicate<Sequence> slotIsFree) {
        return waiting.next(sequence -> isFor(loop, sequence), slotIsFree);
    }

    private static boolean isFor(BatchLoop loop, Sequence sequence) {
        RunningRequest request = sequence.request();
        return request.owner().isEmpty() || request.isOwnedBy(loop);
    }

    /** Takes the sequence that {@link #next} found; its request is the loop's from now on. */
    synchronized void take(BatchLoop loop, Sequence sequence) {
        sequence.request().setOwner(Optional.of(loop));
        waiting.take(sequence);
    }

    /** A loop has no cells for a request that it has not begun, so that any may take it. */
    synchronized void leaveToOthers(RunningRequest request) {
        if (isForSeveral()
                && request.owner().isPresent()
                && !request.hasStarted()
                && request.request().options().slot() < 0) {
            request.setOwner(Optional.empty());
            notifyAll();
        }
    }

    synchronized void addPreempted(Sequence sequence) {
        waiting.addPreempted(sequence);
    }

    /** {@return what a loop takes out of the queue, of its own and of what any may take: its own from then on} */
    synchronized List<Sequence> removeIf(BatchLoop loop, Predicate<Sequence> unwanted) {
        if (waiting.isEmpty()) {
            return List.of();
        }
        List<Sequence> removed = waiting.removeIf(sequence -> isFor(loop, sequence) && unwanted.test(sequence));
        removed.forEach(sequence -> sequence.request().setOwner(Optional.of(loop)));
        return removed;
    }

    /** A request was at work for some time. */
    synchronized void ended(Duration work) {
        retry.ended(work);
    }

    /** {@return when to come back} */
    synchronized Duration retryAfter() {
        return retry.after(waiting.requests(), slots());
    }

    /** {@return whether requests wait that another loop would take, and there may be one} */
    synchronized boolean isShort() {
        return !closing && loops.size() < instances.max() && waiting.hasUnowned();
    }

    /**
     * Waits while a loop has nothing to do.
     *
     * @param hasWork whether it has, of its own
     * @return false if it shall end: the model is being closed, or the loop was not needed for a while and is not in the queue any more
     */
    synchronized boolean awaitWork(BatchLoop loop, BooleanSupplier hasWork) {
        long since = System.nanoTime();
        while (!closing
                && !hasWork.getAsBoolean()
                && next(loop, sequence -> true).isEmpty()) {
            long left = 0;
            if (mayRetire(loop)) {
                left = instances.idleTimeout().orElseThrow().toNanos() - (System.nanoTime() - since);
                if (left <= 0) {
                    loops.remove(loop);
                    past = past.plus(loop.figures().past());
                    // The one before may be idle for long, and is the last one now.
                    notifyAll();
                    return false;
                }
            }
            try {
                // Not 0, which would be for ever.
                wait(left == 0 ? 0 : Math.max(1, Duration.ofNanos(left).toMillis()));
            } catch (InterruptedException e) {
                // Nobody but the server's end interrupts this thread.
                close();
            }
        }
        return !closing;
    }

    /** Only the last one, so that the slots of the others stay what they are. */
    private boolean mayRetire(BatchLoop loop) {
        return instances.idleTimeout().isPresent()
                && loops.size() > instances.min()
                && loops.get(loops.size() - 1) == loop;
    }

    synchronized boolean isClosing() {
        return closing;
    }

    /** Ends all loops after the steps under way; all requests fail with {@link ErrorCode#SHUTTING_DOWN}. */
    synchronized void close() {
        closing = true;
        loops.forEach(BatchLoop::breakOff);
        notifyAll();
    }

    ModelUnavailableException shuttingDown() {
        return new ModelUnavailableException(ErrorCode.SHUTTING_DOWN, "The model '" + model + "' is being unloaded");
    }
}
