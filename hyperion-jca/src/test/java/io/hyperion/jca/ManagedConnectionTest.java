package io.hyperion.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.EngineException;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.LoraScale;
import io.hyperion.api.ModelState;
import jakarta.resource.NotSupportedException;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionEvent;
import jakarta.resource.spi.ConnectionEventListener;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.ManagedConnection;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("A managed connection, and its factory")
@Timeout(60)
class ManagedConnectionTest {
    private static final GenerateRequest HELLO =
            GenerateRequest.builder().user("Hello").temperature(0).maxTokens(4).build();

    private final HyperionResourceAdapter adapter = new HyperionResourceAdapter();
    private final List<ConnectionEvent> events = new ArrayList<>();
    private HyperionManagedConnectionFactory factory;

    @BeforeEach
    void makeFactory() throws ResourceException {
        factory = Factories.demo(adapter);
    }

    @AfterEach
    void stop() {
        adapter.stop();
    }

    private ManagedConnection connection(String prefix) throws ResourceException {
        ManagedConnection connection = factory.createManagedConnection(null, info(prefix));
        connection.addConnectionEventListener(new Recorder());
        return connection;
    }

    private static HyperionConnectionRequestInfo info(String prefix) {
        return new HyperionConnectionRequestInfo(Optional.empty(), List.of(), prefix);
    }

    @Test
    @DisplayName("is matched by the longest prefix that its last prompt has in common with the request")
    void matchesByPrefix() throws ResourceException {
        ManagedConnection cats = connection("You know cats. Tell me");
        ManagedConnection dogs = connection("You know dogs. Tell me");
        Set<ManagedConnection> both = Set.of(cats, dogs);
        assertThat(factory.matchManagedConnections(both, null, info("You know dogs well")))
                .isSameAs(dogs);
        assertThat(factory.matchManagedConnections(both, null, info("You know cats well")))
                .isSameAs(cats);
        assertThat(factory.matchManagedConnections(both, null, info("Else"))).isIn(cats, dogs);
        assertThat(factory.matchManagedConnections(both, null, null)).isIn(cats, dogs);
        assertThat(factory.matchManagedConnections(Set.of(cats), null, info("You know dogs")))
                .isSameAs(cats);

        ((HyperionConnection) cats.getConnection(null, info("You know birds"))).close();
        assertThat(factory.matchManagedConnections(both, null, info("You know birds well")))
                .isSameAs(cats);
    }

    @Test
    @DisplayName("is not matched if it is destroyed or another's")
    void matchesOnlySoundOnes() throws ResourceException {
        ManagedConnection connection = connection("");
        HyperionManagedConnectionFactory other = Factories.demo(adapter);
        other.setContextSize(256);
        assertThat(other.matchManagedConnections(Set.of(connection, "stranger"), null, null))
                .isNull();
        assertThat(factory.getInvalidConnections(Set.of(connection))).isEmpty();
        connection.destroy();
        assertThat(factory.matchManagedConnections(Set.of(connection), null, null))
                .isNull();
        assertThat(factory.getInvalidConnections(Set.of(connection))).containsExactly(connection);
    }

    @Test
    @DisplayName("prefers none whose last request had other adapters")
    void adaptersMatter() {
        HyperionConnectionRequestInfo plain = info("You know dogs");
        HyperionConnectionRequestInfo adapted =
                new HyperionConnectionRequestInfo(Optional.empty(), List.of(new LoraScale(0, 1)), "You know dogs");
        assertThat(plain.commonWith(plain)).isEqualTo(13);
        assertThat(plain.commonWith(adapted)).isZero();
    }

    @Test
    @DisplayName("is asked for with equal wishes for one model, whatever the prompt, and long prompts are cut")
    void wishesAreEqual() {
        assertThat(info("a")).isEqualTo(info("b")).hasSameHashCodeAs(info("b"));
        assertThat(info("a")).isNotEqualTo(new HyperionConnectionRequestInfo(Optional.of("x"), List.of(), "a"));
        assertThat(info("x".repeat(20_000)).prefix()).hasSize(HyperionConnectionRequestInfo.MAX_PREFIX);
        GenerateRequest chat = GenerateRequest.builder()
                .system("Be brief.")
                .user("y".repeat(20_000))
                .build();
        assertThat(HyperionConnectionRequestInfo.of(chat).prefix())
                .startsWith("SYSTEMBe brief.USERyyy")
                .hasSize(HyperionConnectionRequestInfo.MAX_PREFIX);
    }

    @Test
    @DisplayName("tells of each handle that is closed, once")
    void tellsClosedHandles() throws ResourceException {
        ManagedConnection connection = connection("");
        HyperionConnection first = (HyperionConnection) connection.getConnection(null, null);
        HyperionConnection second = (HyperionConnection) connection.getConnection(null, null);
        first.close();
        first.close();
        assertThat(events).extracting(ConnectionEvent::getId).containsExactly(ConnectionEvent.CONNECTION_CLOSED);
        assertThat(events.get(0).getConnectionHandle()).isSameAs(first);
        assertThat(second.client().generate(HELLO).text()).isNotEmpty();
        second.close();
        assertThat(events).hasSize(2);
        assertThatThrownBy(() -> second.client().generate(HELLO))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("HYPRA-1033");
        assertThatThrownBy(second::slot).isInstanceOf(EngineException.class);
    }

    @Test
    @DisplayName("closes its handles when it is cleaned up, and tells nobody")
    void cleanUpClosesHandles() throws ResourceException {
        ManagedConnection connection = connection("");
        HyperionConnection handle = (HyperionConnection) connection.getConnection(null, null);
        connection.cleanup();
        assertThatThrownBy(handle::slot).isInstanceOf(EngineException.class);
        handle.close();
        assertThat(events).isEmpty();
        assertThat(((HyperionConnection) connection.getConnection(null, null)).slot())
                .isZero();
    }

    @Test
    @DisplayName("takes over a handle of another one")
    void takesOverHandles() throws ResourceException {
        ManagedConnection first = connection("");
        ManagedConnection second = connection("");
        HyperionConnection handle = (HyperionConnection) first.getConnection(null, null);
        assertThat(handle.slot()).isZero();
        second.associateConnection(handle);
        assertThat(handle.slot()).isEqualTo(1);
        first.destroy();
        assertThat(handle.client().generate(HELLO).slot()).isEqualTo(1);
        handle.close();
        assertThat(events).hasSize(1);
        assertThat(events.get(0).getSource()).isSameAs(second);
        assertThatThrownBy(() -> second.associateConnection(handle)).hasMessageContaining("HYPRA-1033");
        assertThatThrownBy(() -> second.associateConnection("stranger")).hasMessageContaining("HYPRA-1037");
    }

    @Test
    @DisplayName("may be destroyed twice, frees its slot once, and does nothing more")
    void destroysOnce() throws ResourceException {
        ManagedConnection first = connection("");
        ManagedConnection second = connection("");
        first.destroy();
        first.destroy();
        ManagedConnection third = connection("");
        assertThat(((HyperionConnection) third.getConnection(null, null)).slot())
                .isZero();
        assertThat(((HyperionConnection) second.getConnection(null, null)).slot())
                .isEqualTo(1);
        assertThatThrownBy(() -> first.getConnection(null, null)).hasMessageContaining("HYPRA-1034");
        assertThatThrownBy(first::cleanup).hasMessageContaining("HYPRA-1034");
        assertThatThrownBy(first::getMetaData).hasMessageContaining("HYPRA-1034");
    }

    @Test
    @DisplayName("has no transactions, and says what it is a connection to")
    void metaData() throws ResourceException {
        ManagedConnection connection = connection("");
        assertThatThrownBy(connection::getXAResource).isInstanceOf(NotSupportedException.class);
        assertThatThrownBy(connection::getLocalTransaction).isInstanceOf(NotSupportedException.class);
        assertThat(connection.getMetaData().getEISProductName()).isEqualTo("Hyperion model demo");
        assertThat(connection.getMetaData().getEISProductVersion()).startsWith("llama.cpp ");
        assertThat(connection.getMetaData().getMaxConnections()).isEqualTo(2);
        assertThat(connection.getMetaData().getUserName()).isEmpty();
    }

    @Test
    @DisplayName("tells the factory's log that it was opened and closed")
    void logs() throws ResourceException {
        StringWriter log = new StringWriter();
        factory.setLogWriter(new PrintWriter(log, true));
        ManagedConnection connection = connection("");
        assertThat(connection.getLogWriter()).isSameAs(factory.getLogWriter());
        connection.destroy();
        assertThat(log.toString()).contains("HYPRA-2007", "HYPRA-2008", "demo");
    }

    @Test
    @DisplayName("needs no adapter and no server; the idle time then keeps the model between requests")
    void worksAlone() throws ResourceException {
        HyperionManagedConnectionFactory alone = Factories.demo();
        HyperionConnectionFactory connections = (HyperionConnectionFactory) alone.createConnectionFactory();
        assertThat(connections.client().generate(HELLO).text()).isNotEmpty();
        assertThat(connections.client().model("demo").state()).isEqualTo(ModelState.READY);

        HyperionManagedConnectionFactory kept = Factories.demo();
        kept.setIdleTimeout("PT1M");
        HyperionConnectionFactory keeping = (HyperionConnectionFactory) kept.createConnectionFactory();
        assertThat(keeping.client().generate(HELLO).text()).isNotEmpty();
        assertThat(keeping.client().model("demo").state()).isEqualTo(ModelState.LOADED);
        kept.pool().model().close();
    }

    @Test
    @DisplayName("is asked for alike whether the model is named or not, and not at all for another model")
    void namedOrNot() throws ResourceException {
        List<ConnectionRequestInfo> asked = new ArrayList<>();
        TestPool pool = new TestPool(1, Duration.ofSeconds(10));
        HyperionConnectionFactory connections =
                (HyperionConnectionFactory) factory.createConnectionFactory((made, info) -> {
                    asked.add(info);
                    return pool.allocateConnection(made, info);
                });
        connections.client().generate(HELLO);
        connections.client().generate(HELLO.toBuilder().model("demo").build());
        connections
                .getConnection(new HyperionConnectionRequestInfo(Optional.of("demo"), List.of(), ""))
                .close();
        assertThat(asked).hasSize(3).containsOnly(info("whatever"));

        HyperionConnectionRequestInfo other = new HyperionConnectionRequestInfo(Optional.of("x"), List.of(), "");
        assertThatThrownBy(() -> connections.getConnection(other))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("HYPRA-1054");
        assertThat(asked).hasSize(3);
    }

    @Test
    @DisplayName("goes through serialisation with its properties, and works")
    void serialises() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(factory);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            HyperionManagedConnectionFactory copy = (HyperionManagedConnectionFactory) in.readObject();
            assertThat(copy).isEqualTo(factory);
            ManagedConnection connection = copy.createManagedConnection(null, null);
            connection.destroy();
        }
    }

    @Test
    @DisplayName("belongs to one adapter, which has no endpoints and no transactions")
    void oneAdapter() throws ResourceException {
        factory.setResourceAdapter(adapter);
        assertThat(factory.getResourceAdapter()).isSameAs(adapter);
        HyperionResourceAdapter other = new HyperionResourceAdapter();
        assertThat(other).isEqualTo(adapter).hasSameHashCodeAs(adapter);
        assertThatThrownBy(() -> factory.setResourceAdapter(other)).hasMessageContaining("HYPRA-1038");
        other.setModelDir("/models");
        assertThat(other).isNotEqualTo(adapter);
        assertThatThrownBy(() -> adapter.endpointActivation(null, null)).isInstanceOf(NotSupportedException.class);
        assertThat(adapter.getXAResources(null)).isEmpty();
    }

    @Test
    @DisplayName("is told to other applications as a pool with an id of its own, until the adapter stops")
    void tellsItsId() throws ResourceException {
        TestPool pool = new TestPool(1, Duration.ofSeconds(10));
        HyperionConnectionFactory first = (HyperionConnectionFactory) factory.createConnectionFactory(pool);
        HyperionConnectionFactory again = (HyperionConnectionFactory) factory.createConnectionFactory(pool);
        HyperionConnectionFactory renamed =
                (HyperionConnectionFactory) factory.createConnectionFactory(new TestPool(1, Duration.ofSeconds(10)));
        HyperionConnectionFactory other =
                (HyperionConnectionFactory) Factories.demo(adapter).createConnectionFactory(pool);
        assertThat(again).isSameAs(first);
        assertThat(id(renamed)).isEqualTo(id(first));
        assertThat(id(other)).isNotEqualTo(id(first));
        adapter.stop();
        assertThat(((Map<?, ?>) first.apply("about", Map.of())).containsKey("error"))
                .isTrue();
    }

    private static Object id(HyperionConnectionFactory connections) {
        Map<?, ?> answer = (Map<?, ?>) connections.apply("about", Map.of());
        return ((Map<?, ?>) answer.get("value")).get("pool");
    }

    private final class Recorder implements ConnectionEventListener {
        @Override
        public void connectionClosed(ConnectionEvent event) {
            events.add(event);
        }

        @Override
        public void connectionErrorOccurred(ConnectionEvent event) {
            events.add(event);
        }

        @Override
        public void localTransactionStarted(ConnectionEvent event) {
            events.add(event);
        }

        @Override
        public void localTransactionCommitted(ConnectionEvent event) {
            events.add(event);
        }

        @Override
        public void localTransactionRolledback(ConnectionEvent event) {
            events.add(event);
        }
    }
}
