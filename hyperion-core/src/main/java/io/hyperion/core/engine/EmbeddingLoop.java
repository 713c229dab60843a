package io.hyperion.core.engine;

import io.hyperion.api.BusyException;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerationTimeoutException;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.core.llama.Batch;
import io.hyperion.core.llama.EmbeddingContext;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.Pooling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The loop of a loaded model that makes vectors of texts. Each step packs as many whole texts of the waiting requests as fit. Requests take
 * turns at being the first to choose, so that a long one does not stall the others.
 */
final class EmbeddingLoop implements Runnable {
    private static final System.Logger LOGGER = System.getLogger(EmbeddingLoop.class.getName());

    private final String model;
    private final EmbeddingContext context;
    private final EmbeddingSettings settings;
    private final Meter meter;

    /** Guards what follows. */
    private final Object lock = new Object();

    private final List<EmbeddingTask<?>> arrivals = new ArrayList<>();
    private boolean closing;
    private int notStarted;
    private int started;
    private final RetryEstimate retry = new RetryEstimate();

    // What follows belongs to the loop's thread.
    private final Batch batch;
    private final List<EmbeddingTask<?>> tasks = new ArrayList<>();
    private final List<Planned> step = new ArrayList<>();

    /** A text in the step under way; its sequence is its index in the list. */
    private record Planned(EmbeddingTask<?> task, int text, int firstIndex) {}

    EmbeddingLoop(String model, EmbeddingContext context, EmbeddingSettings settings, EngineListener listener) {
        this.model = model;
        this.meter = new Meter(model, listener);
        this.context = context;
        this.settings = settings;
        this.batch = context.newBatch();
    }

    /**
     * Queues a request, each of whose texts fits a batch.
     *
     * @throws BusyException if the queue is full
     * @throws ModelUnavailableException if the loop has ended or is ending
     */
    void submit(EmbeddingTask<?> task) {
        int waiting;
        synchronized (lock) {
            if (closing) {
                throw shuttingDown();
            }
            waiting = arrivals.size() + notStarted;
            // The first of them begins with the next step, and so does not count as waiting.
            if (waiting > settings.queueCapacity()) {
                meter.refused();
                throw new BusyException(
                        ErrorCode.QUEUE_FULL,
                        "The queue of model '" + model + "' is full: " + waiting + " requests are waiting",
                        retry.after(waiting, Math.max(1, started)));
            }
            arrivals.add(task);
            lock.notifyAll();
        }
        meter.queued(waiting + 1);
    }

    /** {@return what was done and is being done; a request is one sequence, whatever the number of its texts} */
    ModelFigures figures() {
        int queued;
        int busy;
        synchronized (lock) {
            queued = arrivals.size() + notStarted;
            busy = started;
        }
        return meter.figures(queued, busy, settings.sequences(), 0);
    }

    /** Ends the loop after the step under way; all its requests fail with {@link ErrorCode#SHUTTING_DOWN}. */
    void close() {
        synchronized (lock) {
            closing = true;
            lock.notifyAll();
        }
    }

    @Override
    public void run() {
        try {
            while (awaitWork()) {
                endUnwanted();
                fillBatch();
                if (batch.size() > 0) {
                    evaluate();
                }
            }
            failAll(shuttingDown());
        } catch (RuntimeException | Error e) {
            close();
            try {
                failAll(new EngineException(ErrorCode.ENGINE_FAILURE, "The engine of model '" + model + "' failed", e));
            } finally {
                // Last, as it may fail too.
                LOGGER.log(System.Logger.Level.ERROR, "The loop of model '" + model + "' failed and ends", e);
            }
        } finally {
            batch.close();
        }
    }

    /** {@return false if the loop shall end} */
    private boolean awaitWork() {
        synchronized (lock) {
            while (!closing && tasks.isEmpty() && arrivals.isEmpty()) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    // Nobody but the server's end interrupts this thread.
                    closing = true;
                }
            }
            tasks.addAll(arrivals);
            arrivals.clear();
            countNotStarted();
            return !closing;
        }
    }

    private void countNotStarted() {
        notStarted = (int) tasks.stream().filter(task -> !task.isStarted()).count();
        started = tasks.size() - notStarted;
    }

    /** Forgets what is done or cancelled, and ends what is overdue or has waited too long. */
    private void endUnwanted() {
        long now = System.nanoTime();
        long longestWait = settings.queueTimeout().toNanos();
        for (EmbeddingTask<?> task : tasks) {
            if (task.isOverdue(now)) {
                task.fail(new GenerationTimeoutException(
                        ErrorCode.TIMEOUT, "The request took longer than its time-out of " + task.timeout()));
            } else if (!task.isStarted() && longestWait > 0 && task.age(now) > longestWait) {
                task.fail(new ModelUnavailableException(
                        ErrorCode.QUEUE_TIMEOUT,
                        "The request waited for a step of model '" + model + "' for "
                                + settings.queueTimeout().toSeconds() + " seconds, the limit set here",
                        retryAfter()));
            }
        }
        tasks.stream().filter(EmbeddingTask::hasEnded).forEach(this::count);
        tasks.removeIf(EmbeddingTask::hasEnded);
    }

    private Duration retryAfter() {
        synchronized (lock) {
            return retry.after(arrivals.size() + notStarted, Math.max(1, started));
        }
    }

    private void count(EmbeddingTask<?> task) {
        if (task.isStarted()) {
            synchronized (lock) {
                retry.ended(task.timings().prompt());
            }
        }
        meter.ended(new RequestFigures(model, task.outcome(), task.tokens(), 0, 0, task.timings()));
    }

    private void fillBatch() {
        batch.clear();
        step.clear();
        for (EmbeddingTask<?> task : tasks) {
            int[] texts = task.take(
                    batch.capacity() - batch.size(), context.settings().sequences() - step.size());
            for (int text : texts) {
                step.add(new Planned(task, text, batch.size()));
                int[] tokens = task.text(text);
                for (int position = 0; position < tokens.length; position++) {
                    batch.add(tokens[position], position, step.size() - 1, true);
                }
            }
        }
        if (!tasks.isEmpty()) {
            // The next one chooses first in the next step.
            tasks.add(tasks.remove(0));
        }
        synchronized (lock) {
            countNotStarted();
        }
    }

    private void evaluate() {
        StepEvent event = new StepEvent();
        event.begin();
        long begin = System.nanoTime();
        try {
            context.evaluate(batch);
            meter.step(event, System.nanoTime() - begin, 0, batch.size(), step.size());
        } catch (LlamaException e) {
            LOGGER.log(System.Logger.Level.ERROR, "A step of model '" + model + "' failed", e);
            HyperionException error = new EngineException(
                    ErrorCode.ENGINE_FAILURE, "The engine of model '" + model + "' could not evaluate a step", e);
            step.forEach(planned -> planned.task().fail(error));
            return;
        }
        for (int sequence = 0; sequence < step.size(); sequence++) {
            Planned planned = step.get(sequence);
            try {
                planned.task().put(planned.text(), result(planned, sequence));
            } catch (LlamaException e) {
                LOGGER.log(System.Logger.Level.ERROR, "Model '" + model + "' gave no vector", e);
                planned.task().fail(new EngineException(ErrorCode.ENGINE_FAILURE, e.getMessage(), e));
            }
        }
    }

    private float[][] result(Planned planned, int sequence) throws LlamaException {
        if (context.settings().pooling() != Pooling.NONE) {
            return new float[][] {context.ofSequence(sequence)};
        }
        float[][] vectors = new float[planned.task().text(planned.text()).length][];
        for (int i = 0; i < vectors.length; i++) {
            vectors[i] = context.ofToken(planned.firstIndex() + i);
        }
        return vectors;
    }

    private void failAll(HyperionException error) {
        List<EmbeddingTask<?>> all = new ArrayList<>(tasks);
        synchronized (lock) {
            all.addAll(arrivals);
            arrivals.clear();
        }
        all.forEach(task -> task.fail(error));
        // Only when all have heard of it: to count may fail.
        all.forEach(this::count);
    }

    private ModelUnavailableException shuttingDown() {
        return new ModelUnavailableException(ErrorCode.SHUTTING_DOWN, "The model '" + model + "' is being unloaded");
    }
}
