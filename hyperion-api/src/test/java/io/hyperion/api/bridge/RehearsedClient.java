package io.hyperion.api.bridge;

import io.hyperion.api.BusyException;
import io.hyperion.api.Completion;
import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.Message;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProperties;
import io.hyperion.api.ModelState;
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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.BiFunction;

/**
 * Models that say what a test puts into a queue, a piece at a time; an empty piece ends a generation. It is what an application exports, so
 * tests load it with another class loader and know it as a function only. Prompts that it knows: {@code loader} is answered with whose
 * context class loader it has, {@code busy} and {@code bug} with an error.
 */
public final class RehearsedClient implements HyperionClient {
    private static final Timings NO_TIME = new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO);

    private static final ModelInfo MODEL = new ModelInfo(
            "rehearsed", true, ModelState.LOADED, Optional.empty(), 10, 1, Optional.empty(), Optional.empty());

    private final BlockingQueue<String> pieces;

    RehearsedClient(BlockingQueue<String> pieces) {
        this.pieces = pieces;
    }

    /** What an application with this client gives to others. */
    public static BiFunction<String, Map<String, Object>, Object> export(BlockingQueue<String> pieces) {
        return ExportedClient.of(new RehearsedClient(pieces))::apply;
    }

    /** What no other application has a class for. */
    private static final class Bug extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        Bug() {
            super("a bug of the other application");
        }
    }

    @Override
    public GenerateReply generate(GenerateRequest request) {
        return ReplyFuture.await(ReplyFuture.begin(listener -> stream(request, listener)));
    }

    @Override
    public CompletionStage<GenerateReply> generateAsync(GenerateRequest request) {
        return ReplyFuture.begin(listener -> stream(request, listener));
    }

    @Override
    public Flow.Publisher<GenerateEvent> stream(GenerateRequest request) {
        return new EventPublisher(listener -> stream(request, listener));
    }

    @Override
    public Generation stream(GenerateRequest request, GenerateListener listener) {
        switch (lastText(request)) {
            case "busy" -> throw new BusyException(ErrorCode.QUEUE_FULL, "too much", Duration.ofSeconds(7));
            case "bug" -> throw new Bug();
            case "loader" -> {
                boolean own = Thread.currentThread().getContextClassLoader()
                        == getClass().getClassLoader();
                listener.onDone(reply(own ? "its own" : "another's", FinishReason.STOP));
                return () -> {};
            }
            default -> {
                Thread engine = new Thread(() -> speak(listener), "rehearsed engine");
                engine.setDaemon(true);
                engine.setContextClassLoader(ClassLoader.getPlatformClassLoader());
                engine.start();
                return engine::interrupt;
            }
        }
    }

    private void speak(GenerateListener listener) {
        StringBuilder text = new StringBuilder();
        try {
            listener.onStart();
            for (String piece = pieces.take(); !piece.isEmpty(); piece = pieces.take()) {
                text.append(piece);
                listener.onPiece(new GenerateEvent.Piece(piece));
            }
            listener.onDone(reply(text.toString(), FinishReason.STOP));
        } catch (InterruptedException e) {
            listener.onDone(reply(text.toString(), FinishReason.CANCELLED));
        } catch (RuntimeException e) {
            listener.onError(
                    new EngineException(ErrorCode.ENGINE_FAILURE, "The listener failed: " + e.getMessage(), e));
        }
    }

    private static GenerateReply reply(String text, FinishReason reason) {
        Completion completion = new Completion(text, 1, reason, Optional.empty(), false, List.of());
        return new GenerateReply("rehearsed", "prompt", 1, 0, 0, List.of(completion), NO_TIME);
    }

    private static String lastText(GenerateRequest request) {
        if (request.prompt() instanceof Prompt.Chat chat) {
            List<Message> messages = chat.messages();
            return messages.get(messages.size() - 1).content();
        }
        return "";
    }

    @Override
    public List<ModelInfo> models() {
        return List.of(MODEL);
    }

    @Override
    public ModelInfo model(String name) {
        return MODEL;
    }

    @Override
    public String render(GenerateRequest request) {
        return lastText(request);
    }

    private static HyperionException notRehearsed() {
        return new EngineException(ErrorCode.ENGINE_FAILURE, "This was not rehearsed");
    }

    @Override
    public TokenizeReply tokenize(TokenizeRequest request) {
        throw notRehearsed();
    }

    @Override
    public String detokenize(DetokenizeRequest request) {
        throw notRehearsed();
    }

    @Override
    public SlotReply saveSlot(Optional<String> model, int slot, String fileName) {
        throw notRehearsed();
    }

    @Override
    public SlotReply restoreSlot(Optional<String> model, int slot, String fileName) {
        throw notRehearsed();
    }

    @Override
    public int eraseSlot(Optional<String> model, int slot) {
        throw notRehearsed();
    }

    @Override
    public List<SlotInfo> slots(Optional<String> model) {
        throw notRehearsed();
    }

    @Override
    public EmbeddingReply embed(EmbeddingRequest request) {
        throw notRehearsed();
    }

    @Override
    public CompletionStage<EmbeddingReply> embedAsync(EmbeddingRequest request) {
        throw notRehearsed();
    }

    @Override
    public RerankReply rerank(RerankRequest request) {
        throw notRehearsed();
    }

    @Override
    public CompletionStage<RerankReply> rerankAsync(RerankRequest request) {
        throw notRehearsed();
    }

    @Override
    public ModelFigures figures(String model) {
        throw notRehearsed();
    }

    @Override
    public ModelProperties properties(Optional<String> model) {
        throw notRehearsed();
    }
}
