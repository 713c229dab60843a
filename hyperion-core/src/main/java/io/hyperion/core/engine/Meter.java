package io.hyperion.core.engine;

import io.hyperion.api.ModelFigures;
import io.hyperion.api.RequestOutcome;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;

/** Counts what a model does, and tells the listener and the Flight Recorder. Safe for use by many threads. */
final class Meter {
    private static final System.Logger LOGGER = System.getLogger(Meter.class.getName());

    private final String model;
    private final EngineListener listener;
    private final AtomicLongArray outcomes = new AtomicLongArray(RequestOutcome.values().length);

    private final AtomicLong promptNanos = new AtomicLong();
    private final AtomicLong generationNanos = new AtomicLong();

    // Written by the loop's thread only, read by any.
    private volatile long steps;
    private volatile long stepNanos;
    private volatile long stepSequences;
    private volatile long promptTokens;
    private volatile long cachedTokens;
    private volatile long completionTokens;
    private volatile int usedCells;
    private volatile int cachedSequences;

    Meter(String model, EngineListener listener) {
        this.model = model;
        this.listener = listener;
    }

    long steps() {
        return steps;
    }

    void queued(int waiting) {
        tell(hears -> hears.onQueued(model, waiting));
    }

    void admitted(int slot) {
        tell(hears -> hears.onAdmitted(model, slot, steps));
    }

    void preempted(int slot) {
        tell(hears -> hears.onPreempted(model, slot));
    }

    void aborted() {
        tell(hears -> hears.onAborted(model));
    }

    void released(int slot) {
        tell(hears -> hears.onReleased(model, slot, steps));
    }

    void cached(int tokens) {
        cachedTokens = cachedTokens + tokens;
    }

    void cells(int used, int keptSequences) {
        usedCells = used;
        cachedSequences = keptSequences;
    }

    /** A step ended; its event has begun before it. */
    void step(StepEvent event, long nanos, int generated, int prompt, int sequences) {
        steps = steps + 1;
        stepNanos = stepNanos + nanos;
        stepSequences = stepSequences + sequences;
        promptTokens = promptTokens + prompt;
        completionTokens = completionTokens + generated;
        if (event.shouldCommit()) {
            event.model = model;
            event.number = steps;
            event.generated = generated;
            event.promptTokens = prompt;
            event.sequences = sequences;
            event.usedCells = usedCells;
            event.commit();
        }
        if (listener != EngineListener.NONE) {
            StepFigures figures =
                    new StepFigures(model, steps, generated, prompt, sequences, usedCells, Duration.ofNanos(nanos));
            tell(hears -> hears.onStep(figures));
        }
    }

    /** A request was refused before it was queued. */
    void refused() {
        outcomes.incrementAndGet(RequestOutcome.BUSY.ordinal());
    }

    void ended(RequestFigures request) {
        outcomes.incrementAndGet(request.outcome().ordinal());
        promptNanos.addAndGet(request.timings().prompt().toNanos());
        generationNanos.addAndGet(request.timings().generation().toNanos());
        guard(() -> record(request));
        tell(hears -> hears.onEnded(request));
    }

    private void record(RequestFigures request) {
        RequestEvent event = new RequestEvent();
        if (event.shouldCommit()) {
            event.model = model;
            event.outcome = request.outcome().name();
            event.promptTokens = request.promptTokens();
            event.cachedTokens = request.cachedTokens();
            event.completionTokens = request.completionTokens();
            event.queueTime = request.timings().queue().toNanos();
            event.promptTime = request.timings().prompt().toNanos();
            event.generationTime = request.timings().generation().toNanos();
            event.commit();
        }
    }

    private void tell(Consumer<EngineListener> event) {
        guard(() -> event.accept(listener));
    }

    /** What happens to figures must not end the loop that serves the requests. */
    private void guard(Runnable telling) {
        try {
            telling.run();
        } catch (Throwable e) {
            LOGGER.log(System.Logger.Level.WARNING, "What model '" + model + "' does could not be told", e);
        }
    }

    ModelFigures figures(int queued, int busySequences, int slots, int cells) {
        Map<RequestOutcome, Long> requests = new EnumMap<>(RequestOutcome.class);
        for (RequestOutcome outcome : RequestOutcome.values()) {
            requests.put(outcome, outcomes.get(outcome.ordinal()));
        }
        return new ModelFigures(
                requests,
                queued,
                busySequences,
                slots,
                cachedSequences,
                usedCells,
                cells,
                promptTokens,
                cachedTokens,
                completionTokens,
                Duration.ofNanos(promptNanos.get()),
                Duration.ofNanos(generationNanos.get()),
                steps,
                Duration.ofNanos(stepNanos),
                stepSequences);
    }
}
