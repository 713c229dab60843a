package io.hyperion.core.client;

import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProperties;
import io.hyperion.api.RerankReply;
import io.hyperion.api.RerankRequest;
import io.hyperion.api.SlotInfo;
import io.hyperion.api.SlotReply;
import io.hyperion.api.TokenizeReply;
import io.hyperion.api.TokenizeRequest;
import io.hyperion.api.admin.ModelAdministration;
import io.hyperion.api.client.EventPublisher;
import io.hyperion.api.client.ReplyFuture;
import io.hyperion.core.engine.EngineListener;
import io.hyperion.core.llama.LlamaLibrary;
import io.hyperion.core.model.CatalogAdministration;
import io.hyperion.core.model.HyperionConfiguration;
import io.hyperion.core.model.ModelCatalog;
import io.hyperion.core.model.ModelSettings;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.runtime.ObjectMethods;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Supplier;

/**
 * Models in this very process, with no server at all:
 *
 * <pre>{@code
 * try (InProcessClient client = InProcessClient.open(Path.of("model.gguf"))) {
 *     GenerateReply reply = client.generate(GenerateRequest.builder().user("Hello!").build());
 *     System.out.println(reply.text());
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 */
public final class InProcessClient implements HyperionClient, AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(InProcessClient.class.getName());

    private final ModelCatalog catalog;

    private InProcessClient(ModelCatalog catalog) {
        this.catalog = catalog;
    }

    /**
     * A client of one model file, under the name {@code default}. The first request loads it.
     *
     * @param model the GGUF file; if it cannot be served, requests fail with {@link io.hyperion.api.ModelUnavailableException}
     * @return the client; the caller closes it, which frees the model's memory
     */
    public static InProcessClient open(Path model) {
        return open(HyperionConfiguration.of(ModelSettings.of("default", model)));
    }

    /**
     * A client of all models of a configuration.
     *
     * @param configuration the configuration
     * @return the client; the caller closes it, which frees the models' memory
     */
    public static InProcessClient open(HyperionConfiguration configuration) {
        return open(configuration, EngineListener.NONE);
    }

    /**
     * A client of all models of a configuration, and somebody who watches the engine.
     *
     * @param configuration the configuration
     * @param listener hears what the engine does
     * @return the client; the caller closes it, which frees the models' memory
     */
    public static InProcessClient open(HyperionConfiguration configuration, EngineListener listener) {
        return new InProcessClient(new ModelCatalog(configuration, listener));
    }

    /**
     * Generates and waits, as {@link HyperionClient#generate(GenerateRequest)} says.
     *
     * @throws IllegalStateException if a listener of the model calls it, in the thread that it would wait for
     */
    @Override
    public GenerateReply generate(GenerateRequest request) {
        requireOtherThread(request.model());
        return ReplyFuture.await(ReplyFuture.begin(listener -> stream(request, listener)));
    }

    @Override
    public CompletionStage<GenerateReply> generateAsync(GenerateRequest request) {
        Objects.requireNonNull(request, "request");
        return begin(() -> ReplyFuture.begin(listener -> stream(request, listener)));
    }

    @Override
    public Flow.Publisher<GenerateEvent> stream(GenerateRequest request) {
        Objects.requireNonNull(request, "request");
        return new EventPublisher(listener -> stream(request, listener));
    }

    @Override
    public Generation stream(GenerateRequest request, GenerateListener listener) {
        Objects.requireNonNull(listener, "listener");
        return catalog.find(request.model()).submit(request, listener);
    }

    @Override
    public String render(GenerateRequest request) {
        return catalog.find(request.model()).render(request);
    }

    @Override
    public TokenizeReply tokenize(TokenizeRequest request) {
        return catalog.find(request.model()).tokenize(request);
    }

    @Override
    public String detokenize(DetokenizeRequest request) {
        return catalog.find(request.model()).detokenize(request);
    }

    @Override
    public EmbeddingReply embed(EmbeddingRequest request) {
        requireOtherThread(request.model());
        return ReplyFuture.await(catalog.find(request.model()).embed(request));
    }

    @Override
    public CompletionStage<EmbeddingReply> embedAsync(EmbeddingRequest request) {
        Objects.requireNonNull(request, "request");
        return begin(() -> catalog.find(request.model()).embed(request));
    }

    @Override
    public RerankReply rerank(RerankRequest request) {
        requireOtherThread(request.model());
        return ReplyFuture.await(catalog.find(request.model()).rerank(request));
    }

    @Override
    public CompletionStage<RerankReply> rerankAsync(RerankRequest request) {
        Objects.requireNonNull(request, "request");
        return begin(() -> catalog.find(request.model()).rerank(request));
    }

    private static <R> CompletionStage<R> begin(Supplier<? extends CompletableFuture<R>> start) {
        try {
            return start.get();
        } catch (HyperionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public List<ModelInfo> models() {
        return catalog.infos();
    }

    @Override
    public ModelInfo model(String name) {
        return catalog.info(catalog.find(Optional.of(name)));
    }

    @Override
    public ModelProperties properties(Optional<String> model) {
        return catalog.find(model).properties();
    }

    @Override
    public SlotReply saveSlot(Optional<String> model, int slot, String fileName) {
        return catalog.find(model).saveSlot(slot, fileName);
    }

    @Override
    public SlotReply restoreSlot(Optional<String> model, int slot, String fileName) {
        return catalog.find(model).restoreSlot(slot, fileName);
    }

    @Override
    public int eraseSlot(Optional<String> model, int slot) {
        return catalog.find(model).eraseSlot(slot);
    }

    @Override
    public List<SlotInfo> slots(Optional<String> model) {
        return catalog.find(model).slots();
    }

    @Override
    public ModelFigures figures(String name) {
        return catalog.figures(catalog.find(Optional.of(name)));
    }

    /** {@return the figures of all models together} */
    public ModelFigures figures() {
        return catalog.figures();
    }

    /** {@return what brings its models in and out of memory, adds them and takes them away; ends with the client} */
    public ModelAdministration administration() {
        return new CatalogAdministration(catalog);
    }

    /**
     * Loads a model, if it is not loaded, and waits for that. One that could not be loaded before is tried again.
     *
     * @param model its name; empty for the default one
     * @throws io.hyperion.api.ModelNotFoundException if there is none
     * @throws io.hyperion.api.ModelUnavailableException if it cannot be loaded, with the reason, or it is unloaded or closed meanwhile
     * @throws GenerationCancelledException if the thread was interrupted while it waited; its interrupt status is set again, and the
     *     loading goes on, unless it waits for room in memory and nobody else waits for it
     * @throws IllegalStateException if a listener of the model calls it, in the thread that it would wait for
     */
    public void load(Optional<String> model) {
        catalog.find(model).load();
    }

    /**
     * Unloads a model, and returns when its memory is free; one that is being loaded or downloaded is not any further. All its requests until
     * now, and those who wait for it to be loaded, fail with {@link ErrorCode#SHUTTING_DOWN}. The next request, or {@link #load}, loads it
     * again, from the files as they are then. Its figures go on. An interrupt does not end the waiting.
     *
     * @param model its name; empty for the default one
     * @throws io.hyperion.api.ModelNotFoundException if there is none
     * @throws IllegalStateException if a listener of the model calls it, in the thread that it would wait for
     */
    public void unload(Optional<String> model) {
        catalog.find(model).unload();
    }

    /**
     * Whether a model is in memory and takes requests at once.
     *
     * @param model its name; empty for the default one
     * @return false too if its engine has failed, so that the next request loads it again
     * @throws io.hyperion.api.ModelNotFoundException if there is none
     */
    public boolean isServing(Optional<String> model) {
        return catalog.find(model).isServing();
    }

    /**
     * Sees that the calling thread may wait for what a model does.
     *
     * @param model its name; empty for the default one
     * @throws io.hyperion.api.ModelNotFoundException if there is none
     * @throws IllegalStateException if it is the thread in which the model calls its listeners: it would wait for ever
     */
    public void requireOtherThread(Optional<String> model) {
        catalog.find(model).requireOtherThread();
    }

    /**
     * Lets the class loader of an application that ends go: the native binding has a thread that keeps it, and ends it here. To be called
     * last, when all clients of the application are closed, by an application that has this class and JNA for itself; does nothing
     * otherwise. A client may be opened again afterwards.
     */
    public static void releaseClassLoader() {
        LlamaLibrary.release();
        forgetLastRecord();
    }

    /**
     * Java 17 keeps the classes of the record for which it made {@code equals} or {@code hashCode} last, and so their class loader, until it
     * makes that of another: here one of nothing but strings.
     */
    private static void forgetLastRecord() {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            MethodHandle component = lookup.findVirtual(String.class, "strip", MethodType.methodType(String.class));
            for (String method : List.of("equals", "hashCode")) {
                ObjectMethods.bootstrap(lookup, method, MethodHandle.class, String.class, "component", component);
            }
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            // A later Java may refuse it; one of these does not need it.
            LOGGER.log(System.Logger.Level.DEBUG, "The last record class may be kept", e);
        }
    }

    /**
     * Ends all generations and frees the memory of all models. Does nothing if that is done already.
     *
     * @throws IllegalStateException if a listener of a model calls it, in the thread that it would wait for
     */
    @Override
    public void close() {
        catalog.close();
    }
}
