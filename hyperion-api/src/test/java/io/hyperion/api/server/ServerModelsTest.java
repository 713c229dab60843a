package io.hyperion.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.bridge.ExportedClient;
import java.lang.ref.WeakReference;
import java.util.Optional;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("The models of the server")
@Timeout(60)
class ServerModelsTest {
    private static final GenerateRequest HELLO =
            GenerateRequest.builder().user("Hello").build();

    private final TestNaming naming = TestNaming.start();
    private final HyperionClient client = HyperionClient.lookup();

    @AfterEach
    void stop() {
        naming.close();
        System.getProperties().remove(ServerModels.KEY);
        System.clearProperty(JndiPools.KEY);
    }

    @Test
    @DisplayName("are those of the WAR, which has classes of its own, while it is deployed")
    void war() throws Exception {
        try (OtherApplication war = new OtherApplication()) {
            System.getProperties().put(ServerModels.KEY, war.export("war", "chat", "code"));

            assertThat(client.generate(HELLO).text()).isEqualTo("war");
            assertThat(client.models()).extracting(ModelInfo::name).containsExactly("chat", "code");
            assertThatExceptionOfType(ModelNotFoundException.class).isThrownBy(() -> client.model("nobody"));

            System.getProperties().remove(ServerModels.KEY);
            assertThatExceptionOfType(ModelUnavailableException.class).isThrownBy(() -> client.generate(HELLO));
        }
        try (OtherApplication redeployed = new OtherApplication()) {
            System.getProperties().put(ServerModels.KEY, redeployed.export("war again", "chat"));

            assertThat(client.generate(HELLO).text()).isEqualTo("war again");
        }
    }

    @Test
    @DisplayName("are those of the pools where there is no WAR, and the WAR's as soon as there is one")
    void pools() {
        naming.bind("eis/hyperion", Pool.of("chat"));
        naming.bind("eis/hyperion-code", Pool.of("code"));
        assertThat(client.generate(HELLO).text()).isEqualTo("pool of chat");
        assertThat(client.models()).extracting(ModelInfo::name).containsExactly("chat", "code");

        ServerModels.publish(ExportedClient.of(FakeModels.withDefault("war", "war")));

        assertThat(client.generate(HELLO).text()).isEqualTo("war");
    }

    @Test
    @DisplayName("are not there while nothing is deployed, which is told with all that was looked up")
    void nothing() {
        naming.bind("java:/eis/hyperion-old", "a text");

        assertThatExceptionOfType(ModelUnavailableException.class)
                .isThrownBy(() -> client.generate(HELLO))
                .satisfies(error -> assertThat(error.code()).isEqualTo(ErrorCode.NOT_DEPLOYED))
                .withMessage(
                        "Hyperion is not deployed in this server, or not yet. Looked up were the system property object"
                                + " io.hyperion.client: nothing; and in JNDI eis/hyperion: nothing; java:/eis/hyperion: nothing;"
                                + " openejb:Resource/hyperion-ra: nothing; java:/eis/hyperion-old: a java.lang.String, which is"
                                + " no client of Hyperion; java:comp/env/eis/hyperion: nothing");
    }

    @Test
    @DisplayName("are not there outside of a server either")
    void noServer() {
        naming.close();

        assertThatExceptionOfType(ModelUnavailableException.class)
                .isThrownBy(() -> client.generate(HELLO))
                .withMessageContaining("eis/hyperion: NoInitialContextException");
    }

    @Test
    @DisplayName("are not what a stranger published")
    void stranger() {
        BiFunction<String, Object, Object> stranger = (one, other) -> one;
        System.getProperties().put(ServerModels.KEY, stranger);
        naming.bind("eis/hyperion", Pool.of("chat"));
        assertThat(client.generate(HELLO).text()).isEqualTo("pool of chat");

        System.getProperties().put(ServerModels.KEY, "a text");
        assertThat(client.generate(HELLO).text()).isEqualTo("pool of chat");
    }

    @Test
    @DisplayName("are those of the first that was published, and when it is withdrawn, those of the next")
    void publishing() {
        ExportedClient first = ExportedClient.of(FakeModels.withDefault("first", "chat"));
        ExportedClient second = ExportedClient.of(FakeModels.withDefault("second", "chat"));

        assertThat(ServerModels.publish(first)).isTrue();
        assertThat(ServerModels.publish(second)).isFalse();
        assertThat(client.generate(HELLO).text()).isEqualTo("first");

        ServerModels.withdraw(first);
        assertThat(client.generate(HELLO).text()).isEqualTo("second");
        assertThat(ServerModels.publish(first)).isTrue();
        assertThat(client.generate(HELLO).text()).isEqualTo("first");

        ServerModels.withdraw(second);
        ServerModels.withdraw(first);
        assertThat(System.getProperties().keySet())
                .noneMatch(key -> key.toString().startsWith(ServerModels.KEY));
        assertThatExceptionOfType(ModelUnavailableException.class).isThrownBy(() -> client.generate(HELLO));
    }

    @Test
    @DisplayName("are of the pools that the system property names")
    void configured() {
        naming.bind("eis/hyperion", Pool.of("chat"));
        naming.bind("my/pool", Pool.of("mine"));
        System.setProperty(JndiPools.KEY, "my/pool");

        assertThat(HyperionClient.lookup().models()).extracting(ModelInfo::name).containsExactly("mine");
    }

    @Test
    @DisplayName("have another default for who chooses one")
    void selected() {
        ServerModels.publish(ExportedClient.of(FakeModels.withDefault("war", "chat", "code")));

        assertThat(HyperionClient.lookup("code").properties(Optional.empty()).model())
                .isEqualTo("code");
        assertThatExceptionOfType(InvalidRequestException.class).isThrownBy(() -> HyperionClient.lookup(" "));
    }

    @Test
    @DisplayName("keep no class of the WAR alive when it has been undeployed")
    void collected() throws Exception {
        WeakReference<ClassLoader> loader = useAndUndeploy();

        while (loader.get() != null) {
            System.gc();
            Thread.onSpinWait();
        }
        assertThatExceptionOfType(ModelUnavailableException.class).isThrownBy(client::models);
    }

    private WeakReference<ClassLoader> useAndUndeploy() throws Exception {
        try (OtherApplication war = new OtherApplication()) {
            System.getProperties().put(ServerModels.KEY, war.export("war", "chat"));
            assertThat(client.generate(HELLO).text()).isEqualTo("war");
            assertThat(client.generateAsync(HELLO).toCompletableFuture().join().text())
                    .isEqualTo("war");
            System.getProperties().remove(ServerModels.KEY);
            return new WeakReference<>(war.loader());
        }
    }
}
