package io.hyperion.api.bridge;

import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProperties;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.RerankReply;
import io.hyperion.api.RerankRequest;
import io.hyperion.api.SlotInfo;
import io.hyperion.api.SlotReply;
import io.hyperion.api.TokenizeReply;
import io.hyperion.api.TokenizeRequest;
import io.hyperion.api.client.EventPublisher;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The client of another application as one of this application's classes. It asks its source for the {@link ExportedClient} at each call, so that
 * the other application may come, go and be redeployed; where that has the very same classes, it is called directly.
 *
 * <p>Errors are {@link HyperionException}s of this application's classes, also where the other one's threw something else. Calls run in the other
 * application with its context class loader, and listeners, subscribers and what depends on a stage run with that of the thread that made the
 * request. Between requests, nothing of the other application is held.
 *
 * <p>Safe for use by many threads.
 */
public final class BridgedClient implements HyperionClient, AutoCloseable {
    private final ClientSource source;
    private final Set<Running> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * @param source where the other application's client is
     */
    public BridgedClient(ClientSource source) {
        this.source = Objects.requireNonNull(source, "source");
    }

    /**
     * The client for one call.
     *
     * @param client asks the other application
     * @param loader the context class loader that it needs
     */
    private record Way(HyperionClient client, ClassLoader loader) {
        <R> R call(Function<HyperionClient, R> work) {
            return ThreadContext.call(loader, () -> work.apply(client));
        }
    }

    private Way way() {
        BiFunction<String, Map<String, Object>, Object> current = source.current();
        return current instanceof ExportedClient same
                ? new Way(same.client(), same.loader())
                : new Way(new CrossingClient(current), ThreadContext.current());
    }

    private void add(Running begun) {
        running.add(begun);
        // Whoever closes sets this first, and then stops what is running: it is found by one of both.
        if (closed) {
            running.remove(begun);
            throw new ModelUnavailableException(
                    ErrorCode.SHUTTING_DOWN, "This client of Hyperion is closed, as its application is");
        }
    }

    private <R> R call(Function<HyperionClient, R> work) {
        RunningCall call = new RunningCall();
        add(call);
        try {
            return way().call(work);
        } finally {
            running.remove(call);
            call.end();
        }
    }

    private <R> CompletionStage<R> begin(Function<HyperionClient, CompletionStage<R>> work) {
        ClassLoader caller = ThreadContext.current();
        CompletableFuture<R> reply = new CompletableFuture<>();
        Running begun = () -> reply.completeExceptionally(new GenerationCancelledException(
                ErrorCode.CANCELLED, "The client of Hyperion was closed while the request was under way"));
        try {
            add(begun);
            CompletableFuture<R> other = way().call(work).toCompletableFuture();
            reply.whenComplete((value, error) -> {
                running.remove(begun);
                // Does nothing if it has ended, which it has if it was not this side that ended it.
                other.cancel(true);
            });
            other.whenComplete((value, error) -> ThreadContext.run(caller, () -> complete(reply, value, error)));
            return reply;
        } catch (HyperionException e) {
            running.remove(begun);
            return CompletableFuture.failedFuture(e);
        } catch (RuntimeException | Error e) {
            running.remove(begun);
            throw e;
        }
    }

    private static <R> void complete(CompletableFuture<R> reply, R value, Throwable error) {
        if (error == null) {
            reply.complete(value);
        } else {
            reply.completeExceptionally(
                    error instanceof CompletionException && error.getCause() != null ? error.getCause() : error);
        }
    }

    @Override
    public GenerateReply generate(GenerateRequest request) {
        Objects.requireNonNull(request, "request");
        return call(client -> client.generate(request));
    }

    @Override
    public CompletionStage<GenerateReply> generateAsync(GenerateRequest request) {
        Objects.requireNonNull(request, "request");
        return begin(client -> client.generateAsync(request));
    }

    @Override
    public Flow.Publisher<GenerateEvent> stream(GenerateRequest request) {
        Objects.requireNonNull(request, "request");
        return new EventPublisher(listener -> stream(request, listener));
    }

    @Override
    public Generation stream(GenerateRequest request, GenerateListener listener) {
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(listener, "listener");
        BridgedGeneration generation = new BridgedGeneration(listener, running::remove);
        add(generation);
        try {
            generation.follow(way().call(client -> client.stream(request, generation)));
            return generation;
        } catch (RuntimeException | Error e) {
            running.remove(generation);
            throw e;
        }
    }

    @Override
    public String render(GenerateRequest request) {
        Objects.requireNonNull(request, "request");
        return call(client -> client.render(request));
    }

    @Override
    public TokenizeReply tokenize(TokenizeRequest request) {
        Objects.requireNonNull(request, "request");
        return call(client -> client.tokenize(request));
    }

    @Override
    public String detokenize(DetokenizeRequest request) {
        Objects.requireNonNull(request, "request");
        return call(client -> client.detokenize(request));
    }

    @Override
    public SlotReply saveSlot(Optional<String> model, int slot, String fileName) {
        Objects.requireNonNull(fileName, "fileName");
        return call(client -> client.saveSlot(model, slot, fileName));
    }

    @Override
    public SlotReply restoreSlot(Optional<String> model, int slot, String fileName) {
        Objects.requireNonNull(fileName, "fileName");
        return call(client -> client.restoreSlot(model, slot, fileName));
    }

    @Override
    public int eraseSlot(Optional<String> model, int slot) {
        return call(client -> client.eraseSlot(model, slot));
    }

    @Override
    public List<SlotInfo> slots(Optional<String> model) {
        return call(client -> client.slots(model));
    }

    @Override
    public EmbeddingReply embed(EmbeddingRequest request) {
        Objects.requireNonNull(request, "request");
        return call(client -> client.embed(request));
    }

    @Override
    public CompletionStage<EmbeddingReply> embedAsync(EmbeddingRequest request) {
        Objects.requireNonNull(request, "request");
        return begin(client -> client.embedAsync(request));
    }

    @Override
    public RerankReply rerank(RerankRequest request) {
        Objects.requireNonNull(request, "request");
        return call(client -> client.rerank(request));
    }

    @Override
    public CompletionStage<RerankReply> rerankAsync(RerankRequest request) {
        Objects.requireNonNull(request, "request");
        return begin(client -> client.rerankAsync(request));
    }

    @Override
    public List<ModelInfo> models() {
        return call(HyperionClient::models);
    }

    @Override
    public ModelInfo model(String name) {
        Objects.requireNonNull(name, "name");
        return call(client -> client.model(name));
    }

    @Override
    public ModelFigures figures(String model) {
        Objects.requireNonNull(model, "model");
        return call(client -> client.figures(model));
    }

    @Override
    public ModelProperties properties(Optional<String> model) {
        Objects.requireNonNull(model, "model");
        return call(client -> client.properties(model));
    }

    /**
     * Cancels all that it has under way: streams hear of it as of any other cancellation, stages end with a
     * {@link GenerationCancelledException}, and so do the methods that wait. What is asked of it from then on fails with a
     * {@link ModelUnavailableException} ({@link ErrorCode#SHUTTING_DOWN}). Returns at once; does nothing if that is done already.
     */
    @Override
    public void close() {
        closed = true;
        running.forEach(Running::stop);
    }
}
