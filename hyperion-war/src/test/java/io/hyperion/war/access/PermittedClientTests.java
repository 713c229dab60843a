package io.hyperion.war.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ForbiddenException;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelState;
import io.hyperion.api.RerankRequest;
import io.hyperion.api.TokenizeRequest;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The models as somebody may use them")
class PermittedClientTests {
    private static final Identity HR = new Identity("hr", Optional.of(Set.of("tiny")), false);

    private final List<Object[]> reached = new ArrayList<>();
    private final HyperionClient models = (HyperionClient) Proxy.newProxyInstance(
            HyperionClient.class.getClassLoader(),
            new Class<?>[] {HyperionClient.class},
            (proxy, method, arguments) -> {
                if (method.getName().equals("models")) {
                    return List.of(info("large", true, "big", "tiny"), info("tiny", false, "small"));
                }
                reached.add(arguments);
                return method.getReturnType() == int.class ? 0 : null;
            });

    /**
     * All methods but the one that lists the models: each of them is about one model. Those that the interface itself makes of others go
     * through these.
     */
    static Stream<Method> methods() {
        return Arrays.stream(HyperionClient.class.getMethods())
                .filter(method -> Modifier.isAbstract(method.getModifiers())
                        && !method.getName().equals("models"));
    }

    @ParameterizedTest
    @MethodSource("methods")
    @DisplayName("are refused by every method if they are others, or are the default and another")
    void others(Method method) throws ReflectiveOperationException {
        HyperionClient client = client(HR);

        assertThat(call(client, method, Optional.of("large"))).isInstanceOf(ForbiddenException.class);
        assertThat(call(client, method, Optional.of("nobody"))).isInstanceOf(ForbiddenException.class);
        if (!List.of("model", "figures").contains(method.getName())) {
            assertThat(call(client, method, Optional.empty())).isInstanceOf(ForbiddenException.class);
        }
        assertThat(reached).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("methods")
    @DisplayName("are reached by every method if they are his")
    void his(Method method) throws ReflectiveOperationException {
        assertThat(call(client(HR), method, Optional.of("tiny"))).isNull();
        assertThat(call(client(Identity.ANYBODY), method, Optional.of("nobody")))
                .isNull();

        assertThat(reached).hasSize(2);
    }

    @Test
    @DisplayName("are told in the error that refuses others")
    void message() throws ReflectiveOperationException {
        HyperionException error =
                call(client(HR), HyperionClient.class.getMethod("model", String.class), Optional.of("large"));

        assertThat(error.getMessage()).contains("'hr'", "'large'", "tiny");
        assertThat(error.parameter()).contains("model");
    }

    @Test
    @DisplayName("are the only ones that he sees")
    void list() {
        assertThat(client(HR).models()).extracting(ModelInfo::name).containsExactly("tiny");
        assertThat(client(Identity.ANYBODY).models()).hasSize(2);
    }

    @Test
    @DisplayName("are his by each of their names, whichever his key has, but not by what is another's name")
    void aliases() throws ReflectiveOperationException {
        Method one = HyperionClient.class.getMethod("model", String.class);
        Identity byAlias = new Identity("legal", Optional.of(Set.of("big", "none")), false);

        assertThat(call(client(HR), one, Optional.of("small"))).isNull();
        assertThat(call(client(HR), one, Optional.of("big"))).isInstanceOf(ForbiddenException.class);
        // An alias of the large one, but first of all the name of the tiny one.
        assertThat(call(client(byAlias), one, Optional.of("tiny"))).isInstanceOf(ForbiddenException.class);
        assertThat(call(client(byAlias), one, Optional.of("large"))).isNull();
        assertThat(client(byAlias).models()).extracting(ModelInfo::name).containsExactly("large");
    }

    @Test
    @DisplayName("take his requests in turn with those of others")
    void caller() {
        GenerateRequest request = request(Optional.of("tiny"));

        client(HR).stream(request, new Silent());

        assertThat(((GenerateRequest) reached.get(0)[0]).caller()).contains("hr");
    }

    private HyperionClient client(Identity identity) {
        return new PermittedClient(new Permission(models, identity));
    }

    /** {@return how the call is refused; null if it is not} */
    private static HyperionException call(HyperionClient client, Method method, Optional<String> model)
            throws ReflectiveOperationException {
        Object[] arguments = Arrays.stream(method.getParameterTypes())
                .map(type -> argument(type, method, model))
                .toArray();
        try {
            if (method.invoke(client, arguments) instanceof CompletionStage<?> stage) {
                stage.toCompletableFuture().join();
            }
            return null;
        } catch (InvocationTargetException thrown) {
            return (HyperionException) thrown.getCause();
        } catch (CompletionException failed) {
            return (HyperionException) failed.getCause();
        }
    }

    private static Object argument(Class<?> type, Method method, Optional<String> model) {
        if (type == GenerateRequest.class) {
            return request(model);
        } else if (type == GenerateListener.class) {
            return new Silent();
        } else if (type == TokenizeRequest.class) {
            return new TokenizeRequest(model, "x", false, false);
        } else if (type == DetokenizeRequest.class) {
            return new DetokenizeRequest(model, List.of(1));
        } else if (type == EmbeddingRequest.class) {
            EmbeddingRequest.Builder request = EmbeddingRequest.builder().text("x");
            model.ifPresent(request::model);
            return request.build();
        } else if (type == RerankRequest.class) {
            RerankRequest.Builder request = RerankRequest.builder().query("x").document("y");
            model.ifPresent(request::model);
            return request.build();
        } else if (type == Optional.class) {
            return model;
        } else if (type == String.class) {
            return method.getParameterCount() == 1 ? model.orElseThrow() : "file";
        } else if (type == int.class) {
            return 0;
        }
        throw new AssertionError("How is " + method + " called? " + type);
    }

    private static GenerateRequest request(Optional<String> model) {
        GenerateRequest.Builder request = GenerateRequest.builder().prompt("x");
        model.ifPresent(request::model);
        return request.build();
    }

    private static ModelInfo info(String name, boolean isDefault, String... aliases) {
        return new ModelInfo(
                name,
                isDefault,
                ModelState.READY,
                Optional.empty(),
                0,
                1,
                Optional.empty(),
                Optional.empty(),
                new ModelInfo.Description(
                        Optional.empty(),
                        List.of(),
                        List.of(aliases),
                        Optional.empty(),
                        Optional.empty(),
                        ModelInfo.Origin.CONFIGURATION),
                ModelInfo.Life.NONE,
                Optional.empty(),
                Optional.empty(),
                GenerateParameters.none());
    }

    private static final class Silent implements GenerateListener {
        @Override
        public void onText(String text) {}

        @Override
        public void onDone(GenerateReply reply) {}

        @Override
        public void onError(HyperionException error) {}
    }
}
