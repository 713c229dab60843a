package io.hyperion.api.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.bridge.ExportedClient;
import io.hyperion.api.server.FakeModels;
import io.hyperion.api.server.ServerModels;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.SessionScoped;
import jakarta.enterprise.inject.se.SeContainer;
import jakarta.enterprise.inject.se.SeContainerInitializer;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import org.jboss.weld.context.bound.BoundLiteral;
import org.jboss.weld.context.bound.BoundSessionContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An injected client")
class HyperionClientProducerTest {
    private static final GenerateRequest HELLO =
            GenerateRequest.builder().user("Hello").build();

    /** As in an application: the producer is found by its archive's beans.xml, and not because a test names it. */
    private final SeContainer container = SeContainerInitializer.newInstance()
            .addBeanClasses(Assistant.class, Nameless.class, Conversation.class)
            .initialize();

    @AfterEach
    void stop() {
        System.getProperties().remove(ServerModels.KEY);
        if (container.isRunning()) {
            container.close();
        }
    }

    private static ExportedClient deploy() {
        ExportedClient hyperion = ExportedClient.of(FakeModels.withDefault("war", "chat", "code"));
        ServerModels.publish(hyperion);
        return hyperion;
    }

    private <B> B bean(Class<B> type) {
        return container.select(type).get();
    }

    /** An application's code. */
    @ApplicationScoped
    static class Assistant {
        private final HyperionClient ofConstructor;

        @Inject
        HyperionClient client;

        @Inject
        @Model("code")
        HyperionClient coder;

        private HyperionClient ofMethod;

        Assistant() {
            this(null);
        }

        @Inject
        Assistant(@Model("code") HyperionClient client) {
            ofConstructor = client;
        }

        @Inject
        void set(@Model("chat") HyperionClient chat) {
            ofMethod = chat;
        }

        HyperionClient client() {
            return client;
        }

        HyperionClient coder() {
            return coder;
        }

        HyperionClient ofConstructor() {
            return ofConstructor;
        }

        HyperionClient ofMethod() {
            return ofMethod;
        }
    }

    @Test
    @DisplayName("uses the models of the server, and the default one if a request names none")
    void byDefault() {
        deploy();

        assertThat(bean(Assistant.class).client().generate(HELLO).model()).isEqualTo("chat");
    }

    @Test
    @DisplayName("uses the model of its qualifier, be it of a field, a method or a constructor")
    void qualified() {
        deploy();
        Assistant assistant = bean(Assistant.class);

        assertThat(assistant.coder().generate(HELLO).model()).isEqualTo("code");
        assertThat(assistant.ofConstructor().generate(HELLO).model()).isEqualTo("code");
        assertThat(assistant.ofMethod().generate(HELLO).model()).isEqualTo("chat");
        assertThat(assistant.coder().models())
                .filteredOn(ModelInfo::isDefault)
                .extracting(ModelInfo::name)
                .containsExactly("code");
    }

    @Test
    @DisplayName("is there before Hyperion is, says so when it is used, and works when it is deployed")
    void deployedLater() {
        Assistant assistant = bean(Assistant.class);

        assertThatExceptionOfType(ModelUnavailableException.class)
                .isThrownBy(() -> assistant.coder().generate(HELLO))
                .satisfies(error -> assertThat(error.code()).isEqualTo(ErrorCode.NOT_DEPLOYED));

        ExportedClient hyperion = deploy();
        assertThat(assistant.coder().generate(HELLO).model()).isEqualTo("code");

        ServerModels.withdraw(hyperion);
        assertThatExceptionOfType(ModelUnavailableException.class)
                .isThrownBy(() -> assistant.client().generate(HELLO));
    }

    @Dependent
    static class Nameless {
        @Inject
        @Model(" ")
        HyperionClient client;
    }

    @Test
    @DisplayName("needs a name where it has the qualifier")
    void blank() {
        assertThat(catchThrowable(() -> bean(Nameless.class)))
                .hasStackTraceContaining("@Model needs the name of a model")
                .hasStackTraceContaining("Nameless.client");
    }

    @Test
    @DisplayName("ends with the application, and so does what it has running")
    void ending() {
        FakeModels models = FakeModels.withDefault("war", FakeModels.ENDLESS);
        ServerModels.publish(ExportedClient.of(models));
        bean(Assistant.class).client().stream(HELLO, new Silent());
        assertThat(models.calls()).containsExactly("stream -");

        container.close();

        assertThat(models.calls()).containsExactly("stream -", "cancel " + FakeModels.ENDLESS);
    }

    private static final class Silent implements GenerateListener {
        @Override
        public void onText(String text) {
            // There is none.
        }

        @Override
        public void onDone(GenerateReply reply) {
            // Only what the model is asked matters.
        }

        @Override
        public void onError(HyperionException error) {
            // Only what the model is asked matters.
        }
    }

    /** A bean of a session, which a server may write to a disk. */
    @SessionScoped
    static class Conversation implements Serializable {
        private static final long serialVersionUID = 1L;

        @Inject
        HyperionClient client;

        @Inject
        @Model("code")
        HyperionClient coder;

        String models() {
            return client.generate(HELLO).model() + " and "
                    + coder.generate(HELLO).model();
        }
    }

    @Test
    @DisplayName("can be a field of a bean of a session")
    void sessions() throws IOException {
        deploy();
        Map<String, Object> session = new HashMap<>();
        BoundSessionContext context = container
                .select(BoundSessionContext.class, BoundLiteral.INSTANCE)
                .get();
        context.associate(session);
        context.activate();

        assertThat(bean(Conversation.class).models()).isEqualTo("chat and code");

        context.deactivate();
        try (ObjectOutputStream out = new ObjectOutputStream(OutputStream.nullOutputStream())) {
            out.writeObject(session.get("WELD_BS#0"));
        }
    }
}
