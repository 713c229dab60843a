package io.hyperion.api.bridge;

import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
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
import io.hyperion.api.client.EventPublisher;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/** Asks an {@link ExportedClient} that has other classes. Of one call: it holds the other application. */
final class CrossingClient implements HyperionClient {
    private static final System.Logger LOGGER = System.getLogger(CrossingClient.class.getName());

    private final BiFunction<String, Map<String, Object>, Object> other;

    CrossingClient(BiFunction<String, Map<String, Object>, Object> other) {
        this.other = other;
    }

    @Override
    public GenerateReply generate(GenerateRequest request) {
        return ask(Operation.GENERATE, request(RequestTrees.tree(request)), value -> ReplyTrees.read(Fields.of(value)));
    }

    @Override
    public CompletionStage<GenerateReply> generateAsync(GenerateRequest request) {
        return begin(Operation.GENERATE_ASYNC, request(RequestTrees.tree(request)), ReplyTrees::read);
    }

    @Override
    public Flow.Publisher<GenerateEvent> stream(GenerateRequest request) {
        return new EventPublisher(listener -> stream(request, listener));
    }

    @Override
    public Generation stream(GenerateRequest request, GenerateListener listener) {
        Function<Object, Object> called = event -> tell(event, listener);
        Runnable cancel = ask(
                Operation.STREAM,
                request(RequestTrees.tree(request)).put(Protocol.LISTENER, called),
                Runnable.class::cast);
        return cancel::run;
    }

    private static Map<String, Object> tell(Object event, GenerateListener listener) {
        try {
            EventTrees.tell(event, listener);
            return Map.of();
        } catch (RuntimeException | Error e) {
            // The other side ends the generation, and logs no more than a text of it.
            LOGGER.log(System.Logger.Level.WARNING, "The listener of a generation failed; the generation ends", e);
            return Map.of(Protocol.ERROR, ErrorTrees.describe(e));
        }
    }

    @Override
    public String render(GenerateRequest request) {
        return ask(Operation.RENDER, request(RequestTrees.tree(request)), String.class::cast);
    }

    @Override
    public TokenizeReply tokenize(TokenizeRequest request) {
        return ask(Operation.TOKENIZE, request(RequestTrees.tree(request)), value -> TokenTrees.read(Fields.of(value)));
    }

    @Override
    public String detokenize(DetokenizeRequest request) {
        return ask(Operation.DETOKENIZE, request(RequestTrees.tree(request)), String.class::cast);
    }

    @Override
    public SlotReply saveSlot(Optional<String> model, int slot, String fileName) {
        return ask(
                Operation.SAVE_SLOT,
                Arguments.ofSlot(model, slot).put(Arguments.FILE_NAME, fileName),
                value -> SlotTrees.readReply(Fields.of(value)));
    }

    @Override
    public SlotReply restoreSlot(Optional<String> model, int slot, String fileName) {
        return ask(
                Operation.RESTORE_SLOT,
                Arguments.ofSlot(model, slot).put(Arguments.FILE_NAME, fileName),
                value -> SlotTrees.readReply(Fields.of(value)));
    }

    @Override
    public int eraseSlot(Optional<String> model, int slot) {
        return ask(Operation.ERASE_SLOT, Arguments.ofSlot(model, slot), Integer.class::cast);
    }

    @Override
    public List<SlotInfo> slots(Optional<String> model) {
        return ask(
                Operation.SLOTS,
                Arguments.ofModel(model),
                value -> List.copyOf(Fields.nodes((List<?>) value, SlotTrees::readInfo)));
    }

    @Override
    public EmbeddingReply embed(EmbeddingRequest request) {
        return ask(
                Operation.EMBED,
                request(RequestTrees.tree(request)),
                value -> VectorTrees.readEmbedding(Fields.of(value)));
    }

    @Override
    public CompletionStage<EmbeddingReply> embedAsync(EmbeddingRequest request) {
        return begin(Operation.EMBED_ASYNC, request(RequestTrees.tree(request)), VectorTrees::readEmbedding);
    }

    @Override
    public RerankReply rerank(RerankRequest request) {
        return ask(
                Operation.RERANK,
                request(RequestTrees.tree(request)),
                value -> VectorTrees.readRerank(Fields.of(value)));
    }

    @Override
    public CompletionStage<RerankReply> rerankAsync(RerankRequest request) {
        return begin(Operation.RERANK_ASYNC, request(RequestTrees.tree(request)), VectorTrees::readRerank);
    }

    @Override
    public List<ModelInfo> models() {
        return ask(
                Operation.MODELS,
                new Tree(),
                value -> List.copyOf(Fields.nodes((List<?>) value, ModelTrees::readInfo)));
    }

    @Override
    public ModelInfo model(String name) {
        return ask(
                Operation.MODEL, Arguments.ofModel(Optional.of(name)), value -> ModelTrees.readInfo(Fields.of(value)));
    }

    @Override
    public ModelFigures figures(String model) {
        return ask(
                Operation.FIGURES,
                Arguments.ofModel(Optional.of(model)),
                value -> ModelTrees.readFigures(Fields.of(value)));
    }

    @Override
    public ModelProperties properties(Optional<String> model) {
        return ask(
                Operation.PROPERTIES, Arguments.ofModel(model), value -> ModelTrees.readProperties(Fields.of(value)));
    }

    private static Tree request(Map<String, Object> request) {
        return new Tree().put(Arguments.REQUEST, request);
    }

    private <R> R ask(Operation operation, Tree arguments, Function<Object, R> reader) {
        arguments.put(Protocol.PROTOCOL, Protocol.NUMBER).put(Protocol.CALLER_VERSION, Protocol.VERSION);
        Object answer;
        try {
            answer = other.apply(operation.wireName(), arguments.map());
        } catch (HyperionException e) {
            // Of the very same classes: of somebody between both sides.
            throw e;
        } catch (RuntimeException | LinkageError e) {
            // What an ExportedClient does not do, but an application server may that has thrown away its classes. Not
            // as a cause, which would keep the other application alive.
            throw new EngineException(
                    ErrorCode.ENGINE_FAILURE, "The application with Hyperion failed: " + ErrorTrees.describe(e));
        }
        return read(operation, answer, reader);
    }

    private <R> R read(Operation operation, Object answer, Function<Object, R> reader) {
        Optional<HyperionException> error;
        try {
            Fields fields = Fields.of(answer);
            error = fields.optionalNode(Protocol.ERROR).map(ErrorTrees::read);
            if (error.isEmpty()) {
                return reader.apply(fields.get(Protocol.VALUE, Object.class));
            }
        } catch (RuntimeException e) {
            throw new EngineException(
                    ErrorCode.ENGINE_FAILURE,
                    "What Hyperion (version " + otherVersion() + ") answers to '" + operation.wireName()
                            + "' cannot be read by this application's hyperion-api (version " + Protocol.VERSION
                            + "): " + ErrorTrees.describe(e),
                    e);
        }
        throw error.get();
    }

    private String otherVersion() {
        try {
            return Fields.of(other.apply(Operation.ABOUT.wireName(), Map.of()))
                    .node(Protocol.VALUE)
                    .text(Protocol.CALLER_VERSION);
        } catch (RuntimeException | LinkageError e) {
            return "unknown";
        }
    }

    private <R> CompletionStage<R> begin(Operation operation, Tree arguments, Function<Fields, R> reader) {
        CompletableFuture<R> reply = new CompletableFuture<>();
        Function<Object, Object> listener = answer -> {
            complete(reply, () -> read(operation, answer, value -> reader.apply(Fields.of(value))));
            return Map.of();
        };
        try {
            Runnable cancel = ask(operation, arguments.put(Protocol.LISTENER, listener), Runnable.class::cast);
            reply.whenComplete((value, error) -> {
                if (reply.isCancelled()) {
                    cancel.run();
                }
            });
        } catch (HyperionException e) {
            reply.completeExceptionally(e);
        }
        return reply;
    }

    private static <R> void complete(CompletableFuture<R> reply, Supplier<R> value) {
        try {
            reply.complete(value.get());
        } catch (HyperionException e) {
            reply.completeExceptionally(e);
        }
    }
}
