package io.hyperion.jca;

import io.hyperion.api.Completion;
import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelProperties;
import io.hyperion.api.Prompt;
import io.hyperion.api.RerankReply;
import io.hyperion.api.RerankRequest;
import io.hyperion.api.SlotInfo;
import io.hyperion.api.SlotReply;
import io.hyperion.api.Timings;
import io.hyperion.api.TokenizeReply;
import io.hyperion.api.TokenizeRequest;
import io.hyperion.api.client.EventPublisher;
import io.hyperion.api.client.ReplyFuture;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The one model of a pool. Each request has a connection for as long as it runs, borrowed in a thread of the adapter; what only asks about
 * the model needs none and does not load it. A reply is told when the connection is back, so that who asks again at once finds it. Safe
 * for use by many threads.
 */
final class PooledClient implements HyperionClient {
    /** Asked for each request: an adapter that was stopped and started again has other models. */
    private final Supplier<Lender> lenders;

    PooledClient(Supplier<Lender> lenders) {
        this.lenders = lenders;
    }

    /** {@return what lends a connection itself, however the server may have wrapped it} */
    static Lender of(HyperionConnection connection) {
        return ((PooledClient) connection.client()).lenders.get();
    }

    private Lender lender(Optional<String> name) {
        Lender lender = lenders.get();
        String model = lender.model().name();
        if (name.isPresent() && !name.get().equals(model)) {
            throw new ModelNotFoundException(
                    ErrorCode.MODEL_NOT_FOUND, AdapterMessage.OTHER_MODEL.text(Excerpts.of(name.get()), model));
        }
        return lender;
    }

    private SharedModel model(Optional<String> name) {
        return lender(name).model();
    }

    /** A listener that waited for its own model would stop it for all. */
    private void requireOtherThread(Optional<String> name) {
        model(name).client().requireOtherThread(name);
    }

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

    private static <R> CompletionStage<R> begin(Supplier<? extends CompletableFuture<R>> start) {
        try {
            return start.get();
        } catch (HyperionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public Flow.Publisher<GenerateEvent> stream(GenerateRequest request) {
        Objects.requireNonNull(request, "request");
        return new EventPublisher(listener -> stream(request, listener));
    }

    @Override
    public Generation stream(GenerateRequest request, GenerateListener listener) {
        Objects.requireNonNull(listener, "listener");
        Lender lender = lender(request.model());
        SharedModel model = lender.model();
        Borrowing<GenerateReply> borrowing = new Borrowing<>(
                lender,
                HyperionConnectionRequestInfo.of(request).ofAnyModel(),
                request.timeout(),
                (loan, waited) -> {
                    PooledGeneration generation = new PooledGeneration(listener, waited);
                    Generation begun = loan.client().stream(onLoan(request, model, loan, waited), generation);
                    return new Borrowing.Running<>(generation.end(), begun::cancel);
                },
                new Borrowing.Outcome<>() {
                    @Override
                    public void done(GenerateReply reply) {
                        listener.onDone(reply);
                    }

                    @Override
                    public void failed(HyperionException error) {
                        listener.onError(error);
                    }

                    @Override
                    public void cancelled(Duration waited) {
                        listener.onDone(nothing(request, model.name(), waited));
                    }
                });
        borrowing.start();
        return borrowing::cancel;
    }

    private static GenerateRequest onLoan(GenerateRequest request, SharedModel model, Loan loan, Duration waited) {
        GenerateRequest.Builder builder = request.toBuilder();
        remaining(request.timeout(), waited, model).ifPresent(builder::timeout);
        if (request.parameters().slot().orElse(-1) < 0
                && request.parameters().preferredSlot().orElse(-1) < 0) {
            builder.parameters(
                    request.parameters().toBuilder().preferredSlot(loan.slot()).build());
        }
        return builder.build();
    }

    private static Optional<Duration> remaining(Optional<Duration> timeout, Duration waited, SharedModel model) {
        Optional<Duration> left = timeout.map(whole -> whole.minus(waited));
        if (left.filter(time -> time.isNegative() || time.isZero()).isPresent()) {
            throw Borrowing.tookTooLong(model.name());
        }
        return left;
    }

    private static GenerateReply nothing(GenerateRequest request, String model, Duration waited) {
        Completion nothing = new Completion("", 0, FinishReason.CANCELLED, Optional.empty(), false, List.of());
        // What else a prompt is only its template, or a loaded model, knows.
        String prompt = request.prompt() instanceof Prompt.Raw raw ? raw.text() : "";
        return new GenerateReply(
                model, prompt, 0, 0, -1, List.of(nothing), new Timings(waited, Duration.ZERO, Duration.ZERO));
    }

    @Override
    public String render(GenerateRequest request) {
        Lender lender = lender(request.model());
        boolean needsTokens = request.prompt() instanceof Prompt.Mixed || request.prompt() instanceof Prompt.Infill;
        return needsTokens
                ? borrow(lender, client -> client.render(request))
                : lender.model().client().render(request);
    }

    @Override
    public TokenizeReply tokenize(TokenizeRequest request) {
        return borrow(lender(request.model()), client -> client.tokenize(request));
    }

    @Override
    public String detokenize(DetokenizeRequest request) {
        return borrow(lender(request.model()), client -> client.detokenize(request));
    }

    @Override
    public SlotReply saveSlot(Optional<String> name, int slot, String fileName) {
        return borrow(lender(name), client -> client.saveSlot(name, slot, fileName));
    }

    @Override
    public SlotReply restoreSlot(Optional<String> name, int slot, String fileName) {
        return borrow(lender(name), client -> client.restoreSlot(name, slot, fileName));
    }

    @Override
    public int eraseSlot(Optional<String> name, int slot) {
        return borrow(lender(name), client -> client.eraseSlot(name, slot));
    }

    private static <R> R borrow(Lender lender, Function<HyperionClient, R> work) {
        return ReplyFuture.await(borrow(
                lender,
                Optional.empty(),
                (loan, waited) -> CompletableFuture.completedFuture(work.apply(loan.client()))));
    }

    @Override
    public EmbeddingReply embed(EmbeddingRequest request) {
        requireOtherThread(request.model());
        return ReplyFuture.await(beginEmbedding(request));
    }

    @Override
    public CompletionStage<EmbeddingReply> embedAsync(EmbeddingRequest request) {
        Objects.requireNonNull(request, "request");
        return begin(() -> beginEmbedding(request));
    }

    private CompletableFuture<EmbeddingReply> beginEmbedding(EmbeddingRequest request) {
        Lender lender = lender(request.model());
        return borrow(lender, request.timeout(), (loan, waited) -> {
            EmbeddingRequest.Builder builder = request.toBuilder();
            remaining(request.timeout(), waited, lender.model()).ifPresent(builder::timeout);
            return loan.client().embedAsync(builder.build()).toCompletableFuture();
        });
    }

    @Override
    public RerankReply rerank(RerankRequest request) {
        requireOtherThread(request.model());
        return ReplyFuture.await(beginRerank(request));
    }

    @Override
    public CompletionStage<RerankReply> rerankAsync(RerankRequest request) {
        Objects.requireNonNull(request, "request");
        return begin(() -> beginRerank(request));
    }

    private CompletableFuture<RerankReply> beginRerank(RerankRequest request) {
        Lender lender = lender(request.model());
        return borrow(lender, request.timeout(), (loan, waited) -> {
            RerankRequest.Builder builder = request.toBuilder();
            remaining(request.timeout(), waited, lender.model()).ifPresent(builder::timeout);
            return loan.client().rerankAsync(builder.build()).toCompletableFuture();
        });
    }

    /** What is done with a connection and ends with a future, which cancels it too. */
    private interface Task<R> {
        CompletableFuture<R> begin(Loan loan, Duration waited);
    }

    private static <R> CompletableFuture<R> borrow(Lender lender, Optional<Duration> timeout, Task<R> task) {
        CompletableFuture<R> result = new CompletableFuture<>();
        Borrowing<R> borrowing = new Borrowing<>(
                lender,
                HyperionConnectionRequestInfo.ANY,
                timeout,
                (loan, waited) -> {
                    CompletableFuture<R> end = task.begin(loan, waited);
                    return new Borrowing.Running<>(end, () -> end.cancel(true));
                },
                new Borrowing.Outcome<>() {
                    @Override
                    public void done(R value) {
                        result.complete(value);
                    }

                    @Override
                    public void failed(HyperionException error) {
                        result.completeExceptionally(error);
                    }

                    @Override
                    public void cancelled(Duration waited) {
                        // By the future itself, which has told it.
                    }
                });
        borrowing.start();
        result.whenComplete((value, error) -> {
            if (result.isCancelled()) {
                borrowing.cancel();
            }
        });
        return result;
    }

    @Override
    public List<ModelInfo> models() {
        return List.of(lenders.get().model().info());
    }

    @Override
    public ModelInfo model(String name) {
        return model(Optional.of(name)).info();
    }

    @Override
    public ModelFigures figures(String name) {
        return model(Optional.of(name)).figures();
    }

    @Override
    public ModelProperties properties(Optional<String> name) {
        return model(name).client().properties(name);
    }

    @Override
    public List<SlotInfo> slots(Optional<String> name) {
        return model(name).client().slots(name);
    }
}
