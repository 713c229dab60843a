package io.hyperion.war.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.ForbiddenException;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelState;
import io.hyperion.api.admin.ModelAdministration;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("What somebody may do with the models")
class PermittedAdministrationTests {
    private static final Identity OPS = new Identity("ops", Optional.empty(), true);
    private static final Identity HR = new Identity("hr", Optional.of(Set.of("tiny")), true);
    private static final Identity USER = new Identity("user", Optional.empty(), false);

    private final RehearsedAdministration administration = new RehearsedAdministration();
    private final List<String> log = new ArrayList<>();
    private final Logger logger = Logger.getLogger(PermittedAdministration.LOGGER);
    private final Handler handler = new Handler() {
        private final SimpleFormatter formatter = new SimpleFormatter();

        @Override
        public void publish(LogRecord message) {
            log.add(message.getLevel() + " " + formatter.formatMessage(message));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private final HyperionClient models = (HyperionClient) Proxy.newProxyInstance(
            HyperionClient.class.getClassLoader(),
            new Class<?>[] {HyperionClient.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "models" -> infos();
                case "model" ->
                    infos().stream()
                            .filter(model -> model.isCalled((String) arguments[0]))
                            .findFirst()
                            .orElseThrow(() -> new ModelNotFoundException(ErrorCode.MODEL_NOT_FOUND, "no such model"));
                default -> throw new AssertionError(method);
            });

    @BeforeEach
    void listen() {
        logger.addHandler(handler);
    }

    @AfterEach
    void stopListening() {
        logger.removeHandler(handler);
    }

    /** All that changes something, done to a model. */
    record Act(String name, Consumer<ModelAdministration> done) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Act> acts(String model) {
        return Stream.of(
                new Act("load", admin -> admin.load(model, progress -> {})),
                new Act("pull", admin -> admin.pull(model, progress -> {})),
                new Act("unload", admin -> admin.unload(model)),
                new Act("pin", admin -> admin.pin(model, true)),
                new Act("unpin", admin -> admin.pin(model, false)),
                new Act("add", admin -> admin.add(model, new TreeMap<>(Map.of("source", "hf:a/b")))),
                new Act("delete", admin -> admin.remove(model, false)),
                new Act("delete with its file", admin -> admin.remove(model, true)));
    }

    static Stream<Act> actsOnTiny() {
        return acts("tiny");
    }

    static Stream<Act> actsOnLarge() {
        return acts("large");
    }

    @ParameterizedTest
    @MethodSource("actsOnTiny")
    @DisplayName("is nothing that changes something, unless he is an administrator; and the attempt is written down")
    void nobodyElse(Act act) {
        assertThatThrownBy(() -> act.done().accept(of(USER)))
                .isInstanceOfSatisfying(ForbiddenException.class, error -> assertThat(error.code())
                        .isEqualTo(ErrorCode.FORBIDDEN))
                .hasMessageContaining(".admin=true")
                .hasMessageContaining("hyperion-admin");

        assertThat(administration.done).isEmpty();
        assertThat(log).containsExactly("WARNING 'user' at 10.1.2.3: " + act + " model 'tiny' is refused (HYP-4002)");
    }

    @ParameterizedTest
    @MethodSource("actsOnTiny")
    @DisplayName("is all of it if he is one; and it is written down who did what to which model")
    void administrators(Act act) {
        act.done().accept(of(OPS));
        act.done().accept(of(HR));

        assertThat(administration.done).hasSize(2).allMatch(done -> done.contains("tiny"));
        assertThat(log)
                .containsExactly(
                        "INFO 'ops' at 10.1.2.3: " + act + " model 'tiny'",
                        "INFO 'hr' at 10.1.2.3: " + act + " model 'tiny'");
    }

    @ParameterizedTest
    @MethodSource("actsOnLarge")
    @DisplayName("is nothing to models that his key may not use")
    void others(Act act) {
        assertThatThrownBy(() -> act.done().accept(of(HR))).isInstanceOf(ForbiddenException.class);

        assertThat(administration.done).isEmpty();
    }

    @Test
    @DisplayName("is done to a model by any of its names")
    void aliases() {
        of(OPS).unload("little");
        of(HR).unload("little");

        assertThat(administration.done).containsExactly("unload tiny", "unload tiny");
    }

    @Test
    @DisplayName("is nothing to a model that a pool keeps, and he is told where it is changed")
    void pools() {
        acts("pooled").filter(act -> !act.name().equals("add")).forEach(act -> assertThatThrownBy(
                        () -> act.done().accept(of(OPS)))
                .isInstanceOfSatisfying(InvalidRequestException.class, error -> assertThat(error.code())
                        .isEqualTo(ErrorCode.KEPT_ELSEWHERE))
                .hasMessageContaining("pool"));

        assertThat(administration.done).isEmpty();
    }

    @Test
    @DisplayName("is nothing to a model that is not there, whose name cannot forge a line of the log")
    void unknown() {
        assertThatThrownBy(() -> of(OPS).unload("a\nINFO 'ops' did it")).isInstanceOf(ModelNotFoundException.class);

        assertThat(log).singleElement().asString().doesNotContain("\n");
    }

    @Test
    @DisplayName("is to see how the server is, whoever he is")
    void status() {
        assertThat(of(USER).status().version()).isEqualTo("1");
        assertThat(log).isEmpty();
    }

    private ModelAdministration of(Identity identity) {
        return new PermittedAdministration(administration, new Permission(models, identity), "10.1.2.3");
    }

    private static List<ModelInfo> infos() {
        return List.of(
                info("tiny", "little", ModelInfo.Origin.ADDED),
                info("large", "big", ModelInfo.Origin.CONFIGURATION),
                info("pooled", "shared", ModelInfo.Origin.POOL));
    }

    private static ModelInfo info(String name, String alias, ModelInfo.Origin origin) {
        return new ModelInfo(
                name,
                false,
                ModelState.READY,
                Optional.empty(),
                0,
                1,
                Optional.empty(),
                Optional.empty(),
                new ModelInfo.Description(
                        Optional.empty(), List.of(), List.of(alias), Optional.empty(), Optional.empty(), origin),
                ModelInfo.Life.NONE,
                Optional.empty(),
                Optional.empty(),
                GenerateParameters.none());
    }
}
