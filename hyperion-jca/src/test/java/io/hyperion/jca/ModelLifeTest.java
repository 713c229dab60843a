package io.hyperion.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelState;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.Prompt;
import io.hyperion.api.TokenizeRequest;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ManagedConnection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("The model of a pool")
@Timeout(60)
class ModelLifeTest {
    private static final GenerateRequest HELLO =
            GenerateRequest.builder().user("Hello").temperature(0).maxTokens(4).build();

    private final HyperionResourceAdapter adapter = new HyperionResourceAdapter();
    private final TestPool pool = new TestPool(2, Duration.ofSeconds(10));
    private HyperionManagedConnectionFactory factory;

    @BeforeEach
    void makeFactory() throws ResourceException {
        factory = Factories.demo(adapter);
    }

    @AfterEach
    void stop() {
        adapter.stop();
    }

    private HyperionClient client() throws ResourceException {
        return ((HyperionConnectionFactory) factory.createConnectionFactory(pool)).client();
    }

    private ModelState state() throws ResourceException {
        return client().model("demo").state();
    }

    @Test
    @DisplayName("is loaded by its first connection, and unloaded with its last one")
    void livesWithItsConnections() throws ResourceException {
        assertThat(state()).isEqualTo(ModelState.READY);
        ManagedConnection first = factory.createManagedConnection(null, null);
        assertThat(state()).isEqualTo(ModelState.LOADED);
        ManagedConnection second = factory.createManagedConnection(null, null);
        first.destroy();
        assertThat(state()).isEqualTo(ModelState.LOADED);
        second.destroy();
        assertThat(state()).isEqualTo(ModelState.READY);
    }

    @Test
    @DisplayName("generates through the pool, which has the connection back when the reply is there")
    void generatesThroughThePool() throws ResourceException {
        GenerateReply reply = client().generate(HELLO);

        assertThat(reply.text()).isNotEmpty();
        assertThat(reply.model()).isEqualTo("demo");
        assertThat(reply.slot()).isZero();
        assertThat(pool.used()).isZero();
        assertThat(pool.idle()).isEqualTo(1);
        assertThat(pool.lastThread()).startsWith("hyperion-request-");
    }

    @Test
    @DisplayName("is loaded anew after a flush, and its figures go on")
    void flushReloads() throws ResourceException {
        String text = client().generate(HELLO).text();
        long before = client().figures("demo").promptTokens();
        pool.flush();
        assertThat(state()).isEqualTo(ModelState.READY);
        assertThat(client().generate(HELLO).text()).isEqualTo(text);
        assertThat(client().figures("demo").promptTokens()).isGreaterThan(before);
    }

    @Test
    @DisplayName("is loaded anew, too, if the server makes the new connection before it destroys the old ones")
    void flushThatRefillsAtOnce() throws Exception {
        ManagedConnection first = factory.createManagedConnection(null, null);
        // A pool in use grows; one that nobody uses is being filled, for which it waits once and then no more.
        HyperionConnection used = (HyperionConnection) first.getConnection(null, null);
        ManagedConnection second = factory.createManagedConnection(null, null);
        used.close();
        Object before = factory.pool().model().client();
        CompletableFuture<ManagedConnection> refilled = CompletableFuture.supplyAsync(() -> {
            try {
                return factory.createManagedConnection(null, null);
            } catch (ResourceException e) {
                throw new CompletionException(e);
            }
        });
        first.destroy();
        second.destroy();
        ManagedConnection third = refilled.get(20, TimeUnit.SECONDS);
        assertThat(state()).isEqualTo(ModelState.LOADED);
        assertThat(factory.pool().model().client()).isNotSameAs(before);
        third.destroy();
        assertThat(state()).isEqualTo(ModelState.READY);
    }

    @Test
    @DisplayName("keeps a pool that is being filled waiting once, and not for each connection")
    void filledAtOnce() throws ResourceException {
        factory.setSlots(8);
        factory.createManagedConnection(null, null);
        long begin = System.nanoTime();
        for (int i = 1; i < 8; i++) {
            factory.createManagedConnection(null, null);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(1500));
        assertThat(state()).isEqualTo(ModelState.LOADED);
    }

    @Test
    @DisplayName("is unloaded, too, if it is its own listener that gives the last connection back")
    void listenerEndsIt() throws Exception {
        HyperionConnection connection = ((HyperionConnectionFactory) factory.createConnectionFactory()).getConnection();
        CompletableFuture<HyperionException> end = new CompletableFuture<>();
        GenerateRequest longOne = HELLO.toBuilder()
                .parameters(GenerateParameters.builder()
                        .maxTokens(400)
                        .ignoreEos(true)
                        .build())
                .build();
        connection.client().stream(longOne, new GenerateListener() {
            @Override
            public void onText(String text) {
                connection.close();
            }

            @Override
            public void onDone(GenerateReply reply) {
                end.completeExceptionally(new AssertionError("It was not unloaded"));
            }

            @Override
            public void onError(HyperionException error) {
                end.complete(error);
            }
        });
        assertThat(end.get(20, TimeUnit.SECONDS).code()).isEqualTo(ErrorCode.SHUTTING_DOWN);
        assertThat(client().generate(HELLO).text()).isNotEmpty();
    }

    @Test
    @DisplayName("stays loaded for its idle time, in which a new connection keeps it")
    void idleTimeKeepsIt() throws Exception {
        factory.setIdleTimeout("PT0.4S");
        ManagedConnection first = factory.createManagedConnection(null, null);
        first.destroy();
        assertThat(state()).isEqualTo(ModelState.LOADED);
        ManagedConnection second = factory.createManagedConnection(null, null);
        second.destroy();
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (state() == ModelState.LOADED && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(state()).isEqualTo(ModelState.READY);
    }

    @Test
    @DisplayName("is not loaded by questions about it")
    void questionsDoNotLoadIt() throws ResourceException {
        HyperionClient client = client();
        assertThat(client.models()).extracting(ModelInfo::name).containsExactly("demo");
        assertThat(client.models())
                .extracting(info -> info.description().origin())
                .containsExactly(ModelInfo.Origin.POOL);
        assertThat(client.properties(Optional.empty()).slots()).isEqualTo(2);
        assertThat(client.figures("demo").promptTokens()).isZero();
        assertThat(client.slots(Optional.of("demo"))).hasSize(2);
        assertThat(client.render(HELLO)).contains("Hello");
        assertThat(state()).isEqualTo(ModelState.READY);
        assertThat(pool.borrowed()).isZero();
    }

    @Test
    @DisplayName("is loaded by whatever needs its tokens")
    void tokensLoadIt() throws ResourceException {
        HyperionClient client = client();
        List<Integer> tokens = client.tokenize(TokenizeRequest.of("Hello")).ids();
        assertThat(tokens).isNotEmpty();
        GenerateRequest mixed = GenerateRequest.builder()
                .prompt(new Prompt.Mixed(List.of(new Prompt.Part.Tokens(tokens))))
                .build();
        assertThat(client.render(mixed)).contains("Hello");
        assertThat(client.eraseSlot(Optional.empty(), 0)).isZero();
        assertThat(pool.borrowed()).isEqualTo(3);
        assertThat(pool.used()).isZero();
    }

    @Test
    @DisplayName("is one for two factories with the same properties, and another for others")
    void equalFactoriesShareIt() throws ResourceException {
        HyperionManagedConnectionFactory same = Factories.demo(adapter);
        HyperionManagedConnectionFactory other = Factories.demo(adapter);
        other.setContextSize(256);
        assertThat(factory).isEqualTo(same).hasSameHashCodeAs(same).isNotEqualTo(other);

        ManagedConnection connection = factory.createManagedConnection(null, null);
        HyperionClient sameClient = ((HyperionConnectionFactory) same.createConnectionFactory(pool)).client();
        HyperionClient otherClient = ((HyperionConnectionFactory) other.createConnectionFactory(pool)).client();
        assertThat(sameClient.model("demo").state()).isEqualTo(ModelState.LOADED);
        assertThat(otherClient.model("demo").state()).isEqualTo(ModelState.READY);
        ManagedConnection shared = same.createManagedConnection(null, null);
        connection.destroy();
        assertThat(state()).isEqualTo(ModelState.LOADED);
        shared.destroy();
        assertThat(state()).isEqualTo(ModelState.READY);
    }

    @Test
    @DisplayName("is unloaded when the adapter stops, whoever has connections, and comes back when that starts again")
    void stoppingUnloadsIt() throws Exception {
        HyperionClient client = client();
        client.generate(HELLO);
        ManagedConnection held = factory.createManagedConnection(null, null);
        adapter.stop();

        assertThatThrownBy(() -> client.generate(HELLO))
                .isInstanceOfSatisfying(ModelUnavailableException.class, e -> assertThat(e.code())
                        .isEqualTo(ErrorCode.SHUTTING_DOWN));
        assertThatThrownBy(() -> factory.createManagedConnection(null, null))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("HYPRA-1032");
        assertThat(factory.getInvalidConnections(Set.of(held))).hasSize(1);
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("hyperion-request-") || name.startsWith("hyperion-demo"));
        held.destroy();
        pool.flush();

        adapter.start(null);
        assertThat(client.generate(HELLO).text()).isNotEmpty();
    }

    @Test
    @DisplayName("serves two hundred requests one after the other by one connection")
    void onceMade() throws ResourceException {
        HyperionClient client = client();
        GenerateRequest short1 = HELLO.toBuilder().maxTokens(1).build();
        for (int i = 0; i < 200; i++) {
            assertThat(client.generate(short1).completionTokens()).isLessThanOrEqualTo(1);
        }
        assertThat(pool.borrowed()).isEqualTo(200);
        assertThat(pool.idle()).isEqualTo(1);
        assertThat(pool.errors()).isEmpty();
    }

    @Test
    @DisplayName("tells another name as that of no model")
    void otherNames() throws ResourceException {
        HyperionClient client = client();
        assertThatThrownBy(
                        () -> client.generate(HELLO.toBuilder().model("other").build()))
                .isInstanceOfSatisfying(
                        HyperionException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_NOT_FOUND))
                .hasMessageContaining("other")
                .hasMessageContaining("demo");
    }
}
