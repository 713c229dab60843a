package io.hyperion.api.bridge;

import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.Generation;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelUnavailableException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A client as applications with other copies of the api's classes can call it: by the name of an operation and a tree of arguments, as the
 * package says. {@link BridgedClient} is the other side.
 *
 * <p>Nothing is thrown: errors are given back as trees, and what is no {@link HyperionException} is told as an {@link EngineException} and logged. Calls run
 * with the class loader of the client as the thread's context class loader. Safe for use by many threads.
 */
public final class ExportedClient implements BiFunction<String, Map<String, Object>, Object> {
    private static final System.Logger LOGGER = System.getLogger(ExportedClient.class.getName());

    private final HyperionClient client;
    private final Supplier<Map<String, Object>> about;

    private ExportedClient(HyperionClient client, Supplier<Map<String, Object>> about) {
        this.client = client;
        this.about = about;
    }

    /**
     * @param client the client
     * @return what other applications can call
     */
    public static ExportedClient of(HyperionClient client) {
        return of(client, Map::of);
    }

    /**
     * @param client the client
     * @param about what it tells of itself, beside what all tell, as a tree; asked each time, and what it throws is the answer
     * @return what other applications can call
     */
    public static ExportedClient of(HyperionClient client, Supplier<Map<String, Object>> about) {
        return new ExportedClient(Objects.requireNonNull(client, "client"), Objects.requireNonNull(about, "about"));
    }

    /** {@return the client, for callers that have the same classes} */
    public HyperionClient client() {
        return client;
    }

    /** {@return the class loader that is the context's while the client works} */
    ClassLoader loader() {
        return client.getClass().getClassLoader();
    }

    /**
     * @param operation the name of an operation
     * @param arguments its arguments
     * @return a map with either {@code value} or {@code error}
     */
    @Override
    public Map<String, Object> apply(String operation, Map<String, Object> arguments) {
        return ThreadContext.call(loader(), () -> answer(() -> perform(operation, Fields.of(arguments))));
    }

    /** What may give a value, and may fail. */
    @FunctionalInterface
    private interface Attempt {
        Object get();
    }

    private static Map<String, Object> answer(Attempt attempt) {
        try {
            return Map.of(Protocol.VALUE, attempt.get());
        } catch (RuntimeException | Error e) {
            // Whatever it is: thrown on, it would keep this application's classes alive in the other one.
            return failure(e);
        }
    }

    private static Map<String, Object> failure(Throwable thrown) {
        return Map.of(Protocol.ERROR, ErrorTrees.tree(asHyperionException(thrown)));
    }

    private static HyperionException asHyperionException(Throwable thrown) {
        if (thrown instanceof HyperionException error) {
            return error;
        }
        if (thrown instanceof CompletionException && thrown.getCause() != null) {
            return asHyperionException(thrown.getCause());
        }
        if (thrown instanceof CancellationException) {
            return new GenerationCancelledException(ErrorCode.CANCELLED, "The request was cancelled");
        }
        LOGGER.log(System.Logger.Level.WARNING, "A request of another application failed", thrown);
        return new EngineException(ErrorCode.ENGINE_FAILURE, "Hyperion failed: " + ErrorTrees.describe(thrown), thrown);
    }

    private Object perform(String name, Fields arguments) {
        Operation operation = Operation.of(name)
                .orElseThrow(() -> incompatible(arguments, "no operation '" + Excerpts.of(name) + "' is known here"));
        if (operation == Operation.ABOUT) {
            Map<String, Object> told = new HashMap<>(about.get());
            told.put(Protocol.PROTOCOL, Protocol.NUMBER);
            told.put(Protocol.CALLER_VERSION, Protocol.VERSION);
            return told;
        }
        int protocol = arguments.whole(Protocol.PROTOCOL);
        if (protocol != Protocol.NUMBER) {
            throw incompatible(
                    arguments, "they speak protocol " + protocol + ", and " + Protocol.NUMBER + " is spoken here");
        }
        return switch (operation) {
            case ABOUT, MODELS -> client.models().stream().map(ModelTrees::tree).toList();
            case GENERATE -> ReplyTrees.tree(client.generate(RequestTrees.readGenerate(request(arguments))));
            case GENERATE_ASYNC ->
                begin(client.generateAsync(RequestTrees.readGenerate(request(arguments))), ReplyTrees::tree, arguments);
            case STREAM -> stream(arguments);
            case RENDER -> client.render(RequestTrees.readGenerate(request(arguments)));
            case TOKENIZE -> TokenTrees.tree(client.tokenize(RequestTrees.readTokenize(request(arguments))));
            case DETOKENIZE -> client.detokenize(RequestTrees.readDetokenize(request(arguments)));
            case SAVE_SLOT ->
                SlotTrees.tree(client.saveSlot(
                        arguments.optionalText(Arguments.MODEL),
                        arguments.whole(Arguments.SLOT),
                        arguments.text(Arguments.FILE_NAME)));
            case RESTORE_SLOT ->
                SlotTrees.tree(client.restoreSlot(
                        arguments.optionalText(Arguments.MODEL),
                        arguments.whole(Arguments.SLOT),
                        arguments.text(Arguments.FILE_NAME)));
            case ERASE_SLOT ->
                client.eraseSlot(arguments.optionalText(Arguments.MODEL), arguments.whole(Arguments.SLOT));
            case SLOTS ->
                client.slots(arguments.optionalText(Arguments.MODEL)).stream()
                        .map(SlotTrees::tree)
                        .toList();
            case EMBED -> VectorTrees.tree(client.embed(RequestTrees.readEmbedding(request(arguments))));
            case EMBED_ASYNC ->
                begin(client.embedAsync(RequestTrees.readEmbedding(request(arguments))), VectorTrees::tree, arguments);
            case RERANK -> VectorTrees.tree(client.rerank(RequestTrees.readRerank(request(arguments))));
            case RERANK_ASYNC ->
                begin(client.rerankAsync(RequestTrees.readRerank(request(arguments))), VectorTrees::tree, arguments);
            case MODEL -> ModelTrees.tree(client.model(arguments.text(Arguments.MODEL)));
            case FIGURES -> ModelTrees.tree(client.figures(arguments.text(Arguments.MODEL)));
            case PROPERTIES -> ModelTrees.tree(client.properties(arguments.optionalText(Arguments.MODEL)));
        };
    }

    private static Fields request(Fields arguments) {
        return arguments.node(Arguments.REQUEST);
    }

    private static ModelUnavailableException incompatible(Fields arguments, String why) {
        return new ModelUnavailableException(
                ErrorCode.NOT_DEPLOYED,
                "The Hyperion of this server (version " + Protocol.VERSION
                        + ") does not understand this application's hyperion-api (version "
                        + arguments.optionalText(Protocol.CALLER_VERSION).orElse("unknown") + "): " + why);
    }

    private Runnable stream(Fields arguments) {
        Generation generation =
                client.stream(RequestTrees.readGenerate(request(arguments)), new ExportedListener(listener(arguments)));
        return cancelling(generation::cancel);
    }

    private <R> Runnable begin(CompletionStage<R> stage, Function<R, Map<String, Object>> tree, Fields arguments) {
        Function<Object, Object> listener = listener(arguments);
        CompletableFuture<R> reply = stage.toCompletableFuture();
        reply.whenComplete(
                (value, thrown) -> listener.apply(thrown == null ? answer(() -> tree.apply(value)) : failure(thrown)));
        return cancelling(() -> reply.cancel(true));
    }

    private Runnable cancelling(Runnable cancel) {
        return () -> ThreadContext.run(loader(), () -> {
            try {
                cancel.run();
            } catch (RuntimeException | Error e) {
                LOGGER.log(System.Logger.Level.WARNING, "A request of another application could not be cancelled", e);
            }
        });
    }

    // What takes any object, and gives any, is cast to what it is.
    @SuppressWarnings("unchecked")
    private static Function<Object, Object> listener(Fields arguments) {
        return (Function<Object, Object>) arguments.get(Protocol.LISTENER, Function.class);
    }
}
