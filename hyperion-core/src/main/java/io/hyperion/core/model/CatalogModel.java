package io.hyperion.core.model;

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
import io.hyperion.api.ModelProgress;
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
import io.hyperion.core.engine.LoadedEmbedder;
import io.hyperion.core.engine.LoadedModel;
import io.hyperion.core.engine.ModelRequest;
import io.hyperion.core.engine.ServedModel;
import io.hyperion.core.engine.Tokenizer;
import io.hyperion.core.llama.LlamaLibrary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A model of the catalog: its first request brings it into memory, from wherever its file comes, and it is kept there for as long as its
 * settings say. Safe for use by many threads.
 */
public final class CatalogModel {
    private final ModelSettings settings;
    private final CatalogServices services;
    private final ModelLife life;

    /**
     * @param before completes when the memory of the model is free that had the name before
     */
    CatalogModel(ModelSettings settings, CatalogServices services, CompletableFuture<Void> before) {
        this.settings = settings;
        this.services = services;
        this.life = new ModelLife(settings, services, before);
    }

    /** {@return its name} */
    public String name() {
        return settings.name();
    }

    ModelSettings settings() {
        return settings;
    }

    ModelLife life() {
        return life;
    }

    /** Begins to bring it into memory, if that is configured and it can be served. */
    void preload() {
        if (life.isReady() && (settings.life().preload() || settings.life().minInstances() > 0)) {
            bring(new WaitingAdministrator(name(), WaitingForModel.Goal.MEMORY));
        }
    }

    ModelInfo info(boolean isDefault) {
        ModelView view = life.view();
        return new ModelInfo(
                name(),
                isDefault,
                view.state(),
                view.reason(),
                view.loaded()
                        .map(ServedModel::contextSize)
                        .or(() -> view.facts().map(ModelFacts::cells))
                        .orElse(0),
                view.loaded()
                        .flatMap(CatalogModel::ifGenerating)
                        .map(LoadedModel::slots)
                        .orElse(settings.engine().slots()),
                view.located()
                        .or(() -> Optional.of(settings))
                        .flatMap(ModelSettings::path)
                        .map(Path::getFileName)
                        .map(Path::toString),
                view.facts().map(ModelFacts::details),
                settings.description(),
                view.life(),
                view.facts().map(ModelFacts::memory).map(this::onDevice),
                view.progress(),
                settings.defaults());
    }

    private ModelInfo.Memory onDevice(ModelInfo.Memory memory) {
        String device = services.devices().deviceFor(settings.engine().gpuLayers());
        return new ModelInfo.Memory(memory.weights(), memory.cache(), memory.compute(), device);
    }

    /**
     * {@return what is set for it and what its file says}
     *
     * @throws HyperionException if it cannot be served, or its file is not there yet
     */
    public ModelProperties properties() {
        ModelFacts known = life.requireServing()
                .orElseThrow(() -> new ModelUnavailableException(
                        ErrorCode.MODEL_FAILED,
                        "The file of model '" + name()
                                + "' is not there yet: its first request, or a pull, downloads it"));
        ModelInfo info = info(false);
        return new ModelProperties(
                name(),
                info.fileName().orElseThrow(),
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

    /**
     * Begins a generation; brings the model into memory first if need be, in the background. A request for a model whose file is not there
     * yet is looked at more closely only when it is.
     *
     * @param request what to generate
     * @param listener hears of it
     * @return a handle to cancel it
     * @throws HyperionException if the request is refused; the listener then hears nothing
     */
    public Generation submit(GenerateRequest request, GenerateListener listener) {
        Optional<RequestPreparation.Prepared> prepared =
                requireGenerating().map(facts -> facts.preparation().prepare(request));
        Visit visit = new Visit(life);
        WaitingGeneration generation = new WaitingGeneration(name(), request, prepared, listener, visit);
        boolean accepted = false;
        try {
            Optional<Arrived> there = enter(visit, generation);
            Generation begun = there.isPresent() ? generation.submit(there.get()) : generation;
            accepted = true;
            return begun;
        } finally {
            if (!accepted) {
                visit.end();
            }
        }
    }

    private Optional<Arrived> enter(Visit visit, WaitingForModel one) {
        return life.enter(
                visit,
                one,
                one instanceof WaitingEmbedding ? 1 : settings.engine().slots());
    }

    /**
     * Renders the prompt of a request, and does nothing else. For one of tokens, or with a gap, it brings the model into memory first if
     * need be, for others its file, and waits for that.
     *
     * @param request the request
     * @return the prompt
     * @throws HyperionException if it does not fit the model or its template, or the model cannot be loaded
     */
    public String render(GenerateRequest request) {
        ModelFacts facts = life.requireServing()
                .orElseGet(() -> visit(new WaitingCaller(WaitingForModel.Goal.FILE, true), Arrived::facts));
        Prompt prompt = facts.preparation().prompt(request);
        return prompt instanceof Prompt.Raw raw
                ? raw.text()
                : withLoaded(model -> model.render(
                        new ModelRequest(prompt, request.parameters().orElse(settings.defaults()))));
    }

    /**
     * Turns text into tokens; brings the model into memory first if need be, and waits for that.
     *
     * @param request the text
     * @return the tokens
     * @throws HyperionException if the model cannot be loaded, or the thread was interrupted
     */
    public TokenizeReply tokenize(TokenizeRequest request) {
        return withTokenizer(tokenizer -> tokenizer.tokenize(request));
    }

    /**
     * Turns tokens into text; brings the model into memory first if need be, and waits for that.
     *
     * @param request the tokens
     * @return the text
     * @throws HyperionException if the model has no such token or cannot be loaded, or the thread was interrupted
     */
    public String detokenize(DetokenizeRequest request) {
        return withTokenizer(tokenizer -> tokenizer.detokenize(request));
    }

    /**
     * Saves what a slot's last sequence has in the cache, as {@link LoadedModel#saveSlot}; loads the model first if need be.
     *
     * @param slot the slot
     * @param fileName the name of the file
     * @return what was saved
     */
    public SlotReply saveSlot(int slot, String fileName) {
        return withLoaded(model -> model.saveSlot(slot, fileName));
    }

    /**
     * Fills the cache with a saved sequence, as {@link LoadedModel#restoreSlot}; loads the model first if need be.
     *
     * @param slot the slot that it counts for
     * @param fileName the name of the file
     * @return what was restored
     */
    public SlotReply restoreSlot(int slot, String fileName) {
        return withLoaded(model -> model.restoreSlot(slot, fileName));
    }

    /**
     * Forgets what a slot's last sequence has in the cache, as {@link LoadedModel#eraseSlot}; loads the model first if need be.
     *
     * @param slot the slot
     * @return how many tokens it had
     */
    public int eraseSlot(int slot) {
        return withLoaded(model -> model.eraseSlot(slot));
    }

    /** {@return what its slots are doing; none if it does not generate text, or cannot be loaded} */
    public List<SlotInfo> slots() {
        ModelView view = life.view();
        Optional<LoadedModel> generating = view.loaded().flatMap(CatalogModel::ifGenerating);
        if (generating.isPresent()) {
            return generating.get().slotInfos();
        }
        boolean generates = view.state() != ModelState.FAILED
                && view.facts().filter(ModelFacts::makesVectors).isEmpty();
        return IntStream.range(0, generates ? settings.engine().slots() : 0)
                .mapToObj(slot -> new SlotInfo(slot, Optional.empty()))
                .toList();
    }

    private <T> T withTokenizer(Function<Tokenizer, T> work) {
        return visit(
                new WaitingCaller(WaitingForModel.Goal.MEMORY, true),
                there -> work.apply(there.model().tokenizer()));
    }

    private <T> T withLoaded(Function<LoadedModel, T> work) {
        requireGenerating();
        return visit(
                new WaitingCaller(WaitingForModel.Goal.MEMORY, true),
                there -> work.apply(generating(name(), there.model())));
    }

    /**
     * Loads the model, if it is not loaded, and waits for that. Of files that are others by now than when they were examined the new ones
     * are examined and loaded; one that is not there is downloaded.
     *
     * <p>A model that could not be loaded before is tried again.
     *
     * @throws ModelUnavailableException if it cannot be loaded, with the reason, or it is unloaded or closed before it is loaded
     * @throws io.hyperion.api.GenerationCancelledException if the thread was interrupted while it waited; its interrupt status is set
     *     again, and the loading goes on, unless it waits for room in memory and nobody else waits for it
     * @throws IllegalStateException if a listener of the model calls it, in the thread that it would wait for
     */
    public void load() {
        life.forgive();
        visit(new WaitingCaller(WaitingForModel.Goal.MEMORY, false), Function.identity());
    }

    private <T> T visit(WaitingCaller caller, Function<Arrived, T> work) {
        Visit visit = new Visit(life);
        try {
            return work.apply(enter(visit, caller).orElseGet(caller::await));
        } finally {
            visit.end();
        }
    }

    /**
     * Brings the model into memory, or its file to this machine, in the background. A model that could not be brought before is tried again.
     *
     * @param toMemory whether into memory
     * @param progress hears how far it is, in the end that it is there
     * @return completes when it is there; cancelling it ends the waiting and nothing else
     */
    CompletableFuture<Arrived> bring(boolean toMemory, Consumer<ModelProgress> progress) {
        WaitingForModel.Goal goal = toMemory ? WaitingForModel.Goal.MEMORY : WaitingForModel.Goal.FILE;
        WaitingAdministrator one = new WaitingAdministrator(name(), goal, progress, new CompletableFuture<>());
        life.forgive();
        return bring(one);
    }

    private CompletableFuture<Arrived> bring(WaitingAdministrator one) {
        Visit visit = new Visit(life);
        one.done().whenComplete((nothing, error) -> visit.end());
        try {
            enter(visit, one).ifPresent(one::begin);
        } catch (HyperionException e) {
            one.fail(e);
        }
        return one.done();
    }

    /**
     * Makes vectors of texts; brings the model into memory first if need be, in the background.
     *
     * @param request the texts
     * @return completes with the vectors, or with a {@link HyperionException}; cancelling it cancels the request
     * @throws HyperionException if the request is refused
     */
    public CompletableFuture<EmbeddingReply> embed(EmbeddingRequest request) {
        long arrived = System.nanoTime();
        return submit(false, request.timeout(), (model, reply) -> model.embed(request, arrived, reply));
    }

    /**
     * Scores documents; brings the model into memory first if need be, in the background.
     *
     * @param request the query and the documents
     * @return completes with the scores, or with a {@link HyperionException}; cancelling it cancels the request
     * @throws HyperionException if the request is refused
     */
    public CompletableFuture<RerankReply> rerank(RerankRequest request) {
        long arrived = System.nanoTime();
        return submit(true, request.timeout(), (model, reply) -> model.rerank(request, arrived, reply));
    }

    private <R> CompletableFuture<R> submit(
            boolean rerank, Optional<Duration> timeout, BiConsumer<LoadedEmbedder, CompletableFuture<R>> submission) {
        CompletableFuture<R> reply = new CompletableFuture<>();
        WaitingEmbedding request =
                new WaitingEmbedding(name(), rerank, timeout, model -> submission.accept(model, reply), reply);
        life.requireServing()
                .ifPresent(facts -> request.requireFits(facts.embedding().map(EmbeddingSettings::pooling)));
        Visit visit = new Visit(life);
        CompletableFuture<R> told = new CompletableFuture<>();
        reply.whenComplete((value, error) -> {
            // Before the caller hears of the end.
            visit.end();
            if (error == null) {
                told.complete(value);
            } else {
                told.completeExceptionally(error);
            }
        });
        told.whenComplete((value, error) -> {
            if (told.isCancelled()) {
                reply.cancel(true);
            }
        });
        boolean accepted = false;
        try {
            enter(visit, request).ifPresent(there -> request.submit(there.model()));
            accepted = true;
            return told;
        } finally {
            if (!accepted) {
                visit.end();
            }
        }
    }

    private Optional<ModelFacts> requireGenerating() {
        Optional<ModelFacts> known = life.requireServing();
        if (known.filter(ModelFacts::makesVectors).isPresent()) {
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

    /**
     * Sees that the thread may wait for the model.
     *
     * @throws IllegalStateException if it is one in which listeners are called: it would wait for ever
     */
    public void requireOtherThread() {
        life.requireOtherThread();
    }

    /**
     * Unloads the model, and waits for that; one that is being loaded or downloaded is not loaded or downloaded any further, and what is
     * there of its file stays. All requests that were made until now, and those who wait for the model, fail with
     * {@link ErrorCode#SHUTTING_DOWN}. What is asked of it from now on waits until its memory is free, and then loads it anew. The files
     * are examined anew if they have changed. A model that could not be loaded is tried again by the next request. It is no longer pinned.
     *
     * @throws IllegalStateException if a listener of the model calls it, in the thread that it would wait for
     */
    public void unload() {
        life.unload();
    }

    /** Unloads the model and lets nobody load it again. Does nothing if that is done already. */
    void close() {
        life.close();
    }

    /** {@return what the model did since the catalog was made, and what it does now} */
    public ModelFigures figures() {
        return life.figures();
    }

    /** {@return whether it is in memory and takes requests at once} */
    public boolean isServing() {
        return life.isServing();
    }
}
