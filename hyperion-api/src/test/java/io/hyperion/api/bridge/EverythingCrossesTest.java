package io.hyperion.api.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.Completion;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.LogitBias;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelState;
import io.hyperion.api.Parameter;
import io.hyperion.api.Prompt;
import io.hyperion.api.ResponseFormat;
import io.hyperion.api.ToolChoice;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** All that a client may ask and answer, through trees in which only the JDK's values are. */
class EverythingCrossesTest {
    private final List<Object> asked = new ArrayList<>();
    private final Map<String, Object> answers = new HashMap<>();
    private final HyperionClient other = (HyperionClient) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {HyperionClient.class}, (proxy, method, arguments) -> {
                asked.addAll(arguments == null ? List.of() : Arrays.asList(arguments));
                Object answer = answers.get(method.getName());
                if (answer instanceof Throwable error) {
                    throw error;
                }
                return answer;
            });
    private final BridgedClient client = new BridgedClient(checking(ExportedClient.of(other)));

    /** Hides whose classes they are, so that they cross; and lets nothing pass but what any application may have. */
    private static ClientSource checking(ExportedClient exported) {
        return () -> (operation, arguments) -> {
            requireJdk(arguments);
            Map<String, Object> answer = exported.apply(operation, arguments);
            requireJdk(answer);
            return answer;
        };
    }

    private static void requireJdk(Object value) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, field) -> {
                assertThat(name).isInstanceOf(String.class);
                requireJdk(field);
            });
        } else if (value instanceof List<?> list) {
            list.forEach(EverythingCrossesTest::requireJdk);
        } else if (value instanceof Function<?, ?> || value instanceof Runnable) {
            return;
        }
        assertThat(value == null || value.getClass().getClassLoader() == null)
                .as("%s", value)
                .isTrue();
    }

    @Test
    void blocking_methods_cross_with_all_that_is_asked_and_answered() {
        answers.put("generate", Samples.REPLY);
        answers.put("render", "the prompt");
        answers.put("tokenize", Samples.TOKENS);
        answers.put("detokenize", "the text");
        answers.put("embed", Samples.EMBEDDINGS);
        answers.put("rerank", Samples.SCORES);

        assertThat(client.generate(Samples.GENERATE)).isEqualTo(Samples.REPLY);
        assertSame(Samples.GENERATE);
        assertThat(client.render(Samples.GENERATE)).isEqualTo("the prompt");
        assertSame(Samples.GENERATE);
        assertThat(client.tokenize(Samples.TOKENIZE)).isEqualTo(Samples.TOKENS);
        assertSame(Samples.TOKENIZE);
        assertThat(client.detokenize(Samples.DETOKENIZE)).isEqualTo("the text");
        assertSame(Samples.DETOKENIZE);
        assertThat(client.embed(Samples.EMBED)).usingRecursiveComparison().isEqualTo(Samples.EMBEDDINGS);
        assertSame(Samples.EMBED);
        assertThat(client.rerank(Samples.RERANK)).isEqualTo(Samples.SCORES);
        assertSame(Samples.RERANK);
    }

    private void assertSame(Object request) {
        assertThat(asked).hasSize(1);
        assertThat(asked.remove(0))
                .isNotSameAs(request)
                .usingRecursiveComparison()
                .isEqualTo(request);
    }

    @Test
    void stages_cross_with_all_that_is_asked_and_answered() {
        answers.put("generateAsync", CompletableFuture.completedFuture(Samples.REPLY));
        answers.put("embedAsync", CompletableFuture.completedFuture(Samples.EMBEDDINGS));
        answers.put("rerankAsync", CompletableFuture.completedFuture(Samples.SCORES));

        assertThat(client.generateAsync(Samples.GENERATE).toCompletableFuture().join())
                .isEqualTo(Samples.REPLY);
        assertSame(Samples.GENERATE);
        assertThat(client.embedAsync(Samples.EMBED).toCompletableFuture().join())
                .usingRecursiveComparison()
                .isEqualTo(Samples.EMBEDDINGS);
        assertSame(Samples.EMBED);
        assertThat(client.rerankAsync(Samples.RERANK).toCompletableFuture().join())
                .isEqualTo(Samples.SCORES);
        assertSame(Samples.RERANK);
    }

    @Test
    void vectors_cross_as_they_are() {
        answers.put("embed", Samples.EMBEDDINGS);

        assertThat(client.embed(Samples.EMBED).embeddings().get(0).vectors())
                .isSameAs(Samples.EMBEDDINGS.embeddings().get(0).vectors());
    }

    @Test
    void models_and_slots_cross_with_all_that_is_asked_and_answered() {
        answers.put("models", List.of(Samples.INFO, Samples.INFO));
        answers.put("model", Samples.INFO);
        answers.put("figures", Samples.FIGURES);
        answers.put("properties", Samples.PROPERTIES);
        answers.put("slots", List.of(Samples.SLOT));
        answers.put("saveSlot", Samples.SAVED);
        answers.put("restoreSlot", Samples.SAVED);
        answers.put("eraseSlot", 17);

        assertThat(client.models()).containsExactly(Samples.INFO, Samples.INFO);
        assertThat(client.model("m")).isEqualTo(Samples.INFO);
        assertThat(client.figures("m")).isEqualTo(Samples.FIGURES);
        assertThat(client.properties(Optional.of("m"))).isEqualTo(Samples.PROPERTIES);
        assertThat(client.properties(Optional.empty())).isEqualTo(Samples.PROPERTIES);
        assertThat(client.slots(Optional.of("m"))).containsExactly(Samples.SLOT);
        assertThat(client.saveSlot(Optional.of("m"), 2, "a.bin")).isEqualTo(Samples.SAVED);
        assertThat(client.restoreSlot(Optional.empty(), 3, "b.bin")).isEqualTo(Samples.SAVED);
        assertThat(client.eraseSlot(Optional.of("m"), 4)).isEqualTo(17);
        assertThat(asked)
                .containsExactly(
                        "m",
                        "m",
                        Optional.of("m"),
                        Optional.empty(),
                        Optional.of("m"),
                        Optional.of("m"),
                        2,
                        "a.bin",
                        Optional.empty(),
                        3,
                        "b.bin",
                        Optional.of("m"),
                        4);
    }

    static Stream<GenerateRequest> requests() {
        return Stream.of(
                        Samples.PROMPTS.stream()
                                .map(prompt -> Samples.everything(prompt, ToolChoice.AUTO, ResponseFormat.TEXT)),
                        Samples.CHOICES.stream()
                                .map(choice -> Samples.everything(Samples.PROMPTS.get(0), choice, ResponseFormat.TEXT)),
                        Samples.FORMATS.stream()
                                .map(format -> Samples.everything(Samples.PROMPTS.get(0), ToolChoice.AUTO, format)),
                        Stream.of(
                                GenerateRequest.builder().prompt("alone").build(),
                                GenerateRequest.builder()
                                        .prompt("with all parameters")
                                        .parameters(Samples.ALL_PARAMETERS)
                                        .build()))
                .flatMap(stream -> stream);
    }

    @ParameterizedTest
    @MethodSource("requests")
    void every_kind_of_request_crosses(GenerateRequest request) {
        answers.put("render", "");

        client.render(request);

        assertSame(request);
    }

    @Test
    void every_event_crosses() {
        List<Object> heard = new ArrayList<>();
        GenerateListener listener = new GenerateListener() {
            @Override
            public void onWaiting(ModelProgress progress) {
                heard.add(progress);
            }

            @Override
            public void onStart() {
                heard.add("start");
            }

            @Override
            public void onPiece(GenerateEvent.Piece piece) {
                heard.add(piece);
            }

            @Override
            public void onText(String text) {
                throw new AssertionError("Pieces are told of");
            }

            @Override
            public void onToolCall(GenerateEvent.ToolCallPiece piece) {
                heard.add(piece);
            }

            @Override
            public void onDone(GenerateReply reply) {
                heard.add(reply);
            }

            @Override
            public void onError(HyperionException error) {
                throw new AssertionError(error);
            }
        };
        answers.put("stream", (Generation) () -> heard.add("cancelled"));

        Generation generation = client.stream(Samples.GENERATE, listener);
        GenerateListener told = (GenerateListener) asked.remove(1);
        assertSame(Samples.GENERATE);
        GenerateEvent.Piece plain = new GenerateEvent.Piece("plain");
        ModelProgress far = Samples.INFO.progress().orElseThrow();
        ModelProgress unknown = ModelProgress.of("m", ModelState.UNLOADING, OptionalDouble.empty());
        told.onWaiting(far);
        told.onWaiting(unknown);
        told.onStart();
        told.onPiece(plain);
        told.onPiece(Samples.PIECE);
        told.onText("text");
        told.onToolCall(Samples.CALL_PIECE);
        generation.cancel();
        told.onDone(Samples.REPLY);
        // Which it has no right to tell.
        told.onDone(Samples.REPLY);
        told.onPiece(plain);
        generation.cancel();

        assertThat(heard)
                .containsExactly(
                        far,
                        unknown,
                        "start",
                        plain,
                        Samples.PIECE,
                        new GenerateEvent.Piece("text"),
                        Samples.CALL_PIECE,
                        "cancelled",
                        Samples.REPLY);
    }

    @Test
    void a_plain_piece_crosses_as_its_text_alone() {
        assertThat(EventTrees.tree(new GenerateEvent.Piece("plain"))).isEqualTo("plain");
        assertThat(EventTrees.tree(Samples.PIECE)).isInstanceOf(Map.class);
        assertThat(EventTrees.tree(
                        new GenerateEvent.Piece("first of two", 0, 2, List.of(), List.of(), Optional.empty())))
                .isInstanceOf(Map.class);
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void every_error_crosses(ErrorCode code) {
        Map<String, Object> tree = new Tree()
                .put("code", code.code())
                .put("kind", code.kind().name())
                .put("message", "why")
                .put("parameter", "top_p")
                .put("retry_after", Duration.ofSeconds(3))
                .map();
        HyperionException error = ErrorTrees.read(Fields.of(tree));
        answers.put("models", error);

        assertThatThrownBy(client::models).isInstanceOfSatisfying(error.getClass(), crossed -> {
            assertThat(crossed.code()).isEqualTo(code);
            assertThat(crossed).hasMessage("why").hasNoCause();
            assertThat(crossed.parameter()).isEqualTo(error.parameter());
            assertThat(crossed.retryAfter()).isEqualTo(error.retryAfter());
        });
    }

    @ParameterizedTest
    @EnumSource(FinishReason.class)
    void every_reason_of_an_end_crosses(FinishReason reason) {
        Completion completion = new Completion("", 1, reason, Optional.empty(), false, List.of());
        GenerateReply reply = new GenerateReply("m", "", 1, 0, -1, List.of(completion), Samples.TIMINGS);
        answers.put("generate", reply);

        assertThat(client.generate(Samples.GENERATE)).isEqualTo(reply);
    }

    @ParameterizedTest
    @EnumSource(ModelState.class)
    void every_state_of_a_model_crosses(ModelState state) {
        ModelInfo info = new ModelInfo("m", false, state, Optional.empty(), 0, 1, Optional.empty(), Optional.empty());
        answers.put("models", List.of(info));

        assertThat(client.models()).containsExactly(info);
    }

    /** A number of a library that is some application's own. */
    private static final class OwnNumber extends Number {
        private static final long serialVersionUID = 1L;

        @Override
        public int intValue() {
            return 42;
        }

        @Override
        public long longValue() {
            return 42;
        }

        @Override
        public float floatValue() {
            return 42.5f;
        }

        @Override
        public double doubleValue() {
            return 42.5;
        }

        @Override
        public String toString() {
            return "42.5";
        }
    }

    @Test
    void a_number_of_an_applications_own_class_crosses_as_one_of_the_jdk() {
        answers.put("render", "");

        client.render(GenerateRequest.builder()
                .user("Hello")
                .templateVariable("own", new OwnNumber())
                .build());

        assertThat(((GenerateRequest) asked.get(0)).templateVariables()).hasToString("{own=42.5}");
    }

    @Test
    void what_is_no_json_does_not_cross() {
        GenerateRequest request = GenerateRequest.builder()
                .user("Hello")
                .templateVariable("own", new Object())
                .build();

        assertThatThrownBy(() -> client.generate(request))
                .isInstanceOfSatisfying(InvalidRequestException.class, error -> assertThat(error.code())
                        .isEqualTo(ErrorCode.WRONG_TYPE))
                .hasMessageContaining("java.lang.Object");
        assertThat(asked).isEmpty();
    }

    @Test
    void json_without_an_end_does_not_cross() {
        List<Object> endless = new ArrayList<>();
        endless.add(endless);
        GenerateRequest request = GenerateRequest.builder()
                .user("Hello")
                .templateVariable("endless", endless)
                .build();

        assertThatThrownBy(() -> client.generate(request))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("200 levels");
    }

    static Stream<Object> samples() {
        return Stream.of(
                Samples.GENERATE,
                Samples.ALL_PARAMETERS,
                Samples.CALLING,
                Samples.RESULT,
                Samples.TOOL,
                Samples.REPLY,
                Samples.PIECE,
                Samples.CALL_PIECE,
                Samples.TOKENIZE,
                Samples.TOKENS,
                Samples.DETOKENIZE,
                Samples.EMBED,
                Samples.EMBEDDINGS,
                Samples.RERANK,
                Samples.SCORES,
                Samples.SAVED,
                Samples.SLOT,
                Samples.INFO,
                Samples.PROPERTIES,
                Samples.FIGURES);
    }

    /** Else a field that is new, and that nobody carries over, would be the same on both sides all the same. */
    @ParameterizedTest
    @MethodSource("samples")
    void samples_differ_from_the_defaults_in_every_field(Object sample) throws ReflectiveOperationException {
        assertThat(defaultsOf(sample)).isSubsetOf(MAY_BE_DEFAULT);
    }

    /** What only some have: of a message the one that calls and the one that answers, and no alternative has alternatives. */
    private static final Set<String> MAY_BE_DEFAULT =
            Set.of("Message.toolCalls", "Message.toolCallId", "Message.name", "TokenProbability.top");

    private static final Set<String> TRUE_BY_DEFAULT =
            Set.of("GenerateRequest.parallelToolCalls", "EmbeddingRequest.normalize");

    private static List<String> defaultsOf(Object sample) throws ReflectiveOperationException {
        List<String> found = new ArrayList<>();
        for (Method accessor : accessors(sample.getClass())) {
            Object value = accessor.invoke(sample);
            String name = sample.getClass().getSimpleName() + "." + accessor.getName();
            if (TRUE_BY_DEFAULT.contains(name) ? Boolean.TRUE.equals(value) : isDefault(value)) {
                found.add(name);
            }
            for (Object part : parts(value)) {
                found.addAll(defaultsOf(part));
            }
        }
        return found;
    }

    private static List<Method> accessors(Class<?> type) throws NoSuchMethodException {
        if (type.isRecord()) {
            List<Method> accessors = new ArrayList<>();
            for (RecordComponent component : type.getRecordComponents()) {
                accessors.add(component.getAccessor());
            }
            return accessors;
        }
        List<Method> accessors = new ArrayList<>();
        for (Field field : type.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers()) && type != GenerateParameters.class) {
                accessors.add(type.getMethod(field.getName()));
            }
        }
        return accessors;
    }

    private static Collection<?> parts(Object value) {
        if (value instanceof Collection<?> collection) {
            return collection.stream().filter(EverythingCrossesTest::isOurs).toList();
        }
        if (value instanceof Optional<?> optional) {
            return optional.filter(EverythingCrossesTest::isOurs).stream().toList();
        }
        return isOurs(value) ? List.of(value) : List.of();
    }

    private static boolean isOurs(Object value) {
        return value.getClass().getName().startsWith("io.hyperion.api.") && !(value instanceof Enum<?>);
    }

    private static boolean isDefault(Object value) {
        return value instanceof Collection<?> collection && collection.isEmpty()
                || value instanceof Map<?, ?> map && map.isEmpty()
                || value instanceof Number number && number.doubleValue() == 0
                || Optional.empty().equals(value)
                || OptionalInt.empty().equals(value)
                || Boolean.FALSE.equals(value)
                || "".equals(value)
                || Duration.ZERO.equals(value)
                || ToolChoice.AUTO.equals(value)
                || ResponseFormat.TEXT.equals(value)
                || GenerateParameters.none().equals(value);
    }

    @Test
    void samples_have_every_parameter_and_every_kind() {
        assertThat(Parameter.values()).allMatch(Samples.ALL_PARAMETERS::has);
        assertThat(kinds(Samples.PROMPTS)).isEqualTo(permitted(Prompt.class));
        assertThat(kinds(((Prompt.Mixed) Samples.PROMPTS.get(2)).parts())).isEqualTo(permitted(Prompt.Part.class));
        assertThat(kinds(Samples.CHOICES)).isEqualTo(permitted(ToolChoice.class));
        assertThat(Samples.CHOICES).contains(ToolChoice.Mode.values());
        assertThat(kinds(Samples.FORMATS)).isEqualTo(permitted(ResponseFormat.class));
        assertThat(Samples.FORMATS).contains(ResponseFormat.Any.values());
        assertThat(kinds(Samples.ALL_PARAMETERS.logitBias())).isEqualTo(permitted(LogitBias.class));
        assertThat(kinds(Samples.EMBED.inputs())).isEqualTo(permitted(EmbeddingRequest.Input.class));
        assertThat(permitted(GenerateEvent.class))
                .containsExactlyInAnyOrder(
                        GenerateEvent.Piece.class, GenerateEvent.ToolCallPiece.class, GenerateEvent.Done.class);
    }

    private static Set<Class<?>> kinds(Collection<?> values) {
        return values.stream().map(Object::getClass).collect(Collectors.toSet());
    }

    private static Set<Class<?>> permitted(Class<?> sealed) {
        return Set.of(sealed.getPermittedSubclasses());
    }

    @Test
    void errors_have_no_field_that_stays_behind() {
        Set<String> fields = Stream.concat(
                        Stream.of(HyperionException.class), permitted(HyperionException.class).stream())
                .flatMap(type -> Arrays.stream(type.getDeclaredFields()))
                .filter(field -> !Modifier.isStatic(field.getModifiers()))
                .map(Field::getName)
                .collect(Collectors.toSet());

        assertThat(fields).containsExactlyInAnyOrder("code", "parameter", "retryAfter", "text");
    }

    @Test
    void every_method_of_the_client_is_an_operation() {
        Set<String> methods = Arrays.stream(HyperionClient.class.getMethods())
                .filter(method -> Modifier.isAbstract(method.getModifiers()))
                .map(method -> method.getName().replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT))
                .collect(Collectors.toSet());
        Set<String> operations =
                Arrays.stream(Operation.values()).map(Operation::name).collect(Collectors.toSet());
        operations.remove(Operation.ABOUT.name());

        assertThat(operations).isEqualTo(methods);
    }
}
