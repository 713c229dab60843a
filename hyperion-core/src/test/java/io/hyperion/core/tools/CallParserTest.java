package io.hyperion.core.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The parser of calls")
class CallParserTest {
    private static final Map<String, Optional<String>> TOOLS =
            Map.of("get_weather", Optional.empty(), "add", Optional.empty(), "python", Optional.of("code"));

    /** What was found, and what was told on the way. */
    record Found(String text, List<String> calls, boolean whole) {}

    private static Found parse(ToolForm form, boolean cut, String... pieces) {
        CallSink sink = new CallSink(() -> "id");
        CallParser parser = new CallParser(form.syntax(), TOOLS, sink);
        StringBuilder text = new StringBuilder();
        Map<Integer, String> names = new TreeMap<>();
        Map<Integer, StringBuilder> arguments = new TreeMap<>();
        for (String piece : pieces) {
            parser.feed(piece);
            collect(sink, text, names, arguments);
        }
        parser.finish(cut);
        collect(sink, text, names, arguments);
        List<String> told = new ArrayList<>();
        arguments.forEach((index, all) -> told.add(names.get(index) + all));
        assertThat(sink.text()).as("all pieces joined").isEqualTo(text.toString());
        assertThat(sink.calls().stream().map(CallParserTest::line))
                .as("all pieces joined")
                .isEqualTo(told);
        return new Found(text.toString(), told, sink.hasWholeCalls());
    }

    private static void collect(
            CallSink sink, StringBuilder text, Map<Integer, String> names, Map<Integer, StringBuilder> arguments) {
        for (CallSink.Part part : sink.drain()) {
            if (part instanceof CallSink.Part.Text found) {
                assertThat(found.text()).isNotEmpty();
                text.append(found.text());
            } else if (part instanceof CallSink.Part.Call call) {
                assertThat(names.putIfAbsent(call.index(), call.name())).isIn(null, call.name());
                arguments
                        .computeIfAbsent(call.index(), index -> new StringBuilder())
                        .append(call.arguments());
            }
        }
    }

    private static String line(ToolCall call) {
        return call.name() + call.arguments();
    }

    private static Arguments is(ToolForm form, String written, String text, String... calls) {
        return Arguments.of(form, written, text, List.of(calls));
    }

    static Stream<Arguments> written() {
        String hermes = "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Rome\"}}\n</tool_call>";
        String weather = "get_weather{\"city\": \"Rome\"}";
        return Stream.of(
                is(ToolForm.HERMES, hermes, "", weather),
                is(ToolForm.HERMES, "I will look.\n\n" + hermes, "I will look.", weather),
                is(
                        ToolForm.HERMES,
                        "<think>\nHm </think>\n\n" + hermes + "\n"
                                + "<tool_call>{\"name\":\"add\",\"arguments\":{\"a\":[1,{\"b\":null}],\"c\":-1.5e3}}</tool_call>\n",
                        "<think>\nHm </think>",
                        weather,
                        "add{\"a\":[1,{\"b\":null}],\"c\":-1.5e3}"),
                is(ToolForm.HERMES, "<function=add>{\"a\": 1}</function>", "", "add{\"a\": 1}"),
                is(ToolForm.HERMES, "<tool_call>{\"name\": \"add\"}</tool_call>", "", "add{}"),
                is(ToolForm.HERMES, "<tool_call>{\"name\": \"add\", \"arguments\": null}</tool_call>", "", "add{}"),
                is(
                        ToolForm.HERMES,
                        "<tool_call>{\"name\": \"add\", \"arguments\": \"{\\\"a\\\": \\\"\\\\\\\"\\u00e9\\\"}\"}</tool_call>",
                        "",
                        "add{\"a\": \"\\\"é\"}"),
                is(
                        ToolForm.HERMES,
                        "<tool_call>{\"name\": \"add\", \"arguments\": {\"t\": \"</tool_call> \\\" }{\"}}</tool_call>",
                        "",
                        "add{\"t\": \"</tool_call> \\\" }{\"}"),
                is(ToolForm.HERMES, hermes.replace("</tool_call>", "") + "and so on", "\nand so on", weather),
                is(ToolForm.LLAMA_3, "{\"name\": \"get_weather\", \"parameters\": {\"city\": \"Rome\"}}", "", weather),
                is(
                        ToolForm.LLAMA_3,
                        "{\"type\": \"function\", \"name\": \"get_weather\", \"parameters\": {\"city\": \"Rome\"}}",
                        "",
                        weather),
                is(
                        ToolForm.LLAMA_3,
                        "<|python_tag|>{\"name\": \"get_weather\", \"parameters\": {\"city\": \"Rome\"}}",
                        "",
                        weather),
                is(
                        ToolForm.LLAMA_3,
                        "<|python_tag|>get_weather.call(city=\"Rome\", days = 3)",
                        "",
                        "get_weather{\"city\": \"Rome\", \"days\": 3}"),
                is(ToolForm.LLAMA_3, "<|python_tag|>add.call()", "", "add{}"),
                is(
                        ToolForm.LLAMA_3,
                        "<|python_tag|>import x\nprint(\"a\\n\")",
                        "",
                        "python{\"code\": \"import x\\nprint(\\\"a\\\\n\\\")\"}"),
                is(ToolForm.LLAMA_3, "<|python_tag|>x", "", "python{\"code\": \"x\"}"),
                is(ToolForm.LLAMA_3, "<|python_tag|>other.call(a=1)", "", "python{\"code\": \"other.call(a=1)\"}"),
                is(
                        ToolForm.DEEPSEEK_3_1,
                        "Hm</think>Both.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{\"city\": \"Rome\"}"
                                + "<｜tool▁call▁end｜><｜tool▁call▁begin｜>add<｜tool▁sep｜>{\"t\": \"<｜tool▁call▁end｜>\"}"
                                + "<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
                        "Hm</think>Both.",
                        weather,
                        "add{\"t\": \"<｜tool▁call▁end｜>\"}"),
                is(ToolForm.MISTRAL_NAMED, "[TOOL_CALLS]get_weather[ARGS]{\"city\": \"Rome\"}", "", weather),
                is(
                        ToolForm.MISTRAL_NAMED,
                        "Both.[TOOL_CALLS]get_weather[ARGS] {\"city\": \"Rome\"}[TOOL_CALLS]add[ARGS]{\"t\": \"}[TOOL_CALLS]\\\"\"}",
                        "Both.",
                        weather,
                        "add{\"t\": \"}[TOOL_CALLS]\\\"\"}"),
                is(
                        ToolForm.MISTRAL_NAMED,
                        "[TOOL_CALLS]unknown[ARGS]{} and [TOOL_CALLS]add",
                        "[TOOL_CALLS]unknown[ARGS]{} and [TOOL_CALLS]add"),
                is(
                        ToolForm.MISTRAL,
                        "[TOOL_CALLS][{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Rome\"}, \"id\": \"abcdef123\"}]",
                        "",
                        weather),
                is(
                        ToolForm.MISTRAL,
                        "Let me see.[TOOL_CALLS] [{\"name\": \"add\", \"arguments\": {}}, {\"name\": \"get_weather\", \"arguments\": {\"city\": \"Rome\"}}]",
                        "Let me see.",
                        "add{}",
                        weather),
                is(
                        ToolForm.COMMAND_R7B,
                        "<|START_THINKING|>I will look.<|END_THINKING|><|START_ACTION|>[\n  {\"tool_call_id\": \"0\", \"tool_name\": \"get_weather\", \"parameters\": {\"city\": \"Rome\"}}\n]<|END_ACTION|>",
                        "<|START_THINKING|>I will look.<|END_THINKING|>",
                        weather),
                is(ToolForm.COMMAND_R7B, "<|START_RESPONSE|>It is warm.<|END_RESPONSE|>", "It is warm."),
                is(
                        ToolForm.DEEPSEEK,
                        "Hm\n</think>\n\n<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n{\"city\": \"Rome\"}\n```<｜tool▁call▁end｜>\n"
                                + "<｜tool▁call▁begin｜>function<｜tool▁sep｜>add\n```json\n{}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
                        "Hm\n</think>",
                        weather,
                        "add{}"),
                is(
                        ToolForm.FIREFUNCTION,
                        " functools[{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Rome\"}}]",
                        "",
                        weather),
                is(
                        ToolForm.FUNCTIONARY_3_1,
                        "<function=get_weather>{\"city\": \"Rome\"}</function><function=add>{}</function>",
                        "",
                        weather,
                        "add{}"),
                is(ToolForm.FUNCTIONARY_3_1, "<|python_tag|>print(1)", "", "python{\"code\": \"print(1)\"}"),
                is(ToolForm.FUNCTIONARY_3_2, "all\nHello there", "Hello there"),
                is(ToolForm.FUNCTIONARY_3_2, "get_weather\n{\"city\": \"Rome\"}", "", weather),
                is(
                        ToolForm.FUNCTIONARY_3_2,
                        "all\nI will look.\n>>>get_weather\n{\"city\": \"Rome\"}\n>>>add\n{}",
                        "I will look.",
                        weather,
                        "add{}"),
                is(ToolForm.FUNCTIONARY_3_2, "python\nprint(1)\n", "", "python{\"code\": \"print(1)\\n\"}"),
                is(
                        ToolForm.GENERIC,
                        "{\"tool_call\": {\"name\": \"get_weather\", \"arguments\": {\"city\": \"Rome\"}}}",
                        "",
                        weather),
                is(
                        ToolForm.GENERIC,
                        "{ \"tool_calls\": [{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Rome\"}}, {\"name\": \"add\", \"arguments\": {\"a\": 1}}]\n}\n",
                        "",
                        weather,
                        "add{\"a\": 1}"),
                is(
                        ToolForm.GENERIC,
                        "{\"response\": \"Hello\\n\\ud83d\\ude00 \\\"you\\\" \\ud83d.\"}\n",
                        "Hello\n\uD83D\uDE00 \"you\" \uFFFD."),
                is(ToolForm.GENERIC, "{\"response\": {\"a\": [1, 2]}}", "{\"a\": [1, 2]}"),
                is(ToolForm.GENERIC, "{\"response\": 12}", "12"));
    }

    @ParameterizedTest
    @MethodSource("written")
    @DisplayName("finds text and calls, however the text is split")
    void findsCalls(ToolForm form, String written, String text, List<String> calls) {
        Found found = new Found(text, calls, !calls.isEmpty());
        assertThat(parse(form, false, written)).isEqualTo(found);
        assertThat(parse(form, false, written.split(""))).isEqualTo(found);
        Random random = new Random(written.hashCode());
        for (int i = 0; i < 50; i++) {
            assertThat(parse(form, false, split(written, random))).isEqualTo(found);
        }
    }

    private static String[] split(String text, Random random) {
        List<String> pieces = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int end = Math.min(text.length(), at + 1 + random.nextInt(12));
            if (end < text.length() && Character.isLowSurrogate(text.charAt(end))) {
                end++;
            }
            pieces.add(text.substring(at, end));
            at = end;
        }
        return pieces.toArray(String[]::new);
    }

    static Stream<Arguments> noCalls() {
        return Stream.of(
                Arguments.of(ToolForm.HERMES, "<tool_call>{\"name\": \"unknown\", \"arguments\": {}}</tool_call>"),
                Arguments.of(ToolForm.HERMES, "<tool_call>call me</tool_call>"),
                Arguments.of(ToolForm.HERMES, "<tool_call"),
                Arguments.of(ToolForm.HERMES, "a < b <t <tool_call>{\"name\": \"add"),
                Arguments.of(ToolForm.HERMES, "<tool_call>{\"arguments\": {}, \"name\": \"add\"}"),
                Arguments.of(ToolForm.HERMES, "<tool_call>{\"name\": \"add\", \"arguments\": 3}"),
                Arguments.of(ToolForm.HERMES, "<tool_call>" + " ".repeat(3000) + "{\"name\": \"add\"}"),
                Arguments.of(ToolForm.HERMES, "\n".repeat(5000) + "end \n"),
                Arguments.of(ToolForm.HERMES, "<function=" + "a".repeat(100) + ">{}"),
                Arguments.of(ToolForm.LLAMA_3, "{\"name\": \"Ada\", \"age\": 36}"),
                Arguments.of(ToolForm.LLAMA_3, "{".repeat(5000)),
                Arguments.of(ToolForm.LLAMA_3, "{\"name\": ".repeat(500)),
                Arguments.of(ToolForm.MISTRAL, "[TOOL_CALLS][]"),
                Arguments.of(ToolForm.MISTRAL, "[TOOL_CALLS][{\"name\": \"x\"}]"),
                Arguments.of(ToolForm.COMMAND_R7B, "<|START_ACTION|>nothing<|END_ACTION|>"),
                Arguments.of(ToolForm.FIREFUNCTION, "import functools\nfunctools[0]"),
                Arguments.of(ToolForm.FUNCTIONARY_3_1, "<function=nobody>{}</function>"),
                Arguments.of(ToolForm.FUNCTIONARY_3_2, "Hello\nyou >>> and >>>nobody\n{}"),
                Arguments.of(ToolForm.GENERIC, "{\"respond\": 1}"),
                Arguments.of(ToolForm.GENERIC, "Hello."));
    }

    @ParameterizedTest
    @MethodSource("noCalls")
    @DisplayName("leaves what is no call as it is")
    void leavesText(ToolForm form, String written) {
        Found found = new Found(written, List.of(), false);
        assertThat(parse(form, false, written)).isEqualTo(found);
        assertThat(parse(form, true, written.split(""))).isEqualTo(found);
    }

    @ParameterizedTest
    @MethodSource("written")
    @DisplayName("finds the same in a text that is cut off anywhere as it told until there, and never fails")
    void cutOff(ToolForm form, String written, String text, List<String> calls) {
        for (int end = 0; end < written.length(); end++) {
            if (Character.isLowSurrogate(written.charAt(end))) {
                continue;
            }
            String part = written.substring(0, end);
            Found found = parse(form, true, part);
            assertThat(parse(form, true, part.split("(?!^)(?<![\uD83D])"))).isEqualTo(found);
            for (int i = 0; i < found.calls().size(); i++) {
                assertThat(calls.get(i)).startsWith(found.calls().get(i));
            }
        }
    }

    @Test
    @DisplayName("gives the partial arguments of a call that is cut off")
    void partialArguments() {
        Found found = parse(ToolForm.HERMES, true, "<tool_call>{\"name\": \"add\", \"arguments\": {\"a\": 1, \"b");
        assertThat(found).isEqualTo(new Found("", List.of("add{\"a\": 1, \"b"), false));
        found = parse(ToolForm.LLAMA_3, true, "<|python_tag|>print('");
        assertThat(found).isEqualTo(new Found("", List.of("python{\"code\": \"print('"), false));
    }

    @Test
    @DisplayName("keeps what follows arguments that are no JSON as text")
    void brokenArguments() {
        Found found =
                parse(ToolForm.HERMES, false, "<tool_call>{\"name\": \"add\", \"arguments\": {\"a\": oops}} Sorry.");
        assertThat(found).isEqualTo(new Found("oops}} Sorry.", List.of("add{\"a\": "), false));
    }

    @Test
    @DisplayName("tells the name as soon as the arguments begin, and these as they come")
    void streams() {
        CallSink sink = new CallSink(() -> "id");
        CallParser parser = new CallParser(ToolForm.HERMES.syntax(), TOOLS, sink);
        parser.feed("Well, <tool");
        assertThat(sink.drain()).containsExactly(new CallSink.Part.Text("Well,"));
        parser.feed("_call>{\"name\": \"add\", \"arguments\": ");
        assertThat(sink.drain()).isEmpty();
        parser.feed("{\"a\"");
        assertThat(sink.drain()).containsExactly(new CallSink.Part.Call(0, "id", "add", "{\"a\""));
        parser.feed(": 1}");
        assertThat(sink.drain()).containsExactly(new CallSink.Part.Call(0, "id", "add", ": 1}"));
        parser.feed("}</tool_call>");
        assertThat(sink.drain()).isEmpty();
    }

    @Test
    @DisplayName("reads random text made of parts of all forms without failing, however it is split")
    void garbage() {
        List<String> words = List.of(
                "<tool_call>",
                "</tool_call>",
                "{",
                "}",
                "[",
                "]",
                "\"name\"",
                "\"arguments\"",
                "\"parameters\"",
                ":",
                ",",
                " ",
                "\n",
                "\"add\"",
                "\"get_weather\"",
                "\"",
                "\\",
                "\\u00e9",
                "\\ud83d",
                "<|python_tag|>",
                "add.call(",
                "a=1",
                ")",
                "[TOOL_CALLS]",
                "<|START_ACTION|>",
                "<|END_ACTION|>",
                "\"tool_name\"",
                "\"tool_call_id\"",
                "functools[",
                "<function=",
                "add>",
                "</function>",
                ">>>",
                "all\n",
                "add\n",
                "python\n",
                "<｜tool▁calls▁begin｜>",
                "<｜tool▁call▁begin｜>function<｜tool▁sep｜>",
                "\n```json\n",
                "```<｜tool▁call▁end｜>",
                "\"response\"",
                "\"tool_call\"",
                "\"tool_calls\"",
                "null",
                "true",
                "-1.5",
                "x",
                "😀",
                "{\"name\": \"add\", \"arguments\": {",
                "<tool_call>{\"name\": \"add\", \"arguments\": \"{\\\"");
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(25); length >= 0; length--) {
                text.append(words.get(random.nextInt(words.size())));
            }
            ToolForm form = ToolForm.values()[i % ToolForm.values().length];
            boolean cut = random.nextBoolean();
            Found whole = parse(form, cut, text.toString());
            assertThat(parse(form, cut, split(text.toString(), random)))
                    .as("%s: %s", form, text)
                    .isEqualTo(whole);
        }
    }
}
