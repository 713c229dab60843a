package io.hyperion.core.engine;

import io.hyperion.api.ContextExceededException;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.Parameter;
import io.hyperion.api.SlotInfo;
import io.hyperion.api.SlotReply;
import io.hyperion.core.engine.PrefixCache.Realm;
import io.hyperion.core.gguf.GgufFile;
import io.hyperion.core.llama.LlamaContext;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaLibrary;
import io.hyperion.core.llama.LlamaModel;
import io.hyperion.core.llama.LoadCancelledException;
import io.hyperion.core.llama.LoadProgress;
import io.hyperion.core.llama.Pieces;
import io.hyperion.core.sequence.SavedSequence;
import io.hyperion.core.sequence.SequenceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * A model in memory that serves many requests at once. It owns the weights, and its instances: contexts over these weights, each with a
 * cache, slots and a thread of its own. Slots are numbered over all instances, in the order in which these were made. Safe for use by many
 * threads.
 */
public final class LoadedModel implements ServedModel {
    /**
     * How many finished sequences are kept in the cache at most, beside the slots; more are parked. With each step b4916 overwrites a row of
     * logits for every sequence that there may be, a millisecond for 80 of them and a vocabulary of 32 000.
     */
    private static final int KEPT_SEQUENCES = 4;

    private final String name;
    private final LlamaModel model;
    private final Adapters adapters;
    private final int slots;
    private final int sequenceLimit;
    private final Samplers samplers;
    private final SequenceStore store;
    private final PinnedPrefixes pinned = new PinnedPrefixes();
    /** One prompt is pinned at a time, so that all together are no more than may be. */
    private final Object pinning = new Object();

    private final RequestQueue queue;
    private final Instances instances;

    private LoadedModel(
            String name,
            LlamaLibrary library,
            LlamaModel model,
            Adapters adapters,
            int cells,
            long modelBytes,
            EngineSettings settings,
            InstanceSettings several,
            SequenceStore store,
            EngineListener listener)
            throws LlamaException {
        this.name = name;
        this.model = model;
        this.adapters = adapters;
        this.slots = settings.slots();
        this.store = store;
        this.queue = new RequestQueue(name, settings, several, listener);
        int kept = model.isRecurrent() ? 0 : KEPT_SEQUENCES;
        int sequences = Math.min(slots + kept, LlamaContext.MAX_SEQUENCES);
        this.instances = new Instances(
                name,
                model,
                new LlamaContext.Settings(cells, sequences, settings.batchSize(), settings.threads()),
                slots,
                several,
                queue,
                (context, firstSlot, whenShort) -> new BatchLoop(
                        name,
                        queue,
                        firstSlot,
                        model,
                        context,
                        settings.prefixMemory(modelBytes) / several.max(),
                        modelBytes,
                        sequenceLimit(model, context.cells()),
                        settings,
                        pinned,
                        whenShort,
                        listener));
        instances.start();
        this.sequenceLimit = sequenceLimit(model, instances.cells());
        this.samplers = new Samplers(library, model.vocabulary(), sequenceLimit);
    }

    private static int sequenceLimit(LlamaModel model, int cells) {
        return Math.min(model.trainedContextLength(), cells);
    }

    /**
     * Loads a model.
     *
     * @param library the library, which must stay open until the model is closed
     * @param name the name that replies and errors give it
     * @param file the GGUF file, found sound by {@code io.hyperion.core.gguf}
     * @param cells the tokens that all sequences of an instance share; at most what the file says is its largest context
     * @param settings how else to load it; its adapters found sound for this file by {@code io.hyperion.core.gguf}
     * @param instances how many instances it has; those that it has at least are made now
     * @param store where its sequences are saved
     * @param listener hears what the engine does
     * @param progress hears how far it is, and may end it
     * @return the model; the caller closes it
     * @throws io.hyperion.core.llama.LoadCancelledException if the progress did not want to go on
     * @throws LlamaException if it cannot be loaded
     */
    public static LoadedModel load(
            LlamaLibrary library,
            String name,
            Path file,
            int cells,
            EngineSettings settings,
            InstanceSettings instances,
            SequenceStore store,
            EngineListener listener,
            LoadProgress progress)
            throws LlamaException {
        LlamaModel model = LlamaModel.load(library, file, settings.gpuLayers(), progress);
        boolean loaded = false;
        try {
            if (!model.isGenerative()) {
                throw new LlamaException("The model is not made to generate text token by token");
            }
            LoadedModel made = new LoadedModel(
                    name,
                    library,
                    model,
                    Adapters.load(name, model, settings.lora()),
                    cells,
                    size(file),
                    // b4916 mixes the states of several sequences of such a model up.
                    model.isRecurrent() ? settings.withSlots(1) : settings,
                    instances,
                    store,
                    listener);
            if (!progress.goOn(1)) {
                made.close();
                throw new LoadCancelledException("The loading of " + file.getFileName() + " was cancelled");
            }
            loaded = true;
            return made;
        } finally {
            if (!loaded) {
                model.close();
            }
        }
    }

    private static long size(Path file) throws LlamaException {
        try {
            long size = 0;
            for (Path part : GgufFile.files(file)) {
                size += Files.size(part);
            }
            return size;
        } catch (IOException e) {
            throw new LlamaException("The model file " + file + " cannot be read: " + e.getMessage());
        }
    }

    @Override
    public boolean isServing() {
        return instances.areAlive();
    }

    @Override
    public boolean isOwnThread() {
        return instances.isOwnThread();
    }

    /** {@return how many instances there are now} */
    public int instances() {
        return instances.count();
    }

    /** {@return how many requests an instance serves at once: one for a recurrent model, whatever is configured} */
    public int slots() {
        return slots;
    }

    @Override
    public int contextSize() {
        return instances.cells();
    }

    @Override
    public String summary() {
        return contextSize() + " tokens of context, " + slots + " slots"
                + (instances() > 1 ? ", " + instances() + " instances" : "");
    }

    @Override
    public ModelFigures figures() {
        return queue.figures();
    }

    /** {@return what the slots of all instances are doing, in their order} */
    public List<SlotInfo> slotInfos() {
        return queue.slotInfos();
    }

    /** {@return how many tokens one request may have, prompt and completion together} */
    public int sequenceLimit() {
        return sequenceLimit;
    }

    /**
     * Queues a request.
     *
     * @param request the request. In a raw prompt what the model wants before each text is added, and the text of a control token becomes
     *     that token.
     * @param listener hears of the generation
     * @return a handle to cancel it
     * @throws ContextExceededException if the prompt leaves no room for a token
     * @throws InvalidRequestException if the prompt is empty or has tokens that the model does not have, it is a gap that the model cannot
     *     fill, a parameter does not fit the model, or a grammar is wrong
     * @throws IllegalArgumentException if the grammar of the rule has no text that begins with a trigger
     * @throws io.hyperion.api.BusyException if the queue is full
     * @throws ModelUnavailableException if the model is being closed
     */
    public Generation submit(ModelRequest request, GenerateListener listener) {
        GenerateParameters parameters = request.parameters();
        PromptTokens prompt = whileOpen(() -> tokens(request));
        requireFits(prompt.tokens().length);
        EngineOptions options = EngineOptions.of(parameters, queue.slots(), adapters);
        Optional<TextRule> rule =
                request.rule().or(() -> parameters.grammar().map(grammar -> new TextRule(grammar, List.of())));
        return whileOpen(() -> queue.submit(
                new EngineRequest(
                        name,
                        prompt.text(),
                        prompt.tokens(),
                        parameters,
                        options,
                        rule,
                        Pieces.of(model.vocabulary(), request.namedTokens()),
                        request.timeout(),
                        request.caller(),
                        false),
                samplers,
                listener));
    }

    /**
     * Evaluates a prompt, generates nothing, and keeps what was evaluated until the model is closed, for requests that begin like it and have
     * the same LoRA scales. It is kept outside the cache, so it takes no cells from requests; those that begin with all of it never evaluate it
     * again, on any instance, unless their cells are so short that a copy has no room. Waits until that is done; the prompt waits in the
     * queue as any other. Does nothing if all of it is kept already.
     *
     * @param request the prompt, with its scales and limits; how to generate is of no meaning
     * @return how many tokens are kept; 0 for a recurrent model, whose requests share nothing
     * @throws ContextExceededException if the prompt, or all pinned prompts together, have more tokens than the context
     * @throws InvalidRequestException if the prompt is empty or has tokens that the model does not have, or names adapters that it does not have
     * @throws EngineException if it cannot be evaluated or kept
     * @throws io.hyperion.api.BusyException if the queue is full
     * @throws io.hyperion.api.GenerationTimeoutException if it took longer than the request's time-out
     * @throws ModelUnavailableException if the model is being closed, or it waited too long for a slot
     * @throws IllegalStateException if a listener of the model calls it, in the thread that it would wait for
     */
    public int pin(ModelRequest request) {
        requireOtherThread();
        if (whileOpen(model::isRecurrent)) {
            return 0;
        }
        PromptTokens prompt = whileOpen(() -> tokens(request));
        int count = prompt.tokens().length;
        requireFits(count);
        GenerateParameters.Builder parameters = GenerateParameters.builder().maxTokens(0);
        if (request.parameters().has(Parameter.LORA)) {
            parameters.lora(request.parameters().lora());
        }
        GenerateParameters nothing = parameters.build();
        EngineOptions options = EngineOptions.of(nothing, queue.slots(), adapters);
        synchronized (pinning) {
            if (pinned.has(new Realm(options.adapters(), Optional.empty()), prompt.tokens())) {
                return count;
            }
            int before = pinned.tokens();
            if (before + count > contextSize()) {
                throw new ContextExceededException(
                        ErrorCode.CONTEXT_EXCEEDED,
                        "The prompt to keep has " + count + " tokens, but the context of model '" + name + "' holds "
                                + contextSize() + ", and prompts of " + before + " tokens are kept already");
            }
            CompletableFuture<GenerateReply> done = new CompletableFuture<>();
            whileOpen(() -> queue.submit(
                    new EngineRequest(
                            name,
                            prompt.text(),
                            prompt.tokens(),
                            nothing,
                            options,
                            Optional.empty(),
                            Pieces.of(model.vocabulary(), List.of()),
                            request.timeout(),
                            request.caller(),
                            true),
                    samplers,
                    new GenerateListener() {
                        @Override
                        public void onText(String text) {}

                        @Override
                        public void onDone(GenerateReply reply) {
                            done.complete(reply);
                        }

                        @Override
                        public void onError(HyperionException error) {
                            done.completeExceptionally(error);
                        }
                    }));
            try {
                return done.join().promptTokens();
            } catch (CompletionException e) {
                if (e.getCause() instanceof HyperionException error) {
                    throw error;
                }
                throw e;
            }
        }
    }

    private void requireFits(int promptTokens) {
        if (promptTokens >= sequenceLimit) {
            throw new ContextExceededException(
                    ErrorCode.CONTEXT_EXCEEDED,
                    "The prompt has " + promptTokens + " tokens, but the context of model '" + name + "' holds "
                            + sequenceLimit + ", of which at least one is for the completion");
        }
    }

    private PromptTokens tokens(ModelRequest request) {
        return PromptTokens.of(
                request.prompt(),
                model.vocabulary(),
                sequenceLimit,
                request.parameters().maxTokens());
    }

    /**
     * The prompt of a request as the model is given it, and nothing else.
     *
     * @param request the request
     * @return the text: what control tokens stand for is their names
     * @throws HyperionException as {@link #submit} does for the prompt
     */
    public String render(ModelRequest request) {
        return whileOpen(() -> tokens(request)).text();
    }

    @Override
    public Tokenizer tokenizer() {
        return new Tokenizer(name, model.vocabulary());
    }

    /**
     * Saves what a slot's last sequence has in the cache. Waits for the file to be written.
     *
     * @param slot the slot
     * @param fileName the name of the file
     * @return what was saved
     * @throws InvalidRequestException if there is no such slot, it is empty, or the name is not allowed
     * @throws EngineException if the file cannot be written
     * @throws io.hyperion.api.BusyException if live sequences have all that a copy could be made in
     * @throws ModelUnavailableException if the model is being closed
     * @throws IllegalStateException if a listener of the model calls it, in the thread that it would wait for
     */
    public SlotReply saveSlot(int slot, String fileName) {
        BatchLoop loop = loopOf(slot);
        store.requireValid(fileName);
        long begin = System.nanoTime();
        try (SavedSequence sequence = callInLoop(loop, () -> loop.copySlot(slot))) {
            long bytes = store.save(fileName, sequence);
            return new SlotReply(name, slot, fileName, sequence.tokens().length, bytes, since(begin));
        }
    }

    /**
     * Fills the cache with a saved sequence: the next request that begins with its tokens goes on from there.
     *
     * @param slot the slot that it counts for
     * @param fileName the name of the file
     * @return what was restored
     * @throws InvalidRequestException if there is no such slot or file, or the file is damaged or of another model
     * @throws io.hyperion.api.BusyException if live sequences leave no room for it
     * @throws ModelUnavailableException if the model is being closed
     * @throws IllegalStateException if a listener of the model calls it, in the thread that it would wait for
     */
    public SlotReply restoreSlot(int slot, String fileName) {
        BatchLoop loop = loopOf(slot);
        long begin = System.nanoTime();
        int vocabularySize = model.vocabulary().size();
        try (SavedSequence sequence = store.load(fileName, adapters.count(), vocabularySize, sequenceLimit)) {
            callInLoop(loop, () -> {
                loop.restoreSlot(slot, sequence, adapters.scaled(sequence.scales()));
                return slot;
            });
            return new SlotReply(
                    name,
                    slot,
                    fileName,
                    sequence.tokens().length,
                    sequence.state().size(),
                    since(begin));
        }
    }

    /**
     * Forgets what a slot's last sequence has in the cache, as far as no other sequence has it too.
     *
     * @param slot the slot
     * @return how many tokens it had
     * @throws InvalidRequestException if there is no such slot
     * @throws ModelUnavailableException if the model is being closed
     * @throws IllegalStateException if a listener of the model calls it, in the thread that it would wait for
     */
    public int eraseSlot(int slot) {
        BatchLoop loop = loopOf(slot);
        return callInLoop(loop, () -> loop.eraseSlot(slot));
    }

    private BatchLoop loopOf(int slot) {
        return queue.loopOf(slot)
                .orElseThrow(() -> new InvalidRequestException(
                        ErrorCode.OUT_OF_RANGE,
                        "slot",
                        "'slot' must be between 0 and " + (queue.slots() - 1) + ", the last slot of model '" + name
                                + "', but is " + slot));
    }

    private <T> T callInLoop(BatchLoop loop, Supplier<T> work) {
        requireOtherThread();
        return loop.callInLoop(work);
    }

    private void requireOtherThread() {
        if (isOwnThread()) {
            throw new IllegalStateException("A listener cannot wait for the model that calls it");
        }
    }

    private static Duration since(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private <T> T whileOpen(Supplier<T> use) {
        try {
            return use.get();
        } catch (IllegalStateException closed) {
            throw new ModelUnavailableException(
                    ErrorCode.SHUTTING_DOWN, "The model '" + name + "' is being unloaded", closed);
        }
    }

    @Override
    public void close() {
        if (isOwnThread()) {
            throw new IllegalStateException("A listener cannot close the model that calls it");
        }
        instances.close();
        pinned.close();
        model.close();
    }
}
