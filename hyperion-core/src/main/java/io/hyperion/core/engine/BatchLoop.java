package io.hyperion.core.engine;

import io.hyperion.api.BusyException;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerationTimeoutException;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.RequestOutcome;
import io.hyperion.api.SlotInfo;
import io.hyperion.core.engine.ParkedSequences.Parked;
import io.hyperion.core.engine.PrefixCache.Place;
import io.hyperion.core.engine.PrefixCache.Realm;
import io.hyperion.core.llama.LlamaContext;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaModel;
import io.hyperion.core.llama.LoraAdapter;
import io.hyperion.core.llama.SequenceState;
import io.hyperion.core.llama.Vocabulary;
import io.hyperion.core.sampling.SampledToken;
import io.hyperion.core.sequence.SavedSequence;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The loop of an instance of a loaded model. Each step evaluates one token of every generating sequence, fills the rest of the batch with the prompts
 * of others, and samples where logits came out. So a long prompt delays the others by no more than one batch. Sequences that want
 * adapters at other scales have steps of their own, in turns.
 */
final class BatchLoop implements Runnable, RunningRequest.Owner {
    private static final System.Logger LOGGER = System.getLogger(BatchLoop.class.getName());
    /** Cells that are to be free, for each active sequence, before one that lost its place gets another: else it loses it at once. */
    private static final int SPARE_CELLS = 16;
    /** Cells that nobody works on may be as many bytes as make this part of the weights: a step reads both. */
    private static final double HARMLESS_SHARE = 0.02;
    /** A prompt of fewer tokens is not worth breaking off a step for. */
    private static final int LONG_PROMPT = 32;

    private final String model;
    private final LlamaContext context;
    private final Vocabulary vocabulary;
    private final EngineSettings settings;
    /** Its slots are numbered from here. */
    private final int firstSlot;

    private final Runnable whenShort;
    private final int sequenceLimit;
    private final int trainedContextLength;
    private final Meter meter;

    /** Which runs the loop; null before. */
    private volatile Thread thread;

    /** Written by the loop's thread only, read by any; null where a slot is free. */
    private final AtomicReferenceArray<Sequence> sequencesBySlot;

    /** Where requests wait; its monitor guards what follows. */
    private final RequestQueue queue;

    private final Deque<LoopTask<?>> tasks = new ArrayDeque<>();
    private final RecentPrompts recent = new RecentPrompts();
    private int freeSequences;
    private boolean retired;
    /** Whose prompt is most of the step under way: if it is cancelled, the step is broken off. */
    private Optional<RunningRequest> dominant = Optional.empty();

    // What follows belongs to the loop's thread.
    private final PrefixCache cache;
    private final ParkedSequences parked;
    private final PinnedPrefixes pinned;
    /** How many cells that nobody works on are left in the cache while there is work. */
    private final int harmlessCells;

    private final long bytesPerCell;
    private final StepPlan plan;
    private final List<Sequence> active = new ArrayList<>();
    private final BitSet freeSlots = new BitSet();
    /** By slots; null where nothing is known. */
    private final SlotContent[] slotContents;

    /** The adapters of the last step. */
    private List<LoraAdapter.Scaled> lastAdapters = List.of();

    private boolean aborted;
    /** Whether the step under way gave logits that are no numbers. */
    private boolean spoilt;

    private int lastUsedCells;
    private int freedCells;
    private boolean idleChanged;

    /**
     * @param queue where its requests come from, to which the caller adds it
     * @param firstSlot the number of its first slot
     * @param parkedBytes how many bytes finished sequences may take outside the cache
     * @param modelBytes the size of the weights
     * @param sequenceLimit how many tokens a sequence may have, prompt and completion together
     * @param pinned what is kept evaluated; closed by the caller, after the loop has ended
     * @param whenShort told in the loop's thread, maybe in every step, while requests wait that another loop could take; returns at once
     */
    BatchLoop(
            String model,
            RequestQueue queue,
            int firstSlot,
            LlamaModel weights,
            LlamaContext context,
            long parkedBytes,
            long modelBytes,
            int sequenceLimit,
            EngineSettings settings,
            PinnedPrefixes pinned,
            Runnable whenShort,
            EngineListener listener)
            throws LlamaException {
        this.model = model;
        this.queue = queue;
        this.firstSlot = firstSlot;
        this.whenShort = whenShort;
        this.context = context;
        this.vocabulary = weights.vocabulary();
        this.trainedContextLength = weights.trainedContextLength();
        this.settings = settings;
        this.pinned = pinned;
        this.sequenceLimit = sequenceLimit;
        this.meter = new Meter(model, listener);
        this.cache = new PrefixCache(context, !weights.isRecurrent());
        this.bytesPerCell = weights.isRecurrent() ? 0 : context.bytesPerCell();
        this.plan = new StepPlan(context.newBatch());
        this.parked = new ParkedSequences(parkedBytes);
        this.harmlessCells = (int) Math.min(HARMLESS_SHARE * modelBytes / Math.max(1, bytesPerCell), context.cells());
        this.freeSequences = settings.slots();
        freeSlots.set(firstSlot, firstSlot + settings.slots());
        slotContents = new SlotContent[settings.slots()];
        sequencesBySlot = new AtomicReferenceArray<>(settings.slots());
    }

    /** {@return what the slots are doing; any thread may ask, and none waits} */
    List<SlotInfo> slotInfos() {
        return IntStream.range(0, settings.slots())
                .mapToObj(slot -> new SlotInfo(
                        firstSlot + slot,
                        Optional.ofNullable(sequencesBySlot.get(slot)).map(Sequence::work)))
                .toList();
    }

    /** {@return what was done and is being done, without what waits} */
    ModelFigures figures() {
        return meter.figures(0, settings.slots() - freeSequences(), settings.slots(), context.cells());
    }

    /** {@return how many sequences may begin} */
    int freeSequences() {
        synchronized (queue) {
            return freeSequences;
        }
    }

    /** {@return how many of the first tokens it has evaluated lately with these adapters} */
    int common(List<LoraAdapter.Scaled> adapters, int[] tokens) {
        synchronized (queue) {
            return recent.common(adapters, tokens);
        }
    }

    private void noteRecent(List<LoraAdapter.Scaled> adapters, int[] tokens) {
        if (queue.isForSeveral()) {
            synchronized (queue) {
                recent.add(adapters, tokens);
            }
        }
    }

    @Override
    public void cancelled(RunningRequest request) {
        synchronized (queue) {
            if (dominant.filter(request::equals).isPresent()) {
                context.abortStep();
            }
        }
    }

    @Override
    public void ended(RunningRequest request, RequestOutcome outcome) {
        RequestFigures figures = new RequestFigures(
                model,
                outcome,
                request.request().tokens().length,
                request.cachedTokens(),
                request.generated(),
                request.timings());
        if (request.hasStarted()) {
            queue.ended(figures.timings().prompt().plus(figures.timings().generation()));
        }
        meter.cached(figures.cachedTokens());
        meter.ended(figures);
    }

    /**
     * Does something between two steps, and waits for it.
     *
     * @param work what to do, in the loop's thread
     * @return its result
     * @throws ModelUnavailableException if the loop has ended or ends before, or the instance was closed
     */
    <T> T callInLoop(Supplier<T> work) {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException("A listener cannot wait for the loop that calls it");
        }
        LoopTask<T> task = new LoopTask<>(work, new CompletableFuture<>());
        synchronized (queue) {
            if (queue.isClosing() || retired) {
                throw queue.shuttingDown();
            }
            tasks.addLast(task);
            queue.notifyAll();
        }
        try {
            return task.result().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof HyperionException error) {
                throw error;
            }
            throw new EngineException(
                    ErrorCode.ENGINE_FAILURE, "The engine of model '" + model + "' failed", e.getCause());
        }
    }

    private void runTasks() {
        while (true) {
            LoopTask<?> task;
            synchronized (queue) {
                task = tasks.pollFirst();
            }
            if (task == null) {
                return;
            }
            task.run();
        }
    }

    /** {@return a copy of what the cache has of the last sequence of a slot; the caller closes it} */
    SavedSequence copySlot(int slot) {
        active.stream().filter(sequence -> sequence.slot() == slot).forEach(this::rememberSlot);
        noteEvaluated();
        SlotContent content =
                Optional.ofNullable(slotContents[slot - firstSlot]).orElseThrow(() -> emptySlot(slot));
        // May give up an idle sequence for its id, so what is left is known only then.
        Place copy = open(content.realm());
        try {
            unpark(copy, content.tokens(), content.tokens().length);
            int cached = cache.adopt(copy, content.tokens(), content.tokens().length);
            if (cached == 0) {
                throw emptySlot(slot);
            }
            float[] scales = new float[content.realm().adapters().size()];
            for (int i = 0; i < scales.length; i++) {
                scales[i] = content.realm().adapters().get(i).scale();
            }
            return new SavedSequence(Arrays.copyOf(content.tokens(), cached), scales, context.copySequence(copy.id()));
        } catch (LlamaException e) {
            throw new EngineException(ErrorCode.ENGINE_FAILURE, e.getMessage(), e);
        } finally {
            cache.drop(copy);
            noteCells();
        }
    }

    /** For a while, beside the sequences at work. */
    private Place open(Realm realm) {
        if (!cache.canOpen()) {
            throw new BusyException(
                    ErrorCode.QUEUE_FULL, "All sequences of model '" + model + "' are at work", RetryEstimate.MINIMUM);
        }
        return cache.open(realm);
    }

    private void noteCells() {
        meter.cells(context.usedCells(), cache.idle());
    }

    private InvalidRequestException emptySlot(int slot) {
        return new InvalidRequestException(
                ErrorCode.EMPTY_SLOT,
                "slot",
                "Slot " + slot + " of model '" + model + "' has nothing in the cache, or nothing any more");
    }

    /** Puts a saved sequence into the cache, for whoever begins with its tokens. */
    void restoreSlot(int slot, SavedSequence saved, List<LoraAdapter.Scaled> adapters) {
        Realm realm = new Realm(adapters, Optional.empty());
        Place place = open(realm);
        boolean restored = false;
        try {
            while (context.restoreSequence(place.id(), saved.state(), saved.tokens().length)
                    == LlamaContext.Outcome.NO_CELLS) {
                if (!evictOldest()) {
                    throw new BusyException(
                            ErrorCode.QUEUE_FULL,
                            "The sequences at work on model '" + model + "' leave no room for the saved one of "
                                    + saved.tokens().length + " tokens",
                            RetryEstimate.MINIMUM);
                }
            }
            restored = true;
        } catch (LlamaException e) {
            throw new InvalidRequestException(ErrorCode.UNUSABLE_FILE, "filename", e.getMessage());
        } finally {
            if (!restored) {
                cache.drop(place);
            }
        }
        cache.extend(place, saved.tokens(), saved.tokens().length);
        cache.keep(place);
        slotContents[slot - firstSlot] = new SlotContent(realm, saved.tokens());
        noteRecent(adapters, saved.tokens());
        noteCells();
    }

    /** Forgets the last sequence of a slot; {@return how many tokens of it were cached, or parked outside the cache} */
    int eraseSlot(int slot) {
        SlotContent content = slotContents[slot - firstSlot];
        if (content == null) {
            return 0;
        }
        slotContents[slot - firstSlot] = null;
        int length = content.tokens().length;
        int cached = cache.match(content.realm(), content.tokens(), length);
        int known = parked.find(content.realm(), content.tokens(), length, cached)
                .map(found -> found.common(content.tokens(), length))
                .orElse(cached);
        cache.forget(content.realm(), content.tokens());
        parked.forget(content.realm(), content.tokens());
        noteCells();
        return known;
    }

    /** What the last sequence of a slot was, as far as others may share it. */
    private record SlotContent(Realm realm, int[] tokens) {}

    private void rememberSlot(Sequence sequence) {
        Realm realm = realm(sequence);
        SlotContent content = null;
        if (realm.owner().isEmpty() && !sequence.isTruncated()) {
            content = new SlotContent(realm, Arrays.copyOf(sequence.tokens(), sequence.evaluated()));
            noteRecent(realm.adapters(), content.tokens());
        }
        slotContents[sequence.slot() - firstSlot] = content;
    }

    /** Ends the step under way early, as the model is being closed. */
    void breakOff() {
        synchronized (queue) {
            if (dominant.isPresent()) {
                context.abortStep();
            }
        }
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        try {
            while (awaitWork()) {
                turn();
            }
            if (!retired) {
                failAll(queue.shuttingDown());
            }
        } catch (RuntimeException | Error e) {
            // The others end too: what the weights are in is not known.
            queue.close();
            try {
                failAll(new EngineException(ErrorCode.ENGINE_FAILURE, "The engine of model '" + model + "' failed", e));
            } finally {
                // Last, as it may fail too.
                LOGGER.log(System.Logger.Level.ERROR, "The batch loop of model '" + model + "' failed and ends", e);
            }
        } finally {
            free();
        }
    }

    /** Frees what the loop itself has. Only if it has not begun. */
    void free() {
        plan.close();
        parked.close();
    }

    /** Once around the loop. Does not wait. */
    void turn() {
        runTasks();
        endUnwanted();
        admit();
        if (!active.isEmpty()) {
            step();
        }
        assert isAccountedFor() : "The tree and the context do not have the same cells";
    }

    /** {@return whether each used cell is one that the tree knows, or a live sequence's own} */
    private boolean isAccountedFor() {
        if (!cache.isSharing()) {
            return true;
        }
        noteEvaluated();
        int own = active.stream()
                .mapToInt(sequence ->
                        sequence.evaluated() - sequence.place().orElseThrow().length())
                .sum();
        return cache.cells() + own == context.usedCells();
    }

    /** {@return false if the loop shall end} */
    private boolean awaitWork() {
        synchronized (queue) {
            boolean goesOn = queue.awaitWork(this, () -> !active.isEmpty() || !tasks.isEmpty());
            retired = !goesOn && !queue.isClosing();
            return goesOn;
        }
    }

    /** Ends what was cancelled or is overdue, whether it waits or runs. */
    private void endUnwanted() {
        long now = System.nanoTime();
        Set<RunningRequest> unwanted = new LinkedHashSet<>();
        queue.removeIf(this, sequence -> isUnwanted(sequence, now))
                .forEach(sequence -> unwanted.add(sequence.request()));
        for (Sequence sequence : active) {
            if (isUnwanted(sequence, now)) {
                unwanted.add(sequence.request());
            }
        }
        endEach(unwanted, request -> endUnwanted(request, now));
        if (!unwanted.isEmpty()) {
            queue.removeIf(this, Sequence::hasEnded);
            releaseEnded();
        }
    }

    private void endUnwanted(RunningRequest request, long now) {
        if (request.isCancelled()) {
            request.finish(FinishReason.CANCELLED);
        } else if (request.isOverdue(now)) {
            request.fail(new GenerationTimeoutException(
                    ErrorCode.TIMEOUT,
                    "The request took longer than its time-out of "
                            + request.request().timeout().orElse(Duration.ZERO)));
        } else if (waitedTooLong(request, now)) {
            request.fail(waitedTooLong());
        }
    }

    private boolean isUnwanted(Sequence sequence, long now) {
        RunningRequest request = sequence.request();
        return request.isCancelled() || request.isOverdue(now) || request.hasEnded() || waitedTooLong(request, now);
    }

    private boolean waitedTooLong(RunningRequest request, long now) {
        return !request.hasStarted()
                && !settings.queueTimeout().isZero()
                && request.waited(now) > settings.queueTimeout().toNanos();
    }

    private ModelUnavailableException waitedTooLong() {
        return new ModelUnavailableException(
                ErrorCode.QUEUE_TIMEOUT,
                "The request waited for a slot of model '" + model + "' for "
                        + settings.queueTimeout().toSeconds() + " seconds, the limit set here",
                queue.retryAfter());
    }

    /** Gives waiting sequences a slot, in their order, as long as one is free and the cells will hold what is known of them. */
    private void admit() {
        while (!freeSlots.isEmpty()) {
            Sequence next;
            synchronized (queue) {
                Optional<Sequence> head = queue.next(this, this::slotIsFree);
                if (head.isEmpty()) {
                    break;
                }
                next = head.get();
                if (!willFit(next)) {
                    queue.leaveToOthers(next.request());
                    break;
                }
                queue.take(this, next);
                freeSequences--;
            }
            // At once: who is neither here nor in the queue would not hear of it if the loop failed now.
            active.add(next);
            int slot = freeSlotFor(next.request().request().options());
            freeSlots.clear(slot);
            if (cache.isFull()) {
                evictOldest();
            }
            next.admit(cache.open(realm(next)), slot);
            sequencesBySlot.set(slot - firstSlot, next);
            if (realm(next).owner().isEmpty()) {
                noteRecent(adapters(next), next.request().request().tokens());
            }
            idleChanged = true;
            unpark(next);
            meter.admitted(slot);
            releaseEnded();
        }
        if (queue.isShort()) {
            whenShort.run();
        }
    }

    private boolean slotIsFree(Sequence sequence) {
        int wanted = sequence.request().request().options().slot();
        return wanted < 0 || freeSlots.get(wanted);
    }

    private int freeSlotFor(EngineOptions options) {
        return IntStream.of(options.slot(), options.preferredSlot())
                .filter(wanted -> wanted >= 0 && freeSlots.get(wanted))
                .findFirst()
                .orElseGet(() -> freeSlots.nextSetBit(0));
    }

    private boolean willFit(Sequence sequence) {
        if (active.isEmpty() || !cache.isSharing()) {
            return true;
        }
        noteEvaluated();
        int cells = cache.liveCells();
        int shared = cache.match(realm(sequence), sequence.tokens(), sequence.size());
        boolean lostItsPlace = sequence.generated() > 0;
        for (Sequence other : active) {
            // What it has beside the tree, and its next token.
            cells += other.size() - other.place().orElseThrow().length() + 1 + (lostItsPlace ? SPARE_CELLS : 0);
            if (!other.isGenerating() && realm(other).equals(realm(sequence))) {
                shared = Math.max(shared, StepPlan.common(sequence, other));
            }
        }
        return cells + sequence.size() - shared + 1 <= context.cells();
    }

    private Realm realm(Sequence sequence) {
        RunningRequest request = sequence.request();
        boolean shares = request.request().options().cachePrompt();
        return new Realm(adapters(sequence), shares ? Optional.empty() : Optional.of(request));
    }

    private void step() {
        StepEvent event = new StepEvent();
        event.begin();
        long begin = System.nanoTime();
        sharePrefixes();
        parkIdle();
        closeGaps();
        active.forEach(Sequence::unplan);
        List<Sequence> together = nextTogether();
        context.setAdapters(lastAdapters);
        plan.begin(together, this::realm);
        if (!evaluate()) {
            return;
        }
        int generated = sample();
        noteCells();
        int sequences = active.size();
        int promptTokens = plan.promptTokens();
        meter.step(event, System.nanoTime() - begin, generated, promptTokens, sequences);
        releaseEnded();
        if (spoilt) {
            spoilt = false;
            startAnew();
        }
    }

    /** {@return whom the next step evaluates: those who want the same adapters, as these act on a whole step; others have their turns} */
    private List<Sequence> nextTogether() {
        if (active.stream().allMatch(sequence -> adapters(sequence).equals(lastAdapters))) {
            return active;
        }
        List<List<LoraAdapter.Scaled>> wanted =
                active.stream().map(BatchLoop::adapters).distinct().toList();
        lastAdapters = wanted.get((wanted.indexOf(lastAdapters) + 1) % wanted.size());
        return active.stream()
                .filter(sequence -> adapters(sequence).equals(lastAdapters))
                .toList();
    }

    private static List<LoraAdapter.Scaled> adapters(Sequence sequence) {
        return sequence.request().request().options().adapters();
    }

    /** Brings the tree up to date, and lengthens prompts by what others have evaluated of them since the last step. */
    private void sharePrefixes() {
        if (active.stream().allMatch(Sequence::isGenerating)) {
            return;
        }
        noteEvaluated();
        for (Sequence sequence : active) {
            if (!sequence.isGenerating() && !sequence.isTruncated()) {
                // At least one token is evaluated: its logits give the next one.
                Place place = sequence.place().orElseThrow();
                int length = cache.adopt(place, sequence.tokens(), sequence.size() - 1);
                if (length > sequence.evaluated()) {
                    sequence.adopted(length);
                }
            }
        }
    }

    /** Takes the begin of a prompt from a parked sequence, where the cache has less of it. */
    private void unpark(Sequence sequence) {
        Realm realm = realm(sequence);
        if (realm.owner().isEmpty()) {
            unpark(sequence.place().orElseThrow(), sequence.tokens(), sequence.size() - 1);
            sequence.adopted(sequence.place().orElseThrow().length());
        }
    }

    /** Fills an empty sequence from a parked or a pinned one that has more of the first tokens than the cache, if there is one. */
    private void unpark(Place place, int[] tokens, int limit) {
        int known = cache.match(place.realm(), tokens, limit);
        Optional<Parked> kept = pinned.find(place.realm(), tokens, limit, known);
        known = kept.map(prefix -> prefix.common(tokens, limit)).orElse(known);
        Optional<Parked> found = parked.find(place.realm(), tokens, limit, known + ParkedSequences.WORTH_A_COPY);
        if (found.isPresent() && restore(place, found.get(), tokens, limit)) {
            return;
        }
        // Others make room for a pinned one; for a parked one they might be parked in its place.
        while (kept.isPresent() && !restore(place, kept.get(), tokens, limit) && evictOldest()) {}
    }

    /** {@return false if there was no room} */
    private boolean restore(Place place, Parked found, int[] tokens, int limit) {
        try {
            LlamaContext.Outcome outcome = context.restoreSequence(place.id(), found.state(), found.tokens().length);
            if (outcome == LlamaContext.Outcome.DONE) {
                int length = found.common(tokens, limit);
                context.removeFrom(place.id(), length);
                cache.extend(place, tokens, length);
            }
            return outcome == LlamaContext.Outcome.DONE;
        } catch (LlamaException e) {
            LOGGER.log(System.Logger.Level.WARNING, "A parked sequence of model '" + model + "' is of no use", e);
            parked.drop(found);
            return true;
        }
    }

    /**
     * Takes sequences that nobody works on out of the cache, if they would slow down those at work: they stay as long as they are few
     * cells beside the weights that each step reads, too.
     */
    private void parkIdle() {
        if (!idleChanged) {
            return;
        }
        idleChanged = false;
        int idleCells = cache.cells() - cache.liveCells();
        while (idleCells > harmlessCells && cache.idle() > 0) {
            idleCells -= cache.ownCells(cache.oldestIdle().orElseThrow());
            evictOldest();
        }
    }

    /** Takes the least recently used finished sequence out of the cache. {@return whether there was one} */
    private boolean evictOldest() {
        Optional<Place> oldest = cache.oldestIdle();
        oldest.ifPresent(place -> {
            int own = cache.ownCells(place);
            // What it shares with others needs no copy: those keep it.
            if (own >= ParkedSequences.WORTH_A_COPY && 2 * own >= place.length()) {
                park(place);
            }
            cache.drop(place);
        });
        return oldest.isPresent();
    }

    private void park(Place place) {
        int[] tokens = cache.tokens(place);
        if (pinned.has(place.realm(), tokens) || !parked.takes(place.realm(), tokens, tokens.length * bytesPerCell)) {
            return;
        }
        try {
            parked.park(new Parked(place.realm(), tokens, context.copySequence(place.id())));
        } catch (LlamaException e) {
            LOGGER.log(System.Logger.Level.WARNING, "A sequence of model '" + model + "' could not be parked", e);
        }
    }

    /** Cells that became free lie between others: each step looks at all cells up to the last used one. */
    private void closeGaps() {
        int used = context.usedCells();
        freedCells += Math.max(0, lastUsedCells - used);
        lastUsedCells = used;
        if (freedCells > Math.max(used, context.settings().batchSize()) && context.defragment()) {
            freedCells = 0;
        }
    }

    private void noteEvaluated() {
        for (Sequence sequence : active) {
            noteEvaluated(sequence);
        }
    }

    private void noteEvaluated(Sequence sequence) {
        if (!sequence.isTruncated()) {
            cache.extend(sequence.place().orElseThrow(), sequence.tokens(), sequence.evaluated());
        }
    }

    /** {@return whether the step was evaluated; if not, what could not be is out of the way} */
    private boolean evaluate() {
        boolean defragmented = false;
        while (plan.fill()) {
            boolean mayFit = context.usedCells() + plan.batch().size() <= context.cells();
            LlamaContext.Outcome outcome;
            try {
                outcome = mayFit ? decode() : LlamaContext.Outcome.NO_CELLS;
            } catch (LlamaException e) {
                LOGGER.log(System.Logger.Level.ERROR, "A step of model '" + model + "' failed", e);
                failActive(new EngineException(
                        ErrorCode.ENGINE_FAILURE, "The engine of model '" + model + "' could not evaluate a step", e));
                return false;
            }
            aborted = outcome == LlamaContext.Outcome.ABORTED;
            if (outcome == LlamaContext.Outcome.DONE) {
                return true;
            }
            if (aborted) {
                repair();
                meter.aborted();
                return false;
            }
            if (mayFit && !defragmented) {
                // There are enough cells, but not side by side.
                defragmented = true;
                if (context.defragment()) {
                    continue;
                }
            }
            if (!evictOldest()) {
                makeRoom();
            }
        }
        return false;
    }

    /** After a step that was broken off: what sequences lost by it is evaluated again. */
    private void repair() {
        for (Sequence sequence : active) {
            context.removeFrom(sequence.place().orElseThrow().id(), sequence.evaluated());
        }
        int[] intact = context.intactLengths();
        cache.dropDamaged(intact);
        for (Sequence sequence : active) {
            Place place = sequence.place().orElseThrow();
            if (intact[place.id()] < sequence.evaluated()) {
                cache.cut(place, intact[place.id()]);
                sequence.rewind(intact[place.id()]);
            }
        }
    }

    /**
     * Evaluates the batch. Only here, and not while cells are moved, may a cancel break it off: if the batch is mostly for that request, and
     * the one before was not broken off.
     */
    private LlamaContext.Outcome decode() throws LlamaException {
        Optional<RunningRequest> found = aborted || plan.promptTokens() < LONG_PROMPT
                ? Optional.empty()
                : active.stream()
                        .filter(sequence -> sequence.planned() >= LONG_PROMPT
                                && 2 * sequence.planned() > plan.batch().size())
                        .map(Sequence::request)
                        .findFirst();
        synchronized (queue) {
            dominant = found;
            if (found.isPresent() && (found.get().isCancelled() || queue.isClosing())) {
                context.abortStep();
            }
        }
        try {
            return context.decode(plan.batch());
        } finally {
            synchronized (queue) {
                dominant = Optional.empty();
                context.allowStep();
            }
        }
    }

    /**
     * After a step that found no room, though nothing is kept for later any more: smaller pieces of prompts first, since cells must lie
     * side by side; then the youngest sequence gives its cells back and waits at the head of the queue. A sequence alone that has no
     * room has reached the end of the context.
     */
    private void makeRoom() {
        if (plan.shrink()) {
            return;
        }
        Sequence youngest = active.get(active.size() - 1);
        if (active.size() == 1) {
            if (!shift(youngest)) {
                youngest.finish(FinishReason.LENGTH);
                releaseEnded();
            }
            return;
        }
        LOGGER.log(System.Logger.Level.DEBUG, "Model ''{0}'' has no free cells: a sequence waits", model);
        plan.remove(youngest);
        preempt(youngest);
    }

    /** A sequence gives its place back and waits at the head of the queue. */
    private void preempt(Sequence sequence) {
        cache.drop(sequence.place().orElseThrow());
        int slot = sequence.slot();
        sequence.preempt();
        queue.addPreempted(sequence);
        active.remove(sequence);
        freeSlot(slot);
        meter.preempted(slot);
    }

    /**
     * After logits that are no numbers. What is wrong in the cells of one sequence, such as by an adapter at a scale that is too large,
     * spoils all who are evaluated after it: llama.cpp multiplies what is in the cells of others by zero, and that is no number either.
     */
    private void startAnew() {
        releaseEnded();
        while (!active.isEmpty()) {
            preempt(active.get(active.size() - 1));
        }
        clearCache();
        // A copy of what was spoilt would spoil every request that begins like it, each time anew.
        parked.clear();
        noteCells();
    }

    /** {@return how many tokens were generated} */
    private int sample() {
        int sampled = 0;
        for (Sequence sequence : active) {
            sequence.markPlannedEvaluated();
            if (sequence.logitsIndex() < 0 || sequence.hasEnded()) {
                continue;
            }
            GenerateParameters parameters = sequence.request().request().parameters();
            int maxTokens = parameters.maxTokens().orElse(Integer.MAX_VALUE);
            if (sequence.generated() >= maxTokens) {
                // Only the prompt was to be evaluated.
                if (!sequence.request().request().pinned() || pin(sequence)) {
                    sequence.finish(FinishReason.LENGTH);
                }
                continue;
            }
            Optional<SampledToken> found;
            try {
                found = sequence.sampler().sample(context, sequence.logitsIndex());
            } catch (HyperionException e) {
                sequence.request().fail(e);
                continue;
            } catch (LlamaException | RuntimeException e) {
                spoilt |= e instanceof LlamaException;
                LOGGER.log(System.Logger.Level.ERROR, "Sampling with model '" + model + "' failed", e);
                sequence.request().fail(new EngineException(ErrorCode.ENGINE_FAILURE, e.getMessage(), e));
                continue;
            }
            if (found.isEmpty()) {
                // What the request bans leaves nothing to go on with.
                sequence.finish(FinishReason.STOP);
                continue;
            }
            sampled++;
            int token = found.get().token();
            boolean ends = vocabulary.isEndOfGeneration(token);
            sequence.append(
                    token,
                    ends ? new byte[0] : sequence.request().request().pieces().of(token),
                    found.get().probability(),
                    !ends && parameters.logProbabilities().orElse(0) > 0);
            if (ends || sequence.hasStopString()) {
                sequence.finish(FinishReason.STOP);
            } else if (sequence.generated() >= maxTokens
                    || sequence.isOutdented()
                    || sequence.isAtItsLastLine()
                    || sequence.size() >= sequenceLimit && !shift(sequence)
                    || isEndless(sequence)) {
                sequence.finish(FinishReason.LENGTH);
            }
        }
        return sampled;
    }

    /** Keeps what is evaluated of a prompt, unless it is no numbers. {@return false if it failed} */
    private boolean pin(Sequence sequence) {
        try {
            context.logits(sequence.logitsIndex());
        } catch (LlamaException e) {
            spoilt = true;
            sequence.request().fail(new EngineException(ErrorCode.ENGINE_FAILURE, e.getMessage(), e));
            return false;
        }
        try {
            SequenceState state =
                    context.copySequence(sequence.place().orElseThrow().id());
            pinned.add(new Parked(realm(sequence), Arrays.copyOf(sequence.tokens(), sequence.size()), state));
            return true;
        } catch (LlamaException e) {
            sequence.request().fail(new EngineException(ErrorCode.ENGINE_FAILURE, e.getMessage(), e));
            return false;
        }
    }

    /** As llama.cpp's server: a generation without a limit ends where its context would, had nothing been discarded. */
    private boolean isEndless(Sequence sequence) {
        return sequence.isTruncated()
                && sequence.request().request().parameters().maxTokens().isEmpty()
                && sequence.promptTokens() + sequence.generated() >= trainedContextLength;
    }

    /**
     * Makes room in a sequence that has reached the end of its context: discards a part behind the tokens to keep, as llama.cpp's server
     * does.
     *
     * @return whether that is wanted and possible
     */
    private boolean shift(Sequence sequence) {
        EngineOptions options = sequence.request().request().options();
        if (!options.contextShift() || sequence.generated() == 0) {
            return false;
        }
        int keep = options.keep() < 0 ? sequence.promptTokens() : options.keep();
        // llama.cpp's server keeps four tokens free of what is kept.
        keep = Math.max(0, Math.min(keep, sequence.size() - 4));
        int left = sequence.size() - keep;
        int discard = Math.min(options.discard() > 0 ? options.discard() : left / 2, left - 1);
        if (discard < 1) {
            return false;
        }
        Place place = sequence.place().orElseThrow();
        noteEvaluated(sequence);
        boolean moved = context.canShift() && sequence.evaluated() >= keep + discard && cache.withdraw(place, keep);
        if (moved) {
            context.discard(place.id(), keep, keep + discard);
            sequence.discard(keep, discard, sequence.evaluated() - discard);
        } else {
            // Others have these cells too, or they cannot be moved: what stays is evaluated again, at its new
            // positions.
            sequence.discard(keep, discard, Math.min(sequence.evaluated(), cache.cut(place, keep)));
        }
        return true;
    }

    private void releaseEnded() {
        for (Iterator<Sequence> all = active.iterator(); all.hasNext(); ) {
            Sequence sequence = all.next();
            if (sequence.hasEnded()) {
                all.remove();
                if (sequence.completion().isPresent()) {
                    noteEvaluated(sequence);
                    rememberSlot(sequence);
                    cache.keep(sequence.place().orElseThrow());
                } else {
                    // It failed: what its cells hold is of no use to others.
                    cache.drop(sequence.place().orElseThrow());
                }
                freeSlot(sequence.slot());
                idleChanged = true;
                noteCells();
                meter.released(sequence.slot());
            }
        }
    }

    private void freeSlot(int slot) {
        sequencesBySlot.set(slot - firstSlot, null);
        freeSlots.set(slot);
        synchronized (queue) {
            freeSequences++;
        }
    }

    private void failActive(HyperionException error) {
        List<Sequence> failed = List.copyOf(active);
        endEach(failed, sequence -> sequence.request().fail(error));
        active.clear();
        for (Sequence sequence : failed) {
            freeSlot(sequence.slot());
            meter.released(sequence.slot());
        }
        queue.removeIf(this, Sequence::hasEnded);
        idleChanged = true;
        // What a failed step left in the cache is not known.
        clearCache();
    }

    private void clearCache() {
        context.clear();
        cache.clear();
        synchronized (queue) {
            recent.clear();
        }
    }

    private void failAll(HyperionException error) {
        List<Sequence> all = new ArrayList<>(active);
        List<LoopTask<?>> undone;
        synchronized (queue) {
            all.addAll(queue.removeIf(this, sequence -> true));
            undone = List.copyOf(tasks);
            tasks.clear();
        }
        undone.forEach(task -> task.result().completeExceptionally(error));
        endEach(all, sequence -> sequence.request().fail(error));
        failActive(error);
    }

    /** Whatever is thrown at the end of one, the others end as well; only then is it thrown on. */
    private <T> void endEach(Collection<T> all, Consumer<T> end) {
        List<Throwable> thrown = new ArrayList<>();
        for (T each : all) {
            try {
                end.accept(each);
            } catch (RuntimeException | Error e) {
                thrown.add(e);
            }
        }
        if (!thrown.isEmpty()) {
            throw new EngineException(
                    ErrorCode.ENGINE_FAILURE, "The engine of model '" + model + "' failed", thrown.get(0));
        }
    }
}
