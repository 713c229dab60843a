package io.hyperion.core.model;

import io.hyperion.api.BusyException;
import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProperties;
import io.hyperion.api.ModelState;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.Prompt;
import io.hyperion.api.RerankReply;
import io.hyperion.api.RerankRequest;
import io.hyperion.api.SlotInfo;
import io.hyperion.api.SlotReply;
import io.hyperion.api.TokenizeReply;
import io.hyperion.api.TokenizeRequest;
import io.hyperion.core.engine.EmbeddingSettings;
import io.hyperion.core.engine.EngineListener;
import io.hyperion.core.engine.EngineThreads;
import io.hyperion.core.engine.InstanceSettings;
import io.hyperion.core.engine.LoadedEmbedder;
import io.hyperion.core.engine.LoadedModel;
import io.hyperion.core.engine.ModelRequest;
import io.hyperion.core.engine.ServedModel;
import io.hyperion.core.engine.Tokenizer;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaLibrary;
import io.hyperion.core.llama.LoadProgress;
import io.hyperion.core.sequence.SequenceStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A model of the catalog: examined at the start, loaded by its first request or by {@link #load()}, kept until {@link #unload()} or until
 * the catalog closes. Safe for use by many threads.
 */
public final class CatalogModel {
    private static final System.Logger LOGGER = System.getLogger(CatalogModel.class.getName());

    private final ModelSettings settings;
    private final SharedLibrary library;
    private final EngineListener listener;

    /** Guards all that follows. */
    private final Object lock = new Object();

    private final List<WaitingForModel> waiting = new ArrayList<>();
    private ModelState state = ModelState.FAILED;
    /** Why it is failed. */
    private Optional<String> reason = Optional.empty();
    /** The files as they were when they were examined last. */
    private List<Optional<FileStamp>> examined = List.of();
    /** What they said; empty if they are not sound. */
    private Optional<ModelFacts> facts = Optional.empty();
    /** There while the state is {@code LOADED} or {@code UNLOADING}; in the latter case perhaps not yet. */
    private Optional<ServedModel> loaded = Optional.empty();

    private Optional<Thread> loader = Optional.empty();
    private ModelFigures past = ModelFigures.NONE;
    private boolean pinned;
    private boolean closed;

    /** Held by who unloads it, so that others who want that wait for the end of it. Taken before {@link #lock}, never after. */
    private final Object unloading = new Object();

    CatalogModel(ModelSettings settings, SharedLibrary library, EngineListener listener) {
        this.settings = settings;
        this.library = library;
        this.listener = listener;
        synchronized (lock) {
            examine();
        }
    }

    /** {@return its name} */
    public String name() {
        return settings.name();
    }

    void preload() {
        synchronized (lock) {
            if (settings.life().preload() && state == ModelState.READY) {
                startLoading();
            }
        }
    }

    ModelInfo info(boolean isDefault) {
        synchronized (lock) {
            Optional<ServedModel> serving = serving();
            return new ModelInfo(
                    name(),
                    isDefault,
                    state,
                    reason,
                    serving.map(ServedModel::contextSize)
                            .or(() -> facts.map(ModelFacts::cells))
                            .orElse(0),
                    serving.flatMap(CatalogModel::ifGenerating)
                            .map(LoadedModel::slots)
                            .orElse(settings.engine().slots()),
                    settings.path().map(Path::getFileName).map(Path::toString),
                    facts.map(ModelFacts::details),
                    settings.description(),
                    new ModelInfo.Life(
                            serving.isPresent() ? 1 : 0,
                            settings.life().minInstances(),
                            settings.life().maxInstances(),
                            settings.life().idleTimeout(),
                            pinned,
                            waiting.size(),
                            Optional.empty()),
                    Optional.empty(),
                    Optional.empty(),
                    settings.defaults());
        }
    }

    /**
     * {@return what is set for it and what its file says}
     *
     * @throws HyperionException if it cannot be served
     */
    public ModelProperties properties() {
        synchronized (lock) {
            ModelFacts known = requireServing();
            ModelInfo info = info(false);
            return new ModelProperties(
                    name(),
                    settings.path().orElseThrow().getFileName().toString(),
                    "llama.cpp " + LlamaLibrary.VERSION,
                    info.contextSize(),
                    Math.min(info.contextSize(), known.details().trainedContextLength()),
                    info.slots(),
                    known.template(),
                    known.beginToken(),
                    known.endToken(),
                    known.embedding().map(setup -> setup.pooling().toString()),
                    settings.defaults());
        }
    }

    /**
     * Begins a generation; loads the model first if need be, in the background.
     *
     * @param request what to generate
     * @param listener hears of it
     * @return a handle to cancel it
     * @throws HyperionException if the request is refused; the listener then hears nothing
     */
    public Generation submit(GenerateRequest request, GenerateListener listener) {
        RequestPreparation preparing;
        synchronized (lock) {
            preparing = requireGenerating().preparation();
        }
        // Not under the lock: long prompts and large schemas take a while.
        RequestPreparation.Prepared prepared = preparing.prepare(request);
        GenerateListener reading = prepared.reading(listener);
        LoadedModel ready;
        synchronized (lock) {
            requireGenerating();
            if (serving().isEmpty()) {
                WaitingGeneration generation = new WaitingGeneration(name(), prepared.request(), reading);
                requireRoomToWait(settings.engine().slots());
                waitForModel(generation);
                return generation;
            }
            ready = generating(name(), serving().get());
        }
        return ready.submit(prepared.request(), reading);
    }

    /**
     * Renders the prompt of a request, and does nothing else. For one of tokens, or with a gap, it loads the model first if need be, and
     * waits for that.
     *
     * @param request the request
     * @return the prompt
     * @throws HyperionException if it does not fit the model or its template, or the model cannot be loaded
     */
    public String render(GenerateRequest request) {
        RequestPreparation preparing;
        synchronized (lock) {
            preparing = requireServing().preparation();
        }
        Prompt prompt = preparing.prompt(request);
        return prompt instanceof Prompt.Raw raw
                ? raw.text()
                : awaitLoaded()
                        .render(new ModelRequest(prompt, request.parameters().orElse(settings.defaults())));
    }

    /**
     * Turns text into tokens; loads the model first if need be, and waits for that.
     *
     * @param request the text
     * @return the tokens
     * @throws HyperionException if the model cannot be loaded, or the thread was interrupted
     */
    public TokenizeReply tokenize(TokenizeRequest request) {
        return awaitTokenizer().tokenize(request);
    }

    /**
     * Turns tokens into text; loads the model first if need be, and waits for that.
     *
     * @param request the tokens
     * @return the text
     * @throws HyperionException if the model has no such token or cannot be loaded, or the thread was interrupted
     */
    public String detokenize(DetokenizeRequest request) {
        return awaitTokenizer().detokenize(request);
    }

    /**
     * Saves what a slot's last sequence has in the cache, as {@link LoadedModel#saveSlot}; loads the model first if need be.
     *
     * @param slot the slot
     * @param fileName the name of the file
     * @return what was saved
     */
    public SlotReply saveSlot(int slot, String fileName) {
        return awaitLoaded().saveSlot(slot, fileName);
    }

    /**
     * Fills the cache with a saved sequence, as {@link LoadedModel#restoreSlot}; loads the model first if need be.
     *
     * @param slot the slot that it counts for
     * @param fileName the name of the file
     * @return what was restored
     */
    public SlotReply restoreSlot(int slot, String fileName) {
        return awaitLoaded().restoreSlot(slot, fileName);
    }

    /**
     * Forgets what a slot's last sequence has in the cache, as {@link LoadedModel#eraseSlot}; loads the model first if need be.
     *
     * @param slot the slot
     * @return how many tokens it had
     */
    public int eraseSlot(int slot) {
        return awaitLoaded().eraseSlot(slot);
    }

    /** {@return what its slots are doing; none if it does not generate text, or cannot be loaded} */
    public List<SlotInfo> slots() {
        synchronized (lock) {
            Optional<LoadedModel> generating = serving().flatMap(CatalogModel::ifGenerating);
            if (generating.isPresent()) {
                return generating.get().slotInfos();
            }
            boolean generates = state != ModelState.FAILED
                    && facts.filter(ModelFacts::makesVectors).isEmpty();
            return IntStream.range(0, generates ? settings.engine().slots() : 0)
                    .mapToObj(slot -> new SlotInfo(slot, Optional.empty()))
                    .toList();
        }
    }

    private Tokenizer awaitTokenizer() {
        synchronized (lock) {
            requireServing();
            requireRoomToWait(settings.engine().slots());
        }
        return await(ServedModel::tokenizer);
    }

    private LoadedModel awaitLoaded() {
        synchronized (lock) {
            requireGenerating();
            requireRoomToWait(settings.engine().slots());
        }
        return await(served -> generating(name(), served));
    }

    /**
     * Loads the model, if it is not loaded, and waits for that. Of files that are others by now than when they were examined the new ones
     * are examined and loaded.
     *
     * <p>A model that could not be loaded before is tried again.
     *
     * @throws ModelUnavailableException if it cannot be loaded, with the reason, or it is unloaded or closed before it is loaded
     * @throws io.hyperion.api.GenerationCancelledException if the thread was interrupted while it waited; its interrupt status is set
     *     again, and the loading goes on
     * @throws IllegalStateException if a listener of the model calls it, in the thread that it would wait for
     */
    public void load() {
        synchronized (lock) {
            if (state == ModelState.FAILED && facts.isPresent()) {
                noteFreed();
            }
        }
        await(Function.identity());
    }

    void pin(boolean truth) {
        synchronized (lock) {
            pinned = truth;
        }
    }

    private <T> T await(Function<ServedModel, T> wanted) {
        WaitingCaller<T> caller = new WaitingCaller<>(wanted);
        synchronized (lock) {
            requireServing();
            if (serving().isPresent()) {
                return wanted.apply(serving().get());
            }
            requireOtherThread();
            waitForModel(caller);
        }
        try {
            return caller.await();
        } finally {
            synchronized (lock) {
                waiting.remove(caller);
            }
        }
    }

    private void waitForModel(WaitingForModel one) {
        if (state == ModelState.READY) {
            startLoading();
        }
        waiting.add(one);
    }

    /**
     * Makes vectors of texts; loads the model first if need be, in the background.
     *
     * @param request the texts
     * @return completes with the vectors, or with a {@link HyperionException}; cancelling it cancels the request
     * @throws HyperionException if the request is refused
     */
    public CompletableFuture<EmbeddingReply> embed(EmbeddingRequest request) {
        CompletableFuture<EmbeddingReply> reply = new CompletableFuture<>();
        long arrived = System.nanoTime();
        submit(new WaitingEmbedding(name(), false, model -> model.embed(request, arrived, reply), reply));
        return reply;
    }

    /**
     * Scores documents; loads the model first if need be, in the background.
     *
     * @param request the query and the documents
     * @return completes with the scores, or with a {@link HyperionException}; cancelling it cancels the request
     * @throws HyperionException if the request is refused
     */
    public CompletableFuture<RerankReply> rerank(RerankRequest request) {
        CompletableFuture<RerankReply> reply = new CompletableFuture<>();
        long arrived = System.nanoTime();
        submit(new WaitingEmbedding(name(), true, model -> model.rerank(request, arrived, reply), reply));
        return reply;
    }

    private void submit(WaitingEmbedding request) {
        ServedModel ready;
        synchronized (lock) {
            request.requireFits(requireServing().embedding().map(EmbeddingSettings::pooling));
            if (serving().isEmpty()) {
                requireRoomToWait(1);
                waitForModel(request);
                return;
            }
            ready = serving().get();
        }
        request.submit(ready);
    }

    private ModelFacts requireGenerating() {
        ModelFacts known = requireServing();
        if (known.makesVectors()) {
            throw doesNotGenerate(name());
        }
        return known;
    }

    /**
     * A model as one that generates text.
     *
     * @throws InvalidRequestException if it does not
     */
    static LoadedModel generating(String name, ServedModel served) {
        return ifGenerating(served).orElseThrow(() -> doesNotGenerate(name));
    }

    private static Optional<LoadedModel> ifGenerating(ServedModel served) {
        return served instanceof LoadedModel generating ? Optional.of(generating) : Optional.empty();
    }

    private static InvalidRequestException doesNotGenerate(String name) {
        return new InvalidRequestException(
                ErrorCode.NOT_SUPPORTED,
                "model",
                "The model '" + name + "' is set up for embeddings or reranking and does not generate text");
    }

    /** Those that will be served at once when the model is loaded do not count as waiting. */
    private void requireRoomToWait(int atOnce) {
        int count = waiting.size();
        if (count >= settings.engine().queueCapacity() + atOnce) {
            throw new BusyException(
                    ErrorCode.QUEUE_FULL,
                    "The model '" + name() + "' is being loaded, and its queue is full: " + count
                            + " requests are waiting",
                    Duration.ofSeconds(1));
        }
    }

    private ModelFacts requireServing() {
        if (closed) {
            throw shuttingDown();
        }
        if (serving().isPresent() && !serving().get().isServing()) {
            // Its loop failed, for want of heap perhaps: what it left is freed, and this request loads it anew.
            loaded.get().close();
            noteFreed();
        }
        if (state == ModelState.FAILED) {
            // Somebody may have put the right file there.
            examineIfChanged();
        }
        if (state == ModelState.FAILED) {
            throw cannotBeServed();
        }
        return facts.orElseThrow();
    }

    private ModelUnavailableException cannotBeServed() {
        return new ModelUnavailableException(
                ErrorCode.MODEL_FAILED,
                "The model '" + name() + "' cannot be served: " + reason.orElse("for an unknown reason"));
    }

    private Optional<ServedModel> serving() {
        return state == ModelState.LOADED ? loaded : Optional.empty();
    }

    /**
     * Sees that the thread may wait for the model.
     *
     * @throws IllegalStateException if it is the model's own, in which a listener is called: it would wait for ever
     */
    public void requireOtherThread() {
        synchronized (lock) {
            if (loaded.filter(ServedModel::isOwnThread).isPresent()) {
                throw new IllegalStateException("A listener cannot wait for the model that calls it");
            }
        }
    }

    private ModelUnavailableException shuttingDown() {
        return new ModelUnavailableException(ErrorCode.SHUTTING_DOWN, "The model '" + name() + "' is being unloaded");
    }

    private void examineIfChanged() {
        if (!examined.equals(FileStamp.of(settings))) {
            examine();
        }
    }

    /** Reads the headers of the files: the state is {@code READY} or {@code FAILED} afterwards. */
    private void examine() {
        state = ModelState.FAILED;
        facts = Optional.empty();
        examined = FileStamp.of(settings);
        reason = settings.problem();
        if (reason.isPresent()) {
            LOGGER.log(System.Logger.Level.ERROR, reason.get());
            return;
        }
        try {
            facts = Optional.of(readFacts());
            state = ModelState.READY;
        } catch (IOException e) {
            fail(e.getMessage(), e);
        }
    }

    /** An interrupt closes the file that the thread reads, and says nothing of the file: it is there again afterwards. */
    private ModelFacts readFacts() throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return ModelFacts.read(settings);
                } catch (IOException e) {
                    if (!Thread.interrupted()) {
                        throw e;
                    }
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void fail(String why, Throwable cause) {
        state = ModelState.FAILED;
        reason = Optional.of(why);
        LOGGER.log(System.Logger.Level.ERROR, "The model '" + name() + "' cannot be served: " + why);
        LOGGER.log(System.Logger.Level.DEBUG, "The model '" + name() + "' failed", cause);
    }

    private void startLoading() {
        Thread thread = EngineThreads.create(this::loadInBackground, "hyperion-load-" + name());
        thread.start();
        loader = Optional.of(thread);
        state = ModelState.LOADING;
    }

    /** What was found sound at the start may be another file by now: nothing unchecked may reach llama.cpp. */
    private ModelFacts examineAgain() throws LlamaException {
        synchronized (lock) {
            ModelState before = state;
            examineIfChanged();
            state = before;
            return facts.orElseThrow(() -> new LlamaException(reason.orElse("")));
        }
    }

    private ServedModel load(ModelFacts sound) throws LlamaException {
        Path path = settings.path().orElseThrow();
        if (sound.embedding().isPresent()) {
            return LoadedEmbedder.load(
                    library.get(), name(), path, sound.embedding().get(), listener, LoadProgress.NONE);
        }
        SequenceStore store = new SequenceStore(name(), settings.slotSavePath(), sound.fingerprint());
        return LoadedModel.load(
                library.get(),
                name(),
                path,
                sound.cells(),
                settings.engine(),
                InstanceSettings.ONE,
                store,
                listener,
                LoadProgress.NONE);
    }

    private void loadInBackground() {
        Optional<ServedModel> model = Optional.empty();
        Optional<Throwable> failure = Optional.empty();
        long begin = System.nanoTime();
        try {
            model = Optional.of(load(examineAgain()));
        } catch (LlamaException | RuntimeException | Error e) {
            // Errors too, such as those of linking or for want of heap: else those who wait would wait for ever.
            failure = Optional.of(e);
        }
        List<WaitingForModel> told;
        Optional<HyperionException> refusal = Optional.empty();
        synchronized (lock) {
            boolean unwanted = state == ModelState.UNLOADING;
            loader = Optional.empty();
            loaded = model;
            if (failure.isPresent()) {
                fail(reasonOf(failure.get()), failure.get());
                refusal = Optional.of(cannotBeServed());
            } else {
                state = ModelState.LOADED;
                logLoaded(model.get(), begin);
            }
            if (unwanted) {
                // Those who wait now came later: they get what is loaded next.
                state = ModelState.UNLOADING;
                return;
            }
            told = takeWaiting();
        }
        for (WaitingForModel one : told) {
            if (refusal.isPresent()) {
                one.fail(refusal.get());
            } else {
                one.begin(model.get());
            }
        }
    }

    private List<WaitingForModel> takeWaiting() {
        List<WaitingForModel> taken = List.copyOf(waiting);
        waiting.clear();
        return taken;
    }

    private void logLoaded(ServedModel model, long begin) {
        LOGGER.log(
                System.Logger.Level.INFO,
                "Loaded model ''{0}'' in {1} ms: {2}, {3} threads",
                name(),
                (System.nanoTime() - begin) / 1_000_000,
                model.summary(),
                settings.engine().threads());
    }

    /** What llama.cpp's binding says is written for the caller; of anything else the kind is worth knowing. */
    private static String reasonOf(Throwable failure) {
        return failure instanceof LlamaException ? failure.getMessage() : failure.toString();
    }

    /**
     * Unloads the model, and waits for that; one that is being loaded is loaded to its end before. All requests that were made until now,
     * and those who wait for the model, fail with {@link ErrorCode#SHUTTING_DOWN}. What is asked of it from now on waits until its memory
     * is free, and then loads it anew. The files are examined anew if they have changed. A model that could not be loaded is tried again
     * by the next request.
     *
     * @throws IllegalStateException if a listener of the model calls it, in the thread that it would wait for
     */
    public void unload() {
        unload(false);
    }

    /** Unloads the model and lets nobody load it again. Does nothing if that is done already. */
    void close() {
        unload(true);
    }

    private void unload(boolean forGood) {
        List<WaitingForModel> abandoned;
        synchronized (lock) {
            requireOtherThread();
            closed |= forGood;
            abandoned = takeWaiting();
            pinned = false;
            state = ModelState.UNLOADING;
        }
        abandoned.forEach(one -> one.fail(shuttingDown()));
        Runnable afterwards;
        synchronized (unloading) {
            Optional<Thread> loading;
            synchronized (lock) {
                if (state != ModelState.UNLOADING) {
                    // Somebody else has unloaded it in the meantime.
                    return;
                }
                loading = loader;
            }
            loading.ifPresent(EngineThreads::join);
            Optional<ServedModel> unloaded;
            synchronized (lock) {
                unloaded = loaded;
            }
            try {
                unloaded.ifPresent(ServedModel::close);
            } finally {
                afterwards = endUnloading();
            }
        }
        afterwards.run();
    }

    /** {@return tells those who wait for the model that it cannot be loaded anew, if that is so; not for under a lock} */
    private Runnable endUnloading() {
        synchronized (lock) {
            noteFreed();
            if (state == ModelState.FAILED) {
                ModelUnavailableException refusal = cannotBeServed();
                List<WaitingForModel> refused = takeWaiting();
                return () -> refused.forEach(one -> one.fail(refusal));
            }
            if (!waiting.isEmpty()) {
                startLoading();
            }
            return () -> {};
        }
    }

    /** What was in memory is closed: the state is {@code READY} or {@code FAILED} afterwards. */
    private void noteFreed() {
        if (loaded.isPresent()) {
            past = past.plus(loaded.get().figures().past());
            LOGGER.log(System.Logger.Level.INFO, "Unloaded model ''{0}''", name());
        }
        loaded = Optional.empty();
        if (facts.isPresent()) {
            state = ModelState.READY;
            reason = Optional.empty();
        } else {
            state = ModelState.FAILED;
        }
        if (!closed) {
            examineIfChanged();
        }
    }

    /** {@return what the model did since the catalog was made, and what it does now} */
    public ModelFigures figures() {
        synchronized (lock) {
            return past.plus(loaded.map(ServedModel::figures).orElse(ModelFigures.NONE));
        }
    }

    /** {@return whether it is in memory and takes requests at once} */
    public boolean isServing() {
        synchronized (lock) {
            return serving().filter(ServedModel::isServing).isPresent();
        }
    }
}
