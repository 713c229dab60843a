package io.hyperion.core.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.Completion;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ResponseFormat;
import io.hyperion.api.Timings;
import io.hyperion.api.Tool;
import io.hyperion.api.ToolCall;
import io.hyperion.api.ToolChoice;
import io.hyperion.core.grammar.Grammar;
import io.hyperion.core.grammar.GrammarConstraint;
import io.hyperion.core.grammar.TokenTrie;
import io.hyperion.core.grammar.TriggeredConstraint;
import io.hyperion.core.schema.Schemas;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("The form of an answer")
class AnswerFormTest {
    private static final int END = 256;
    private static final TokenTrie BYTES =
            new TokenTrie(257, token -> token == END ? new byte[0] : new byte[] {(byte) token}, token -> token == END);

    private static final Tool WEATHER = new Tool(
            "get_weather",
            "The weather of a city",
            Schemas.read(
                    """
                    {"type": "object", "properties": {"city": {"type": "string"}, "unit": {"enum": ["C", "F"]}},
                     "required": ["city"], "additionalProperties": false}"""));
    private static final Tool CLOCK = new Tool("clock.now-2", "", Map.of());
    private static final Tool PYTHON = new Tool(
            "python",
            "Runs code",
            Schemas.read(
                    """
                    {"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"],
                     "additionalProperties": false}"""));
    private static final Tool SEARCH = new Tool(
            "brave_search",
            "Searches",
            Schemas.read(
                    """
                    {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"],
                     "additionalProperties": false}"""));
    private static final List<Tool> TOOLS = List.of(WEATHER, CLOCK, PYTHON, SEARCH);

    private static final ToolCall ROME = new ToolCall("a", "get_weather", "{\"city\": \"Rome\", \"unit\": \"C\"}");
    private static final ToolCall NOW = new ToolCall("b", "clock.now-2", "{}");
    private static final ResponseFormat SCHEMA = new ResponseFormat.JsonSchema(
            Schemas.read(
                    "{\"type\": \"object\", \"properties\": {\"n\": {\"type\": \"integer\"}}, \"required\": [\"n\"], \"additionalProperties\": false}"));

    private static AnswerForm form(ToolForm form, ToolChoice choice, boolean parallel, ResponseFormat format) {
        return AnswerForm.of(
                form,
                GenerateRequest.builder()
                        .user("?")
                        .tools(TOOLS)
                        .toolChoice(choice)
                        .parallelToolCalls(parallel)
                        .responseFormat(format)
                        .build());
    }

    private static AnswerForm form(ToolForm form, ToolChoice choice) {
        return form(form, choice, true, ResponseFormat.TEXT);
    }

    private static boolean matches(Grammar grammar, String text) {
        GrammarConstraint constraint = new GrammarConstraint(grammar, BYTES);
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            if (!constraint.allows(Byte.toUnsignedInt(value))) {
                return false;
            }
            constraint.accept(Byte.toUnsignedInt(value));
        }
        return constraint.mayEnd();
    }

    private static boolean allows(AnswerForm form, String text) {
        return matches(form.grammar(false).orElseThrow(), text);
    }

    /** {@return the completion that the caller of a listener is given for a text} */
    private static Completion read(AnswerForm form, String text, FinishReason reason) {
        AtomicReference<Completion> read = new AtomicReference<>();
        GenerateListener listener = form.reading(new GenerateListener() {
            @Override
            public void onText(String piece) {}

            @Override
            public void onDone(GenerateReply reply) {
                read.set(reply.completion());
            }

            @Override
            public void onError(HyperionException error) {
                throw error;
            }
        });
        listener.onPiece(new GenerateEvent.Piece(text));
        listener.onDone(reply(new Completion(text, 9, reason, Optional.empty(), false, List.of())));
        return read.get();
    }

    private static GenerateReply reply(Completion... completions) {
        Timings timings = new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO);
        return new GenerateReply("m", "p", 1, 0, 0, List.of(completions), timings);
    }

    @ParameterizedTest
    @EnumSource(ToolForm.class)
    @DisplayName("allows the calls that a model writes, and reads them")
    void allowsCalls(ToolForm form) {
        AnswerForm required = form(form, ToolChoice.REQUIRED);
        for (List<ToolCall> calls : List.of(List.of(ROME), List.of(NOW), List.of(ROME, NOW, ROME))) {
            String text = CallTexts.of(form, calls);
            boolean several = calls.size() > 1;
            assertThat(allows(required, text)).as(text).isEqualTo(!several || form.writesSeveralCalls());
            Completion read = read(required, text, FinishReason.STOP);
            assertThat(read.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
            assertThat(read.text()).isEmpty();
            assertThat(read.toolCalls())
                    .usingRecursiveFieldByFieldElementComparatorIgnoringFields("id")
                    .isEqualTo(calls);
            assertThat(read.toolCalls().stream().map(ToolCall::id)).doesNotHaveDuplicates();
            assertThat(allows(form(form, ToolChoice.REQUIRED, false, ResponseFormat.TEXT), text))
                    .as("with one call allowed")
                    .isEqualTo(!several);
        }
    }

    @ParameterizedTest
    @EnumSource(ToolForm.class)
    @DisplayName("allows no text, no other tool and no other arguments where a call is required")
    void refusesOthers(ToolForm form) {
        AnswerForm required = form(form, ToolChoice.REQUIRED);
        assertThat(allows(required, "")).isFalse();
        assertThat(allows(required, "Hello.")).isFalse();
        assertThat(allows(required, "{\"response\": \"Hello.\"}")).isFalse();
        for (ToolCall wrong : List.of(
                new ToolCall("", "other", "{}"),
                new ToolCall("", "get_weather", "{\"town\": \"Rome\"}"),
                new ToolCall("", "get_weather", "{\"city\": \"Rome\", \"unit\": \"K\"}"),
                new ToolCall("", "get_weather", "\"Rome\""),
                new ToolCall("", "clock.now-2", "{\"a\": 1}"))) {
            assertThat(allows(required, CallTexts.of(form, List.of(wrong))))
                    .as("%s", wrong)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(ToolForm.class)
    @DisplayName("allows one call of the named tool only")
    void named(ToolForm form) {
        AnswerForm named = form(form, new ToolChoice.Named("get_weather"));
        assertThat(named.tools()).as("the model is told of all").isEqualTo(TOOLS);
        assertThat(allows(named, CallTexts.of(form, List.of(ROME)))).isTrue();
        assertThat(allows(named, CallTexts.of(form, List.of(NOW)))).isFalse();
        assertThat(allows(named, CallTexts.of(form, List.of(ROME, ROME)))).isFalse();
    }

    @ParameterizedTest
    @EnumSource(ToolForm.class)
    @DisplayName("holds from the begin of a call on if the model decides")
    void auto(ToolForm form) {
        AnswerForm auto = form(form, ToolChoice.AUTO);
        Grammar grammar = auto.grammar(false).orElseThrow();
        String call = CallTexts.of(form, List.of(ROME));
        if (form == ToolForm.GENERIC) {
            assertThat(auto.triggers()).isEmpty();
            assertThat(matches(grammar, call)).isTrue();
            assertThat(matches(grammar, "{\"response\": \"Hello.\"}")).isTrue();
            assertThat(matches(grammar, "Hello.")).isFalse();
            return;
        }
        assertThat(auto.triggers()).isNotEmpty().doesNotContain("");
        for (String text : List.of("Hello <world> [1] {\"name\": \"Ada\"}.", call, "I will look.\n" + call)) {
            TriggeredConstraint constraint = new TriggeredConstraint(grammar, BYTES, auto.triggers());
            for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
                assertThat(constraint.allows(Byte.toUnsignedInt(value)))
                        .as("%s in %s", (char) value, text)
                        .isTrue();
                constraint.accept(Byte.toUnsignedInt(value));
            }
            assertThat(constraint.allows(END)).as(text).isTrue();
            assertThat(constraint.isActive()).as(text).isEqualTo(text.endsWith(call));
        }
        TriggeredConstraint constraint = new TriggeredConstraint(grammar, BYTES, auto.triggers());
        String wrong = CallTexts.of(form, List.of(new ToolCall("", "get_weather", "{\"x\": 1}")));
        int refused = 0;
        for (byte value : wrong.getBytes(StandardCharsets.UTF_8)) {
            if (!constraint.allows(Byte.toUnsignedInt(value))) {
                refused++;
                break;
            }
            constraint.accept(Byte.toUnsignedInt(value));
        }
        assertThat(refused).as("arguments that do not fit").isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(ToolForm.class)
    @DisplayName("gives arguments that fit the schema, whatever the model chooses among what is allowed")
    void argumentsFit(ToolForm form) {
        Map<String, Tool> byName = TOOLS.stream().collect(Collectors.toMap(Tool::name, tool -> tool));
        Random random = new Random(form.ordinal());
        AnswerForm required = form(form, ToolChoice.REQUIRED);
        Grammar grammar = required.grammar(false).orElseThrow();
        int whole = 0;
        for (int i = 0; i < 400; i++) {
            Optional<String> text = sample(grammar, random);
            if (text.isPresent()) {
                whole++;
                Completion read = read(required, text.get(), FinishReason.STOP);
                assertThat(read.finishReason()).as(text.get()).isEqualTo(FinishReason.TOOL_CALLS);
                assertThat(read.toolCalls()).as(text.get()).isNotEmpty();
                for (ToolCall call : read.toolCalls()) {
                    assertThat(Schemas.complaints(byName.get(call.name()).parameters(), call.arguments()))
                            .as("%s in %s", call, text.get())
                            .isEmpty();
                }
            }
        }
        assertThat(whole).isGreaterThan(100);
    }

    private static Optional<String> sample(Grammar grammar, Random random) {
        GrammarConstraint constraint = new GrammarConstraint(grammar, BYTES);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        while (text.size() < 600) {
            BitSet allowed = constraint.allowed();
            boolean mayEnd = allowed.get(END);
            allowed.clear(END);
            if (allowed.isEmpty() || mayEnd && random.nextInt(3) == 0) {
                return Optional.of(text.toString(StandardCharsets.UTF_8));
            }
            // Where nearly anything may come, often what ends it; seldom what is of a longer character.
            int[] ends = allowed.stream().filter(c -> "\"}])".indexOf(c) >= 0).toArray();
            int[] plain = allowed.stream().filter(c -> c < 0x80).toArray();
            boolean few = allowed.cardinality() < 20;
            int[] from = ends.length > 0 && random.nextInt(3) == 0
                    ? ends
                    : few ? allowed.stream().toArray() : plain;
            int next = from[random.nextInt(from.length)];
            constraint.accept(next);
            text.write(next);
        }
        return Optional.empty();
    }

    @Test
    @DisplayName("lets a model think before a call that is required, but write nothing else")
    void thinks() {
        for (ToolForm form : List.of(ToolForm.HERMES, ToolForm.DEEPSEEK)) {
            String call = CallTexts.of(form, List.of(ROME));
            AnswerForm required = form(form, ToolChoice.REQUIRED);
            assertThat(allows(required, "<think>a < b, <b>so</b>\n</think>\n" + call))
                    .isTrue();
            assertThat(allows(required, "so\n</think>\n" + call)).isFalse();
            Grammar thinking = required.grammar(true).orElseThrow();
            assertThat(matches(thinking, "so\n</think>\n" + call)).isTrue();
            assertThat(matches(thinking, call)).isTrue();
            assertThat(matches(thinking, "so")).isFalse();
            assertThat(matches(thinking, CallTexts.of(form, List.of(new ToolCall("", "other", "{}")))))
                    .isFalse();
        }
    }

    @Test
    @DisplayName("allows the ways in which Llama 3 was trained to call built-in tools and code")
    void builtIn() {
        AnswerForm llama = form(ToolForm.LLAMA_3, ToolChoice.REQUIRED);
        for (String text : List.of(
                "<|python_tag|>brave_search.call(query=\"Rome\")",
                "<|python_tag|>import this",
                "<|python_tag|>" + CallTexts.of(ToolForm.LLAMA_3, List.of(ROME)))) {
            assertThat(allows(llama, text)).as(text).isTrue();
            assertThat(read(llama, text, FinishReason.STOP).toolCalls())
                    .as(text)
                    .hasSize(1);
        }
        AnswerForm functionary = form(ToolForm.FUNCTIONARY_3_1, ToolChoice.REQUIRED);
        assertThat(allows(functionary, "<|python_tag|>import this")).isTrue();
        assertThat(read(functionary, "<|python_tag|>import this", FinishReason.STOP)
                        .toolCalls()
                        .get(0)
                        .arguments())
                .isEqualTo("{\"code\": \"import this\"}");
    }

    @ParameterizedTest
    @EnumSource(ToolForm.class)
    @DisplayName("binds the text to the response format unless the model calls a tool")
    void callsOrJson(ToolForm form) {
        AnswerForm auto = form(form, ToolChoice.AUTO, true, SCHEMA);
        assertThat(auto.triggers()).isEmpty();
        String json =
                switch (form) {
                    case GENERIC -> "{\"response\": {\"n\": 1}}";
                    case FUNCTIONARY_3_2 -> "all\n{\"n\": 1}";
                    default -> "{\"n\": 1}";
                };
        assertThat(allows(auto, CallTexts.of(form, List.of(ROME)))).isTrue();
        assertThat(allows(auto, json)).isTrue();
        assertThat(allows(auto, json.replace("\"n\"", "\"m\""))).isFalse();
        Completion read = read(auto, json, FinishReason.STOP);
        assertThat(read.text()).isEqualTo("{\"n\": 1}");
        assertThat(read.finishReason()).isEqualTo(FinishReason.STOP);
    }

    @ParameterizedTest
    @EnumSource(ToolForm.class)
    @DisplayName("binds the text to JSON where no tool may be called, and tells the model of none")
    void json(ToolForm form) {
        AnswerForm schema = form(form, ToolChoice.NONE, true, SCHEMA);
        assertThat(schema.tools()).isEmpty();
        String begin = form == ToolForm.FUNCTIONARY_3_2 ? "all\n" : "";
        assertThat(allows(schema, begin + "{\"n\": 1}")).isTrue();
        assertThat(allows(schema, begin + "{}")).isFalse();
        assertThat(allows(schema, "Hello.")).isFalse();
        assertThat(read(schema, begin + "{\"n\": 1}", FinishReason.STOP).text()).isEqualTo("{\"n\": 1}");
        AnswerForm object = form(form, ToolChoice.NONE, true, ResponseFormat.JSON_OBJECT);
        assertThat(allows(object, begin + "{\"any\": [1, {}]}")).isTrue();
        assertThat(allows(object, begin + "[1]")).isFalse();
        AnswerForm text = form(form, ToolChoice.NONE);
        assertThat(text.grammar(false)).isEmpty();
        assertThat(text.isBound()).isFalse();
        String call = CallTexts.of(ToolForm.HERMES, List.of(ROME));
        assertThat(read(text, begin + call, FinishReason.STOP).text())
                .as("nothing is read")
                .isEqualTo(call);
    }

    @Test
    @DisplayName("names the tool whose schema cannot be said")
    void impossibleSchema() {
        AnswerForm form = AnswerForm.of(
                ToolForm.HERMES,
                GenerateRequest.builder()
                        .user("?")
                        .tools(List.of(CLOCK, new Tool("x", "", Map.of("type", "object", "not", Map.of()))))
                        .build());
        assertThatThrownBy(() -> form.grammar(false))
                .isInstanceOfSatisfying(
                        InvalidRequestException.class,
                        e -> assertThat(e.parameter().orElseThrow()).startsWith("tools[1].function.parameters"));
    }

    @Test
    @DisplayName("refuses tools whose grammar would be too large, and blames them")
    void tooLarge() {
        Map<String, Object> properties = IntStream.range(0, 400)
                .boxed()
                .collect(Collectors.toMap(i -> "property_with_a_long_name_" + i, i -> Map.of("type", "integer")));
        List<Tool> tools = IntStream.range(0, 100)
                .mapToObj(i -> new Tool("tool" + i, "", Map.of("type", "object", "properties", properties)))
                .toList();
        AnswerForm form = AnswerForm.of(
                ToolForm.HERMES,
                GenerateRequest.builder().user("?").tools(tools).build());
        assertThatThrownBy(() -> form.grammar(false))
                .isInstanceOfSatisfying(
                        InvalidRequestException.class,
                        e -> assertThat(e.parameter().orElseThrow()).startsWith("tools"));
    }

    @Test
    @DisplayName("reads each completion by itself, with what belongs to its pieces, and keeps why one was cut off")
    void severalCompletions() {
        List<GenerateEvent> events = new ArrayList<>();
        AtomicReference<GenerateReply> done = new AtomicReference<>();
        GenerateListener listener = form(ToolForm.HERMES, ToolChoice.AUTO).reading(new GenerateListener() {
            @Override
            public void onPiece(GenerateEvent.Piece piece) {
                events.add(piece);
            }

            @Override
            public void onText(String text) {
                throw new AssertionError(text);
            }

            @Override
            public void onToolCall(GenerateEvent.ToolCallPiece piece) {
                events.add(piece);
            }

            @Override
            public void onDone(GenerateReply reply) {
                done.set(reply);
            }

            @Override
            public void onError(HyperionException error) {
                throw error;
            }
        });
        List<Integer> ids = List.of(7, 8);
        listener.onPiece(piece("Hel", 1, List.of()));
        listener.onPiece(piece("<tool_call>{\"name\": ", 0, ids));
        listener.onPiece(piece("lo", 1, ids));
        listener.onPiece(piece("\"clock.now-2\", \"arguments\": {", 0, List.of()));
        String id = ((GenerateEvent.ToolCallPiece) events.get(3)).id();
        assertThat(id).matches("call_[A-Za-z0-9]{24}");
        assertThat(events)
                .containsExactly(
                        piece("Hel", 1, List.of()),
                        piece("", 0, ids),
                        piece("lo", 1, ids),
                        new GenerateEvent.ToolCallPiece(0, 0, id, "clock.now-2", "{"));
        listener.onDone(reply(
                new Completion("…", 9, FinishReason.LENGTH, Optional.empty(), false, List.of()),
                new Completion("Hello", 2, FinishReason.STOP, Optional.empty(), false, List.of())));
        assertThat(done.get().completions().get(0).toolCalls()).containsExactly(new ToolCall(id, "clock.now-2", "{"));
        assertThat(done.get().completions().get(0).finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(done.get().completions().get(1).text()).isEqualTo("Hello");
        assertThat(done.get().completions().get(1).finishReason()).isEqualTo(FinishReason.STOP);
    }

    private static GenerateEvent.Piece piece(String text, int completion, List<Integer> tokens) {
        return new GenerateEvent.Piece(text, completion, 2, List.of(), tokens, Optional.empty());
    }

    @Test
    @DisplayName("gives Mistral's calls ids of nine letters and digits")
    void mistralIds() {
        String text = CallTexts.of(ToolForm.MISTRAL, List.of(ROME));
        assertThat(read(form(ToolForm.MISTRAL, ToolChoice.AUTO), text, FinishReason.STOP)
                        .toolCalls()
                        .get(0)
                        .id())
                .matches("[A-Za-z0-9]{9}");
        assertThat(CallIds.forMistral("abcDEF123")).isEqualTo("abcDEF123");
        assertThat(CallIds.forMistral("call_1")).matches("[A-Za-z0-9]{9}").isEqualTo(CallIds.forMistral("call_1"));
        assertThat(CallIds.forMistral("call_1")).isNotEqualTo(CallIds.forMistral("call_2"));
    }
}
