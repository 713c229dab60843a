package io.hyperion.api.remote;

import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.GenerationTimeoutException;
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
import io.hyperion.api.client.ReplyFuture;
import jakarta.json.JsonObjectBuilder;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The models of a Hyperion elsewhere. {@link HyperionClient#builder()} makes one.
 *
 * <pre>{@code
 * try (RemoteClient client = HyperionClient.builder()
 *         .uri(URI.create("https://models.example.com/hyperion"))
 *         .apiKey(key)
 *         .build()) {
 *     System.out.println(client.generate(GenerateRequest.builder().user("Hello!").build()).text());
 * }
 * }</pre>
 *
 * <p>It does what {@link HyperionClient} says, with these differences:
 *
 * <ul>
 *   <li>A refusal comes from the server, when the call has returned: {@link #stream(GenerateRequest, GenerateListener)} tells the listener
 *       of it.
 *   <li>A generation that is cancelled ends with the reply as far as it came in {@link Mode#WEBSOCKET}, and with
 *       {@link io.hyperion.api.GenerationCancelledException} in {@link Mode#REST}, which has no way to tell more to one who hangs up.
 *   <li>A generation is told to have started when its first piece comes, or its reply. That it waits for its model is told where pieces are
 *       asked for; in {@link Mode#REST} not in the first half second.
 *   <li>{@link GenerateRequest#caller()} is not sent: the server knows who asks by the key.
 *   <li>{@link #slots} tells no prompts, and of the parameters those that are numbers or truth values: one caller's texts are no
 *       other's business.
 * </ul>
 *
 * <p>The server's errors arrive with the code, the field and the message that it gave. What happens on the way is a
 * {@link ModelUnavailableException} with {@link ErrorCode#UNREACHABLE}; what does not come from a Hyperion, such as the page of a proxy, an
 * {@link io.hyperion.api.EngineException} with {@link ErrorCode#FOREIGN_ANSWER}. Nothing is sent again by itself, since the server may have
 * done it already. A request's own time-out is the server's to keep; ten seconds later the client gives up itself.
 *
 * <p>Listeners, subscribers and dependent actions run in a thread of the HTTP client, those of a cancelled or overdue request in the thread
 * that ends it. One that is slow holds back its connection: in {@link Mode#WEBSOCKET} that of all requests, so it must never wait for
 * another request of this client.
 *
 * <p>Safe for use by many threads. It has no threads but those of the HTTP client, and while generations are under way one that looks after
 * them. The threads of an HTTP client end when nothing refers to it any more; Java 17 cannot close one. So let go of the client after
 * closing it.
 */
public final class RemoteClient implements HyperionClient, AutoCloseable {
    /** How much longer than the request may take its end is waited for. */
    private static final Duration SLACK = Duration.ofSeconds(10);

    private final Endpoint endpoint;
    private final Mode mode;
    private final Duration slack;
    private final Json json;
    private final Requests requests;
    private final Exchanges exchanges;
    private final Transport transport;
    private final Watch watch = new Watch();
    private final Set<Call> underWay = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    RemoteClient(Endpoint endpoint, Mode mode, HttpClient http, Duration connectTimeout, Json json) {
        this(endpoint, mode, http, connectTimeout, json, SLACK);
    }

    /**
     * @param slack how much longer than a request may take its end is waited for
     */
    RemoteClient(Endpoint endpoint, Mode mode, HttpClient http, Duration connectTimeout, Json json, Duration slack) {
        this.slack = slack;
        this.endpoint = endpoint;
        this.mode = mode;
        this.json = json;
        this.requests = new Requests(json);
        Failures failures = new Failures(endpoint, json);
        this.exchanges = new Exchanges(http, endpoint, json, failures);
        this.transport = switch (mode) {
            case REST -> new RestTransport(http, endpoint, json, failures, watch);
            case WEBSOCKET -> new SocketTransport(http, endpoint, connectTimeout, json, failures, watch);
        };
    }

    @Override
    public GenerateReply generate(GenerateRequest request) {
        return ReplyFuture.await(begin(request));
    }

    @Override
    public CompletionStage<GenerateReply> generateAsync(GenerateRequest request) {
        Objects.requireNonNull(request, "request");
        return orFailed(() -> begin(request));
    }

    private CompletableFuture<GenerateReply> begin(GenerateRequest request) {
        return ReplyFuture.begin(listener -> begin(request, listener, false));
    }

    @Override
    public Flow.Publisher<GenerateEvent> stream(GenerateRequest request) {
        Objects.requireNonNull(request, "request");
        return new EventPublisher(listener -> begin(request, listener, true));
    }

    @Override
    public Generation stream(GenerateRequest request, GenerateListener listener) {
        return begin(request, listener, true);
    }

    private Generation begin(GenerateRequest request, GenerateListener listener, boolean pieces) {
        Call call = new Call(listener);
        underWay.add(call);
        call.whenEnded(() -> underWay.remove(call));
        try {
            requireOpen();
            Generation generation = transport.begin(request, call, pieces);
            request.timeout().ifPresent(timeout -> call.whenEnded(watch.in(timeout.plus(slack), () -> overdue(call))));
            return generation;
        } catch (RuntimeException | Error e) {
            underWay.remove(call);
            throw e;
        }
    }

    private void overdue(Call call) {
        call.fail(new GenerationTimeoutException(
                ErrorCode.TIMEOUT, endpoint + " told nothing of the end of the request's time"));
    }

    private void requireOpen() {
        if (closed) {
            throw Failures.closed();
        }
    }

    @Override
    public String render(GenerateRequest request) {
        requireOpen();
        return ReplyFuture.await(exchanges.post(
                "/render",
                requests.generate(request, false),
                request.timeout().map(slack::plus),
                answer -> answer.text("prompt")));
    }

    @Override
    public TokenizeReply tokenize(TokenizeRequest request) {
        requireOpen();
        JsonObjectBuilder body = json.object();
        request.model().ifPresent(model -> body.add("model", model));
        body.add("content", request.text())
                .add("add_special", request.addSpecial())
                .add("parse_special", request.parseSpecial())
                .add("with_pieces", true);
        return ReplyFuture.await(exchanges.post("/tokenize", body.build(), Optional.empty(), Replies::tokens));
    }

    @Override
    public String detokenize(DetokenizeRequest request) {
        requireOpen();
        JsonObjectBuilder body = json.object();
        request.model().ifPresent(model -> body.add("model", model));
        body.add("tokens", json.numbers(request.tokens()));
        return ReplyFuture.await(
                exchanges.post("/detokenize", body.build(), Optional.empty(), answer -> answer.text("content")));
    }

    @Override
    public EmbeddingReply embed(EmbeddingRequest request) {
        return ReplyFuture.await(vectors(request));
    }

    @Override
    public CompletionStage<EmbeddingReply> embedAsync(EmbeddingRequest request) {
        Objects.requireNonNull(request, "request");
        return orFailed(() -> vectors(request));
    }

    private CompletableFuture<EmbeddingReply> vectors(EmbeddingRequest request) {
        requireOpen();
        return exchanges.post(
                "/embed", requests.embed(request), request.timeout().map(slack::plus), Replies::embeddings);
    }

    @Override
    public RerankReply rerank(RerankRequest request) {
        return ReplyFuture.await(ranking(request));
    }

    @Override
    public CompletionStage<RerankReply> rerankAsync(RerankRequest request) {
        Objects.requireNonNull(request, "request");
        return orFailed(() -> ranking(request));
    }

    private CompletableFuture<RerankReply> ranking(RerankRequest request) {
        requireOpen();
        return exchanges.post(
                "/rerank", requests.rerank(request), request.timeout().map(slack::plus), Replies::ranking);
    }

    private static <R> CompletionStage<R> orFailed(Supplier<CompletableFuture<R>> start) {
        try {
            return start.get();
        } catch (HyperionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public SlotReply saveSlot(Optional<String> model, int slot, String fileName) {
        return act(model, slot, "save", Optional.of(fileName), Replies::saved);
    }

    @Override
    public SlotReply restoreSlot(Optional<String> model, int slot, String fileName) {
        return act(model, slot, "restore", Optional.of(fileName), Replies::restored);
    }

    @Override
    public int eraseSlot(Optional<String> model, int slot) {
        return act(model, slot, "erase", Optional.empty(), answer -> answer.whole("n_erased"));
    }

    private <R> R act(
            Optional<String> model, int slot, String action, Optional<String> fileName, Function<Answer, R> reader) {
        requireOpen();
        JsonObjectBuilder body = json.object();
        fileName.ifPresent(name -> body.add("filename", name));
        String path = "/slots/" + slot + "?action=" + action
                + model.map(name -> "&model=" + Endpoint.encoded(name)).orElse("");
        return ReplyFuture.await(exchanges.post(path, body.build(), Optional.empty(), reader));
    }

    @Override
    public List<SlotInfo> slots(Optional<String> model) {
        requireOpen();
        return ReplyFuture.await(exchanges.get(
                "/slots" + query(model),
                answer -> answer.items().stream().map(Replies::slot).toList()));
    }

    @Override
    public List<ModelInfo> models() {
        requireOpen();
        return ReplyFuture.await(exchanges.get(
                "/models",
                answer -> answer.items("models").stream().map(Replies::model).toList()));
    }

    @Override
    public ModelInfo model(String name) {
        requireOpen();
        return ReplyFuture.await(exchanges.get("/models/" + Endpoint.encoded(name), Replies::model));
    }

    @Override
    public ModelFigures figures(String model) {
        requireOpen();
        return ReplyFuture.await(exchanges.get("/models/" + Endpoint.encoded(model) + "/figures", Replies::figures));
    }

    @Override
    public ModelProperties properties(Optional<String> model) {
        requireOpen();
        return ReplyFuture.await(exchanges.get("/properties" + query(model), Replies::properties));
    }

    private static String query(Optional<String> model) {
        return model.map(name -> "?model=" + Endpoint.encoded(name)).orElse("");
    }

    /**
     * Ends all that is under way with {@link ErrorCode#SHUTTING_DOWN}, which the server takes as cancelled, and closes the socket. Does
     * nothing if that is done already.
     */
    @Override
    public void close() {
        closed = true;
        List.copyOf(underWay).forEach(call -> call.fail(Failures.closed()));
        exchanges.failAll(Failures.closed());
        transport.close();
        watch.close();
    }

    /** {@return where the server is and how it is spoken to; never the key} */
    @Override
    public String toString() {
        return "RemoteClient[" + endpoint + ", " + mode + "]";
    }
}
