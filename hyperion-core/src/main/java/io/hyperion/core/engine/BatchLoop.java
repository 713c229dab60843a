package io.hyperion.core.engine;

import io.hyperion.api.BusyException;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.Generation;
import io.hyperion.api.GenerationTimeoutException;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.core.llama.Batch;
import io.hyperion.core.llama.LlamaContext;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaLibrary;
import io.hyperion.core.llama.Vocabulary;
import io.hyperion.core.sampling.Samplers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/**
 * The loop of a loaded model. Each step evaluates one token of every generating sequence, fills the rest of the batch with the prompts
 * of others, and samples where logits came out. So a long prompt delays the others by no more than one batch.
 */
final class BatchLoop implements Runnable {
    private static final System.Logger LOGGER = System.getLogger(BatchLoop.class.getName());
    private static final Duration MINIMUM_RETRY = Duration.ofSeconds(1);

    private final String model;
    private final LlamaLibrary library;
    private final LlamaContext context;
    private final Vocabulary vocabulary;
    private final int sequenceLimit;
    private final int queueCapacity;

    /** Guards what follows. */
    private final Object lock = new Object();

    private final Deque<Sequence> queue = new ArrayDeque<>();
    private boolean closing;
    private int freeSequences;

    // What follows belongs to the loop's thread.
    private final Batch batch;
    private final List<Sequence> active = new ArrayList<>();
    private final Deque<Integer> freeIds = new ArrayDeque<>();
    private int promptBudget;

    /**
     * @param sequenceLimit how many tokens a sequence may have, prompt and completion together
     */
    BatchLoop(
            String model,
            LlamaLibrary library,
            LlamaContext context,
            Vocabulary vocabulary,
            int sequenceLimit,
            int queueCapacity) {
        this.model = model;
        this.library = library;
        this.context = context;
        this.vocabulary = vocabulary;
        this.sequenceLimit = sequenceLimit;
        this.queueCapacity = queueCapacity;
        this.batch = context.newBatch();
        for (int id = 0; id < context.settings().sequences(); id++) {
            freeIds.add(id);
        }
        this.freeSequences = freeIds.size();
    }

    /**
     * Queues a request.
     *
     * @throws BusyException if the queue is full
     * @throws ModelUnavailableException if the loop has ended or is ending
     */
    Generation submit(EngineRequest request, GenerateListener listener) {
        Sequence sequence = new Sequence(request, listener);
        synchronized (lock) {
            if (closing) {
                throw shuttingDown();
            }
            // Those that will be admitted at the next step do not count as waiting.
            int waiting = queue.size() - freeSequences;
            if (waiting >= queueCapacity) {
                throw new BusyException(
                        ErrorCode.QUEUE_FULL,
                        "The queue of model '" + model + "' is full: " + waiting + " requests are waiting",
                        MINIMUM_RETRY);
            }
            queue.addLast(sequence);
            lock.notifyAll();
        }
        return sequence;
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
                admit();
                if (!active.isEmpty()) {
                    step();
                }
            }
            failAll(shuttingDown());
        } catch (RuntimeException | Error e) {
            LOGGER.log(System.Logger.Level.ERROR, "The batch loop of model '" + model + "' failed and ends", e);
            close();
            failAll(new EngineException(ErrorCode.ENGINE_FAILURE, "The engine of model '" + model + "' failed", e));
        } finally {
            batch.close();
        }
    }

    /** {@return false if the loop shall end} */
    private boolean awaitWork() {
        synchronized (lock) {
            while (!closing && active.isEmpty() && queue.isEmpty()) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    // Nobody but the server's end interrupts this thread.
                    closing = true;
                }
            }
            return !closing;
        }
    }

    /** Ends what was cancelled or is overdue, whether it waits or runs. */
    private void endUnwanted() {
        long now = System.nanoTime();
        List<Sequence> unwanted = new ArrayList<>();
        Predicate<Sequence> isUnwanted = sequence -> sequence.isCancelled() || sequence.isOverdue(now);
        synchronized (lock) {
            if (!queue.isEmpty()) {
                for (Iterator<Sequence> waiting = queue.iterator(); waiting.hasNext(); ) {
                    Sequence sequence = waiting.next();
                    if (isUnwanted.test(sequence)) {
                        waiting.remove();
                        unwanted.add(sequence);
                    }
                }
            }
        }
        for (Sequence sequence : active) {
            if (isUnwanted.test(sequence)) {
                unwanted.add(sequence);
            }
        }
        for (Sequence sequence : unwanted) {
            if (sequence.isCancelled()) {
                sequence.finish(FinishReason.CANCELLED);
            } else {
                sequence.fail(new GenerationTimeoutException(
                        ErrorCode.TIMEOUT,
                        "The request took longer than its time-out of "
                                + sequence.request().timeout().orElse(Duration.ZERO)));
            }
        }
        releaseEnded();
    }

    /** Gives waiting requests a sequence, in their order, as long as one is free and the cells will hold what is known of it. */
    private void admit() {
        while (!freeIds.isEmpty()) {
            Sequence next;
            synchronized (lock) {
                next = queue.peekFirst();
                if (next == null || !active.isEmpty() && neededCells() + next.size() >= context.cells()) {
                    return;
                }
                queue.removeFirst();
                freeSequences--;
            }
            try {
                next.admit(
                        freeIds.getFirst(),
                        next.hasSamplers()
                                ? next.samplers()
                                : Samplers.chain(library, next.request().parameters()));
            } catch (RuntimeException e) {
                // It is in neither list now: nobody else would tell its listener.
                next.fail(new EngineException(
                        ErrorCode.ENGINE_FAILURE, "Model '" + model + "' could not take the request", e));
                synchronized (lock) {
                    freeSequences++;
                }
                continue;
            }
            freeIds.removeFirst();
            active.add(next);
            releaseEnded();
        }
    }

    /** {@return the cells that the active sequences need for what they have and their next token} */
    private int neededCells() {
        int cells = 0;
        for (Sequence sequence : active) {
            cells += sequence.size() + 1;
        }
        return cells;
    }

    private void step() {
        promptBudget = batch.capacity();
        while (true) {
            fillBatch();
            try {
                boolean mayFit = context.usedCells() + batch.size() <= context.cells();
                if (mayFit && context.decode(batch) == LlamaContext.Outcome.DONE) {
                    break;
                }
            } catch (LlamaException e) {
                LOGGER.log(System.Logger.Level.ERROR, "A step of model '" + model + "' failed", e);
                failActive(new EngineException(
                        ErrorCode.ENGINE_FAILURE, "The engine of model '" + model + "' could not evaluate a step", e));
                return;
            }
            makeRoom();
            if (active.isEmpty()) {
                return;
            }
        }
        sample();
        releaseEnded();
    }

    private void fillBatch() {
        batch.clear();
        for (Sequence sequence : active) {
            sequence.unplan();
            if (sequence.isGenerating()) {
                add(sequence, 1);
            }
        }
        for (Sequence sequence : active) {
            if (!sequence.isGenerating() && batch.size() < promptBudget) {
                add(sequence, Math.min(sequence.pending(), promptBudget - batch.size()));
            }
        }
    }

    private void add(Sequence sequence, int count) {
        int from = sequence.evaluated();
        boolean completes = count == sequence.pending();
        for (int position = from; position < from + count; position++) {
            boolean wantLogits = completes && position == from + count - 1;
            int index = batch.add(sequence.token(position), position, sequence.id(), wantLogits);
            if (wantLogits) {
                sequence.setLogitsIndex(index);
            }
        }
        sequence.planned(count);
    }

    /**
     * After a step that found no room: smaller pieces of prompts first, since cells must lie side by side; then the youngest sequence
     * gives its cells back and waits at the head of the queue. A sequence alone that has no room has reached the end of the context.
     */
    private void makeRoom() {
        int generating = (int) active.stream().filter(Sequence::isGenerating).count();
        if (batch.size() > generating && promptBudget > Math.max(generating, 1)) {
            promptBudget = Math.max(generating, batch.size() / 2);
            return;
        }
        Sequence youngest = active.get(active.size() - 1);
        if (active.size() == 1) {
            youngest.finish(FinishReason.LENGTH);
            releaseEnded();
            return;
        }
        LOGGER.log(System.Logger.Level.DEBUG, "Model ''{0}'' has no free cells: a sequence waits", model);
        active.remove(youngest);
        release(youngest);
        youngest.preempt();
        synchronized (lock) {
            queue.addFirst(youngest);
        }
        promptBudget = batch.capacity();
    }

    private void sample() {
        for (Sequence sequence : active) {
            sequence.markPlannedEvaluated();
            if (sequence.logitsIndex() < 0) {
                continue;
            }
            int maxTokens = sequence.request().parameters().maxTokens().orElse(Integer.MAX_VALUE);
            if (sequence.generated() >= maxTokens) {
                // Only the prompt was to be evaluated.
                sequence.finish(FinishReason.LENGTH);
                continue;
            }
            int token;
            try {
                token = sequence.samplers().sample(context, sequence.logitsIndex());
            } catch (LlamaException e) {
                LOGGER.log(System.Logger.Level.ERROR, "Sampling with model '" + model + "' failed", e);
                sequence.fail(new EngineException(ErrorCode.ENGINE_FAILURE, e.getMessage(), e));
                continue;
            }
            boolean ends = vocabulary.isEndOfGeneration(token);
            sequence.append(token, ends ? new byte[0] : vocabulary.piece(token));
            if (ends || sequence.hasStopString()) {
                sequence.finish(FinishReason.STOP);
            } else if (sequence.generated() >= maxTokens || sequence.size() >= sequenceLimit) {
                sequence.finish(FinishReason.LENGTH);
            }
        }
    }

    private void releaseEnded() {
        for (Iterator<Sequence> all = active.iterator(); all.hasNext(); ) {
            Sequence sequence = all.next();
            if (sequence.hasEnded()) {
                all.remove();
                release(sequence);
            }
        }
    }

    private void release(Sequence sequence) {
        context.removeFrom(sequence.id(), 0);
        free(sequence);
    }

    private void free(Sequence sequence) {
        freeIds.addLast(sequence.id());
        synchronized (lock) {
            freeSequences++;
        }
    }

    private void failActive(HyperionException error) {
        for (Sequence sequence : active) {
            sequence.fail(error);
        }
        active.forEach(this::free);
        active.clear();
        // What a failed step left in the cache is not known.
        context.clear();
    }

    private void failAll(HyperionException error) {
        failActive(error);
        List<Sequence> waiting;
        synchronized (lock) {
            waiting = new ArrayList<>(queue);
            queue.clear();
        }
        waiting.forEach(sequence -> sequence.fail(error));
    }

    private ModelUnavailableException shuttingDown() {
        return new ModelUnavailableException(ErrorCode.SHUTTING_DOWN, "The model '" + model + "' is being unloaded");
    }
}
