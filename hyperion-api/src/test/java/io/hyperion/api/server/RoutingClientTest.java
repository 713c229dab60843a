package io.hyperion.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.RerankRequest;
import io.hyperion.api.TokenizeRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Several clients as one")
class RoutingClientTest {
    private final FakeModels own = FakeModels.withDefault("own", "chat", "shared");
    private final FakeModels first = FakeModels.withDefault("first", "shared");
    private final FakeModels second = FakeModels.withDefault("second", "code", "shared");
    private final List<HyperionClient> pools = new CopyOnWriteArrayList<>(List.of(first, second));
    private final HyperionClient client = routing(Optional.of(own), Optional.empty());

    private RoutingClient routing(Optional<HyperionClient> mine, Optional<String> preferred) {
        return new RoutingClient(mine, preferred, new KnownPools(pools, pools));
    }

    private record KnownPools(List<HyperionClient> known, List<HyperionClient> settled)
            implements RoutingClient.Pools {}

    private static GenerateRequest request(Optional<String> model) {
        GenerateRequest.Builder builder = GenerateRequest.builder().user("Hello");
        model.ifPresent(builder::model);
        return builder.build();
    }

    private static EmbeddingRequest embedding(Optional<String> model) {
        EmbeddingRequest.Builder builder = EmbeddingRequest.builder().text("Hello");
        model.ifPresent(builder::model);
        return builder.build();
    }

    private static RerankRequest reranking(Optional<String> model) {
        RerankRequest.Builder builder = RerankRequest.builder().query("Hello").document("world");
        model.ifPresent(builder::model);
        return builder.build();
    }

    /** What can be asked of a model that need not be named. */
    @FunctionalInterface
    private interface Operation {
        void ask(HyperionClient client, Optional<String> model);
    }

    private static Arguments operation(String name, Operation operation) {
        return Arguments.of(name, operation);
    }

    static Stream<Arguments> operations() {
        return Stream.of(
                operation("generate", (client, model) -> client.generate(request(model))),
                operation("generateAsync", (client, model) -> client.generateAsync(request(model))),
                operation("stream", (client, model) -> client.stream(request(model))
                        .subscribe(new Subscriber())),
                operation("stream", (client, model) -> client.stream(request(model), new Listener())),
                operation("render", (client, model) -> client.render(request(model))),
                operation("tokenize", (client, model) -> client.tokenize(new TokenizeRequest(model, "", true, true))),
                operation("detokenize", (client, model) -> client.detokenize(new DetokenizeRequest(model, List.of()))),
                operation("saveSlot", (client, model) -> client.saveSlot(model, 0, "file")),
                operation("restoreSlot", (client, model) -> client.restoreSlot(model, 0, "file")),
                operation("eraseSlot", (client, model) -> client.eraseSlot(model, 0)),
                operation("slots", (client, model) -> client.slots(model)),
                operation("embed", (client, model) -> client.embed(embedding(model))),
                operation("embedAsync", (client, model) -> client.embedAsync(embedding(model))),
                operation("rerank", (client, model) -> client.rerank(reranking(model))),
                operation("rerankAsync", (client, model) -> client.rerankAsync(reranking(model))),
                operation("properties", (client, model) -> client.properties(model)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operations")
    @DisplayName("a request goes to the client that has its model")
    void byName(String name, Operation operation) {
        operation.ask(client, Optional.of("code"));

        assertThat(second.calls()).containsExactly(name + " code");
        assertThat(own.calls()).isEmpty();
        assertThat(first.calls()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operations")
    @DisplayName("a request that names no model goes to the default model, by its name")
    void byDefault(String name, Operation operation) {
        operation.ask(client, Optional.empty());

        assertThat(own.calls()).containsExactly(name + " chat");
    }

    @Test
    @DisplayName("what a model is and did is asked of the client that has it")
    void figures() {
        client.figures("code");

        assertThat(second.calls()).containsExactly("figures code");
        assertThat(client.model("code").fileName()).contains("second");
    }

    @Test
    @DisplayName(
            "the models are those of all, in the order of their names; of those of one name the first pool's is there")
    void models() {
        assertThat(client.models())
                .extracting(info -> info.name() + " of " + info.fileName().orElseThrow())
                .containsExactly("chat of own", "code of second", "shared of first");

        client.generate(request(Optional.of("shared")));
        assertThat(first.calls()).containsExactly("generate shared");
    }

    @Test
    @DisplayName("one model is the default, whatever the clients say of theirs")
    void oneDefault() {
        assertThat(client.models())
                .filteredOn(ModelInfo::isDefault)
                .extracting(ModelInfo::name)
                .containsExactly("chat");
        assertThat(client.model("chat").isDefault()).isTrue();
        assertThat(client.model("code").isDefault()).isFalse();
    }

    @Test
    @DisplayName("the own default is that of the name, also where a pool has a model of that name")
    void defaultOfPool() {
        pools.add(FakeModels.of("third", "chat"));

        assertThat(client.properties(Optional.empty()).fileName()).isEqualTo("third");
    }

    @Test
    @DisplayName("a preferred model is the default while it is there")
    void preferred() {
        HyperionClient preferring = routing(Optional.of(own), Optional.of("code"));
        assertThat(preferring.properties(Optional.empty()).model()).isEqualTo("code");

        HyperionClient byAlias = routing(Optional.of(own), Optional.of("code:latest"));
        assertThat(byAlias.properties(Optional.empty()).model()).isEqualTo("code");
        assertThat(byAlias.models())
                .filteredOn(ModelInfo::isDefault)
                .extracting(ModelInfo::name)
                .containsExactly("code");

        pools.remove(second);
        assertThat(preferring.properties(Optional.empty()).model()).isEqualTo("chat");
    }

    @Test
    @DisplayName("of pools alone, the model named default is the default, and if there is none, the first by name")
    void defaultOfPools() {
        HyperionClient others = routing(Optional.of(FakeModels.of("empty")), Optional.empty());
        assertThat(others.properties(Optional.empty()).model()).isEqualTo("code");

        pools.add(FakeModels.of("third", "default"));
        assertThat(others.properties(Optional.empty()).model()).isEqualTo("default");
        assertThat(routing(Optional.empty(), Optional.empty())
                        .properties(Optional.empty())
                        .model())
                .isEqualTo("default");
    }

    @Test
    @DisplayName("an unknown model is told with the names of all")
    void unknown() {
        assertThatExceptionOfType(ModelNotFoundException.class)
                .isThrownBy(() -> client.generate(request(Optional.of("nobody"))))
                .withMessage("There is no model 'nobody'; the models are chat, code, shared");
        assertThatExceptionOfType(ModelNotFoundException.class).isThrownBy(() -> client.model("nobody"));
    }

    @Test
    @DisplayName("where there is no model at all, it is told how to get one")
    void nothing() {
        pools.clear();

        assertThatExceptionOfType(ModelNotFoundException.class)
                .isThrownBy(() -> routing(Optional.of(FakeModels.of("empty")), Optional.of("chat"))
                        .generate(request(Optional.empty())))
                .withMessageContaining("hyperion.models.default.path")
                .withMessageContaining("pool");
    }

    @Test
    @DisplayName("stages and streams fail with what is wrong, and do not throw it")
    void asynchronous() {
        Subscriber subscriber = new Subscriber();
        client.stream(request(Optional.of("nobody"))).subscribe(subscriber);

        assertThat(subscriber.error).isCompletedWithValueMatching(ModelNotFoundException.class::isInstance);
        for (CompletableFuture<?> stage : List.of(
                client.generateAsync(request(Optional.of("nobody"))).toCompletableFuture(),
                client.embedAsync(embedding(Optional.of("nobody"))).toCompletableFuture(),
                client.rerankAsync(reranking(Optional.of("nobody"))).toCompletableFuture())) {
            assertThat(catchThrowable(stage::join)).hasCauseInstanceOf(ModelNotFoundException.class);
        }
    }

    @Test
    @DisplayName("a stream finds its client when it is subscribed to")
    void streamsAreLazy() {
        Flow.Publisher<GenerateEvent> stream = client.stream(request(Optional.of("shared")));
        pools.remove(first);

        stream.subscribe(new Subscriber());

        assertThat(first.calls()).isEmpty();
        assertThat(second.calls()).containsExactly("stream shared");
    }

    @Test
    @DisplayName("a pool that cannot tell its models does not hide those of the others")
    void brokenPool() {
        first.close();

        assertThat(client.models()).extracting(ModelInfo::name).containsExactly("chat", "code", "shared");
        assertThat(client.generate(request(Optional.of("shared"))).text()).isEqualTo("second");
    }

    @Test
    @DisplayName("whoever asks for a model that may be that of a broken pool is told what is wrong with the pool")
    void errorOfBrokenPool() {
        second.close();

        assertThatExceptionOfType(ModelUnavailableException.class)
                .isThrownBy(() -> client.generate(request(Optional.of("code"))))
                .withMessage("second is shutting down");
    }

    @Test
    @DisplayName("pools come and go")
    void comingAndGoing() {
        pools.remove(second);
        Consumer<HyperionClient> ask = asked -> asked.generate(request(Optional.of("code")));
        assertThatExceptionOfType(ModelNotFoundException.class).isThrownBy(() -> ask.accept(client));

        pools.add(second);
        ask.accept(client);

        assertThat(second.calls()).containsExactly("generate code");
    }

    @Test
    @DisplayName("only who asks for a model that is not known waits for pools that are being looked up")
    void settling() {
        RoutingClient.Pools looking = new RoutingClient.Pools() {
            @Override
            public List<HyperionClient> known() {
                return List.of();
            }

            @Override
            public List<HyperionClient> settled() {
                own.calls().add("settled");
                return List.of(second);
            }
        };
        HyperionClient early = new RoutingClient(Optional.of(own), Optional.empty(), looking);

        early.generate(request(Optional.of("chat")));
        early.generate(request(Optional.of("code")));

        assertThat(own.calls()).containsExactly("generate chat", "settled");
        assertThat(second.calls()).containsExactly("generate code");
    }

    private static final class Listener implements GenerateListener {
        @Override
        public void onText(String text) {
            // Only who was asked matters.
        }

        @Override
        public void onDone(GenerateReply reply) {
            // Only who was asked matters.
        }

        @Override
        public void onError(HyperionException error) {
            throw new AssertionError(error);
        }
    }

    private static final class Subscriber implements Flow.Subscriber<GenerateEvent> {
        private final CompletableFuture<Throwable> error = new CompletableFuture<>();

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(GenerateEvent event) {
            // Only who was asked matters.
        }

        @Override
        public void onError(Throwable cause) {
            error.complete(cause);
        }

        @Override
        public void onComplete() {
            // Only who was asked matters.
        }
    }
}
