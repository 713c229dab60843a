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
import io.hyperion.core.engine.LoadedEmbedder;
import io.hyperion.core.engine.LoadedModel;
import io.hyperion.core.engine.LoraSettings;
import io.hyperion.core.engine.ModelRequest;
import io.hyperion.core.engine.Tokenizer;
import io.hyperion.core.gguf.GgufException;
import io.hyperion.core.gguf.GgufFile;
import io.hyperion.core.gguf.GgufFingerprint;
import io.hyperion.core.gguf.LoraFileValidator;
import io.hyperion.core.gguf.ModelFileValidator;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaLibrary;
import io.hyperion.core.sequence.SequenceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A model of the catalog: examined at the start, loaded by its first request, kept until the catalog closes. */
public final class CatalogModel {
    private static final System.Logger LOGGER = System.getLogger(CatalogModel.class.getName());

    private final ModelSettings settings;
    private final SharedLibrary library;
    private final EngineListener listener;

    /** Guards all that follows. */
    private final Object lock = new Object();

    private final List<WaitingForModel> waiting = new ArrayList<>();
    private final List<WaitingEmbedding> waitingEmbeddings = new ArrayList<>();
    private ModelState state = ModelState.READY;
    private Optional<String> reason = Optional.empty();
    private List<Optional<FileStamp>> examined = List.of();
    private Optional<ModelInfo.Details> details = Optional.empty();
    private Optional<String> ownTemplate = Optional.empty();
    private String beginToken = "";
    private String endToken = "";
    private int cells;
    private Optional<GgufFingerprint> fingerprint = Optional.empty();
    private RequestPreparation preparation;
    private Optional<LoadedModel> loaded = Optional.empty();
    private ModelFigures past = ModelFigures.NONE;
    /** How it is loaded to make vectors of texts; empty if it generates text. */
    private Optional<EmbeddingSettings> embedding = Optional.empty();

    private Optional<LoadedEmbedder> embedder = Optional.empty();
    private Optional<Thread> loader = Optional.empty();
    private boolean closed;

    CatalogModel(ModelSettings settings, SharedLibrary library, EngineListener listener) {
        this.settings = settings;
        this.library = library;
        this.listener = listener;
        this.preparation = new RequestPreparation(ChatTemplates.NONE, settings.defaults());
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
            if (settings.preload() && state == ModelState.READY) {
                startLoading();
            }
        }
    }

    ModelInfo info(boolean isDefault) {
        synchronized (lock) {
            int contextSize = loaded.map(LoadedModel::contextSize)
                    .or(() -> embedder.map(LoadedEmbedder::maxTokens))
                    .orElse(cells);
            return new ModelInfo(
                    name(),
                    isDefault,
                    state,
                    reason,
                    contextSize,
                    loaded.map(LoadedModel::slots).orElse(settings.engine().slots()),
                    settings.path().map(Path::getFileName).map(Path::toString),
                    details);
        }
    }

    /**
     * {@return what is set for it and what its file says}
     *
     * @throws HyperionException if it cannot be served
     */
    public ModelProperties properties() {
        synchronized (lock) {
            requireServing();
            ModelInfo info = info(false);
            return new ModelProperties(
                    name(),
                    settings.path().orElseThrow().getFileName().toString(),
                    "llama.cpp " + LlamaLibrary.VERSION,
                    info.contextSize(),
                    Math.min(info.contextSize(), details.orElseThrow().trainedContextLength()),
                    info.slots(),
                    ownTemplate,
                    beginToken,
                    endToken,
                    embedding.map(setup -> setup.pooling().toString()),
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
            requireServing();
            if (embedding.isPresent()) {
                throw doesNotGenerate();
            }
            preparing = preparation;
        }
        // Not under the lock: long prompts and large schemas take a while.
        RequestPreparation.Prepared prepared = preparing.prepare(request);
        GenerateListener reading = prepared.reading(listener);
        LoadedModel ready;
        synchronized (lock) {
            requireServing();
            if (embedding.isPresent()) {
                throw doesNotGenerate();
            }
            if (loaded.isEmpty()) {
                WaitingGeneration generation = new WaitingGeneration(name(), prepared.request(), reading);
                waitForModel(generation);
                return generation;
            }
            ready = loaded.get();
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
            requireServing();
            preparing = preparation;
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
            if (loaded.isPresent()) {
                return loaded.get().slotInfos();
            }
            int slots = embedding.isPresent() || state == ModelState.FAILED
                    ? 0
                    : settings.engine().slots();
            return IntStream.range(0, slots)
                    .mapToObj(slot -> new SlotInfo(slot, Optional.empty()))
                    .toList();
        }
    }

    private Tokenizer awaitTokenizer() {
        WaitingCaller<Tokenizer> caller =
                new WaitingCaller<>(LoadedModel::tokenizer, Optional.of(LoadedEmbedder::tokenizer));
        synchronized (lock) {
            requireServing();
            Optional<Tokenizer> ready =
                    loaded.map(LoadedModel::tokenizer).or(() -> embedder.map(LoadedEmbedder::tokenizer));
            if (ready.isPresent()) {
                return ready.get();
            }
            waitForModel(caller);
        }
        return caller.await();
    }

    private LoadedModel awaitLoaded() {
        WaitingCaller<LoadedModel> caller = new WaitingCaller<>(Function.identity(), Optional.empty());
        synchronized (lock) {
            requireServing();
            if (embedding.isPresent()) {
                throw doesNotGenerate();
            }
            if (loaded.isPresent()) {
                return loaded.get();
            }
            waitForModel(caller);
        }
        return caller.await();
    }

    private void waitForModel(WaitingForModel one) {
        requireRoomToWait(settings.engine().slots());
        waiting.add(one);
        if (state == ModelState.READY) {
            startLoading();
        }
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
        LoadedEmbedder ready;
        synchronized (lock) {
            requireServing();
            request.requireFits(embedding.map(EmbeddingSettings::pooling));
            if (embedder.isEmpty()) {
                requireRoomToWait(1);
                waitingEmbeddings.add(request);
                if (state == ModelState.READY) {
                    startLoading();
                }
                return;
            }
            ready = embedder.get();
        }
        request.submit(ready);
    }

    private InvalidRequestException doesNotGenerate() {
        return new InvalidRequestException(
                ErrorCode.NOT_SUPPORTED,
                "model",
                "The model '" + name() + "' is set up for embeddings or reranking and does not generate text");
    }

    /** Those that will be served at once when the model is loaded do not count as waiting. */
    private void requireRoomToWait(int atOnce) {
        int count = waiting.size() + waitingEmbeddings.size();
        if (count >= settings.engine().queueCapacity() + atOnce) {
            throw new BusyException(
                    ErrorCode.QUEUE_FULL,
                    "The model '" + name() + "' is being loaded, and its queue is full: " + count
                            + " requests are waiting",
                    Duration.ofSeconds(1));
        }
    }

    private void requireServing() {
        if (closed) {
            throw shuttingDown();
        }
        if (loaded.isPresent() && !loaded.get().isServing()) {
            // Its batch loop failed, for want of heap perhaps: what it left is freed, and this request loads it anew.
            unload(loaded.get());
            loaded = Optional.empty();
            state = ModelState.READY;
        }
        if (embedder.isPresent() && !embedder.get().isServing()) {
            unload(embedder.get());
            embedder = Optional.empty();
            state = ModelState.READY;
        }
        if (state == ModelState.FAILED && !examined.equals(stamps())) {
            // Somebody may have put the right file there.
            examine();
        }
        if (state == ModelState.FAILED) {
            throw new ModelUnavailableException(
                    ErrorCode.MODEL_FAILED,
                    "The model '" + name() + "' cannot be served: " + reason.orElse("for an unknown reason"));
        }
    }

    private ModelUnavailableException shuttingDown() {
        return new ModelUnavailableException(ErrorCode.SHUTTING_DOWN, "The model '" + name() + "' is being unloaded");
    }

    /** Reads the header of the file: the state is {@code READY} or {@code FAILED} afterwards. */
    private void examine() {
        state = ModelState.FAILED;
        reason = settings.problem();
        if (reason.isPresent()) {
            LOGGER.log(System.Logger.Level.ERROR, reason.get());
            return;
        }
        Path path = settings.path().orElseThrow();
        examined = stamps();
        try {
            GgufFile file = GgufFile.read(path);
            ModelFileValidator.validate(file);
            fingerprint = Optional.of(examineAdapters(file));
            embedding = EmbeddingSetup.of(settings, file);
            int largest = embedding.isPresent() ? file.largestCache() : file.largestContext();
            cells = embedding.isPresent()
                    ? embedding.get().batchSize()
                    : settings.engine().cells(file.trainedContextLength(), largest);
            if (cells > largest) {
                throw new IOException("a context of " + cells + " tokens is configured, but the model can have "
                        + largest + " at most");
            }
            details = Optional.of(new ModelInfo.Details(
                    file.architecture(),
                    file.title(),
                    file.quantization(),
                    file.parameterCount(),
                    file.trainedContextLength(),
                    file.vocabularySize(),
                    file.fileSize(),
                    file.chatTemplate().isPresent()));
            ownTemplate = file.chatTemplate();
            beginToken = file.bosText().orElse("");
            endToken = file.eosText().orElse("");
            preparation =
                    new RequestPreparation(ChatTemplates.of(name(), settings.template(), file), settings.defaults());
            state = ModelState.READY;
            reason = Optional.empty();
        } catch (NoSuchFileException e) {
            fail("There is no file " + path, e);
        } catch (GgufException e) {
            fail(e.getMessage(), e);
        } catch (IOException e) {
            fail("The file " + path + " cannot be served: " + e.getMessage(), e);
        }
    }

    private GgufFingerprint examineAdapters(GgufFile base) throws IOException {
        try {
            List<GgufFile> adapters = new ArrayList<>();
            for (LoraSettings lora : settings.engine().lora()) {
                adapters.add(GgufFile.read(lora.path()));
            }
            LoraFileValidator.validate(adapters, base);
            List<GgufFile> all = new ArrayList<>(List.of(base));
            all.addAll(adapters);
            return GgufFingerprint.of(all);
        } catch (NoSuchFileException e) {
            throw new IOException(loraKey() + ": there is no file " + e.getFile(), e);
        } catch (IOException e) {
            throw new IOException(loraKey() + ": " + e.getMessage(), e);
        }
    }

    private String loraKey() {
        return ModelSettings.key(name(), "lora");
    }

    private List<Optional<FileStamp>> stamps() {
        return Stream.concat(
                        settings.path().stream(),
                        settings.engine().lora().stream().map(LoraSettings::path))
                .map(FileStamp::of)
                .toList();
    }

    private void fail(String why, Throwable cause) {
        state = ModelState.FAILED;
        reason = Optional.of(why);
        LOGGER.log(System.Logger.Level.ERROR, "The model '" + name() + "' cannot be served: " + why);
        LOGGER.log(System.Logger.Level.DEBUG, "The model '" + name() + "' failed", cause);
    }

    private void startLoading() {
        state = ModelState.LOADING;
        Thread thread = new Thread(this::load, "hyperion-load-" + name());
        thread.setContextClassLoader(CatalogModel.class.getClassLoader());
        thread.setDaemon(true);
        loader = Optional.of(thread);
        thread.start();
    }

    /** What was found sound at the start may be another file by now: nothing unchecked may reach llama.cpp. */
    private Plan examineAgain() throws LlamaException {
        synchronized (lock) {
            if (!examined.equals(stamps())) {
                examine();
                if (state == ModelState.FAILED) {
                    throw new LlamaException(reason.orElse(""));
                }
                state = ModelState.LOADING;
            }
            return new Plan(cells, embedding);
        }
    }

    private SequenceStore store() {
        synchronized (lock) {
            return new SequenceStore(name(), settings.slotSavePath(), fingerprint.orElseThrow());
        }
    }

    private void load() {
        Optional<LoadedModel> model = Optional.empty();
        Optional<LoadedEmbedder> vectors = Optional.empty();
        Optional<Throwable> failure = Optional.empty();
        long begin = System.nanoTime();
        try {
            Plan plan = examineAgain();
            Path path = settings.path().orElseThrow();
            if (plan.embedding().isPresent()) {
                vectors = Optional.of(LoadedEmbedder.load(
                        library.get(), name(), path, plan.embedding().get(), listener));
            } else {
                model = Optional.of(LoadedModel.load(
                        library.get(), name(), path, plan.cells(), settings.engine(), store(), listener));
            }
        } catch (LlamaException | RuntimeException | Error e) {
            // Errors too, such as those of linking or for want of heap: else those who wait would wait for ever.
            failure = Optional.of(e);
        }
        String why = failure.map(CatalogModel::reasonOf).orElse("");
        List<WaitingForModel> others;
        List<WaitingEmbedding> embeddings;
        synchronized (lock) {
            if (failure.isEmpty()) {
                state = ModelState.LOADED;
                loaded = model;
                embedder = vectors;
                logLoaded(begin);
            } else {
                fail(why, failure.get());
            }
            others = List.copyOf(waiting);
            waiting.clear();
            embeddings = List.copyOf(waitingEmbeddings);
            waitingEmbeddings.clear();
            loader = Optional.empty();
        }
        // Without a failure, the file has become one of the other kind since these requests came.
        HyperionException refusal = failure.isEmpty()
                ? doesNotGenerate()
                : new ModelUnavailableException(
                        ErrorCode.MODEL_FAILED, "The model '" + name() + "' cannot be served: " + why, failure.get());
        for (WaitingForModel one : others) {
            if (model.isPresent()) {
                one.begin(model.get());
            } else if (vectors.isPresent()) {
                one.begin(vectors.get(), refusal);
            } else {
                one.fail(refusal);
            }
        }
        for (WaitingEmbedding embedding : embeddings) {
            if (failure.isPresent()) {
                embedding.fail(refusal);
            } else {
                embedding.begin(vectors);
            }
        }
    }

    private void logLoaded(long begin) {
        long milliseconds = (System.nanoTime() - begin) / 1_000_000;
        loaded.ifPresent(model -> LOGGER.log(
                System.Logger.Level.INFO,
                "Loaded model ''{0}'' in {1} ms: {2} tokens of context, {3} slots, {4} threads",
                name(),
                milliseconds,
                model.contextSize(),
                settings.engine().slots(),
                settings.engine().threads()));
        embedder.ifPresent(model -> LOGGER.log(
                System.Logger.Level.INFO,
                "Loaded model ''{0}'' in {1} ms: vectors of {2} numbers for texts of up to {3} tokens, {4} threads",
                name(),
                milliseconds,
                model.dimension(),
                model.maxTokens(),
                settings.engine().threads()));
    }

    /** What llama.cpp's binding says is written for the caller; of anything else the kind is worth knowing. */
    private static String reasonOf(Throwable failure) {
        return failure instanceof LlamaException ? failure.getMessage() : failure.toString();
    }

    void close() {
        Optional<Thread> loading;
        synchronized (lock) {
            closed = true;
            loading = loader;
        }
        boolean interrupted = false;
        while (loading.isPresent() && loading.get().isAlive()) {
            try {
                loading.get().join();
            } catch (InterruptedException e) {
                // The native memory of a half loaded model can be freed by nobody but its loader.
                interrupted = true;
            }
        }
        Optional<LoadedModel> unloaded;
        Optional<LoadedEmbedder> unloadedEmbedder;
        synchronized (lock) {
            unloaded = loaded;
            loaded = Optional.empty();
            unloadedEmbedder = embedder;
            embedder = Optional.empty();
            if (state == ModelState.LOADED) {
                state = ModelState.READY;
            }
        }
        unloaded.ifPresent(this::unload);
        unloadedEmbedder.ifPresent(this::unload);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void unload(LoadedModel model) {
        model.close();
        addPast(model.figures());
    }

    private void unload(LoadedEmbedder model) {
        model.close();
        addPast(model.figures());
    }

    private void addPast(ModelFigures figures) {
        synchronized (lock) {
            past = past.plus(figures.past());
        }
    }

    /** {@return what the model did since the catalog was made, and what it does now} */
    public ModelFigures figures() {
        synchronized (lock) {
            ModelFigures generating = loaded.map(LoadedModel::figures).orElse(ModelFigures.NONE);
            ModelFigures embedding = embedder.map(LoadedEmbedder::figures).orElse(ModelFigures.NONE);
            return past.plus(generating).plus(embedding);
        }
    }

    /** What loading takes from the examination. */
    private record Plan(int cells, Optional<EmbeddingSettings> embedding) {}

    /** What tells whether a file is another one than before. */
    private record FileStamp(long size, FileTime modified) {
        static Optional<FileStamp> of(Path path) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
                return Optional.of(new FileStamp(attributes.size(), attributes.lastModifiedTime()));
            } catch (IOException e) {
                // A file that is not there has no stamp; why it cannot be read is found out when it is examined.
                return Optional.empty();
            }
        }
    }
}
