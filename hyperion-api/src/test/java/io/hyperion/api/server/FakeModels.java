package io.hyperion.api.server;

import io.hyperion.api.Completion;
import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelProperties;
import io.hyperion.api.ModelState;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.RerankReply;
import io.hyperion.api.RerankRequest;
import io.hyperion.api.SlotInfo;
import io.hyperion.api.SlotReply;
import io.hyperion.api.Timings;
import io.hyperion.api.TokenizeReply;
import io.hyperion.api.TokenizeRequest;
import io.hyperion.api.client.EventPublisher;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;

/** A client of models that are names only: it remembers what it was asked, as {@code operation model}, and answers with its own name. */
public final class FakeModels implements HyperionClient {
    /** A model whose streams end only when they are cancelled. */
    public static final String ENDLESS = "endless";

    private static final Timings NO_TIME = new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO);

    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final String name;
    private final List<String> names;
    private final Optional<String> byDefault;
    private volatile boolean closed;

    /** Of a client that has no default of its own, such as several pools together. */
    public static FakeModels of(String name, String... models) {
        return new FakeModels(name, Optional.empty(), List.of(models));
    }

    /** The first model is the default. */
    public static FakeModels withDefault(String name, String... models) {
        return new FakeModels(name, Optional.of(models[0]), List.of(models));
    }

    private FakeModels(String name, Optional<String> byDefault, List<String> names) {
        this.name = name;
        this.byDefault = byDefault;
        this.names = names.stream().sorted().toList();
    }

    /** {@return what was asked so far} */
    public List<String> calls() {
        return calls;
    }

    void close() {
        closed = true;
    }

    private String called(String operation, Optional<String> model) {
        if (closed) {
            throw new ModelUnavailableException(ErrorCode.SHUTTING_DOWN, name + " is shutting down");
        }
        String wanted = model.or(() -> byDefault).orElse("?");
        if (!names.contains(wanted)) {
            throw new ModelNotFoundException(ErrorCode.MODEL_NOT_FOUND, name + " has no " + wanted);
        }
        calls.add(operation + " " + model.orElse("-"));
        return wanted;
    }

    private GenerateReply reply(String operation, GenerateRequest request) {
        String model = called(operation, request.model());
        Completion text =
                new Completion(name, 1, FinishReason.STOP, Optional.empty(), false, List.of(), List.of(), List.of());
        return new GenerateReply(model, "", 1, 0, 0, List.of(text), NO_TIME);
    }

    @Override
    public GenerateReply generate(GenerateRequest request) {
        return reply("generate", request);
    }

    @Override
    public CompletionStage<GenerateReply> generateAsync(GenerateRequest request) {
        return CompletableFuture.completedFuture(reply("generateAsync", request));
    }

    @Override
    public Flow.Publisher<GenerateEvent> stream(GenerateRequest request) {
        return new EventPublisher(listener -> stream(request, listener));
    }

    @Override
    public Generation stream(GenerateRequest request, GenerateListener listener) {
        GenerateReply reply = reply("stream", request);
        if (reply.model().equals(ENDLESS)) {
            return () -> calls.add("cancel " + ENDLESS);
        }
        listener.onText(reply.text());
        listener.onDone(reply);
        return () -> {};
    }

    @Override
    public String render(GenerateRequest request) {
        return called("render", request.model());
    }

    @Override
    public TokenizeReply tokenize(TokenizeRequest request) {
        return new TokenizeReply(called("tokenize", request.model()), List.of());
    }

    @Override
    public String detokenize(DetokenizeRequest request) {
        return called("detokenize", request.model());
    }

    @Override
    public SlotReply saveSlot(Optional<String> model, int slot, String fileName) {
        return new SlotReply(called("saveSlot", model), slot, fileName, 0, 0, Duration.ZERO);
    }

    @Override
    public SlotReply restoreSlot(Optional<String> model, int slot, String fileName) {
        return new SlotReply(called("restoreSlot", model), slot, fileName, 0, 0, Duration.ZERO);
    }

    @Override
    public int eraseSlot(Optional<String> model, int slot) {
        called("eraseSlot", model);
        return 0;
    }

    @Override
    public List<SlotInfo> slots(Optional<String> model) {
        called("slots", model);
        return List.of();
    }

    @Override
    public EmbeddingReply embed(EmbeddingRequest request) {
        return new EmbeddingReply(called("embed", request.model()), List.of(), NO_TIME);
    }

    @Override
    public CompletionStage<EmbeddingReply> embedAsync(EmbeddingRequest request) {
        return CompletableFuture.completedFuture(
                new EmbeddingReply(called("embedAsync", request.model()), List.of(), NO_TIME));
    }

    @Override
    public RerankReply rerank(RerankRequest request) {
        return new RerankReply(called("rerank", request.model()), List.of(), 0, NO_TIME);
    }

    @Override
    public CompletionStage<RerankReply> rerankAsync(RerankRequest request) {
        return CompletableFuture.completedFuture(
                new RerankReply(called("rerankAsync", request.model()), List.of(), 0, NO_TIME));
    }

    @Override
    public List<ModelInfo> models() {
        if (closed) {
            throw new ModelUnavailableException(ErrorCode.SHUTTING_DOWN, name + " is shutting down");
        }
        return names.stream().map(this::info).toList();
    }

    /** Told apart by the name of the file, which is that of the client. */
    private ModelInfo info(String model) {
        return new ModelInfo(
                model,
                byDefault.equals(Optional.of(model)),
                ModelState.LOADED,
                Optional.empty(),
                1,
                1,
                Optional.of(name),
                Optional.empty(),
                new ModelInfo.Description(
                        Optional.empty(),
                        List.of(),
                        List.of(model + ":latest"),
                        Optional.empty(),
                        Optional.empty(),
                        ModelInfo.Origin.CONFIGURATION),
                ModelInfo.Life.NONE,
                Optional.empty(),
                Optional.empty(),
                GenerateParameters.none());
    }

    @Override
    public ModelInfo model(String model) {
        return info(called("model", Optional.of(model)));
    }

    @Override
    public ModelFigures figures(String model) {
        called("figures", Optional.of(model));
        return ModelFigures.NONE;
    }

    @Override
    public ModelProperties properties(Optional<String> model) {
        return new ModelProperties(
                called("properties", model),
                name,
                "none",
                1,
                1,
                1,
                Optional.empty(),
                "",
                "",
                Optional.empty(),
                GenerateParameters.builder().build());
    }
}
