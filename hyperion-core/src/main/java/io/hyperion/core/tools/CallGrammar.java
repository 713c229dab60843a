package io.hyperion.core.tools;

import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Tool;
import io.hyperion.core.schema.SchemaRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes the grammar of a form for the tools of a request: their names, and arguments that fit their schemas. For use by one thread.
 *
 * <p>Between the parts of a call there may be a blank, or a line break and blanks: less than models are used to write would put them off,
 * more would never end.
 */
final class CallGrammar {
    private static final String GAP = " gap ";
    private static final String PYTHON_TAG = "\"<|python_tag|>\" ";

    private final ToolForm form;
    private final List<Tool> tools;
    private final boolean several;
    private final SchemaRules rules = new SchemaRules();
    /** By tool: the rule of its arguments. */
    private final List<String> arguments = new ArrayList<>();

    /**
     * @param form how calls are written
     * @param tools those that may be called
     * @param several whether there may be more than one call
     * @throws InvalidRequestException if a grammar cannot say what a tool's schema says
     */
    CallGrammar(ToolForm form, List<Tool> tools, boolean several) {
        this.form = form;
        this.tools = tools;
        this.several = several;
        rules.addRule("gap", "( \" \" | \"\\n\" [ \\t]{0,20} )?");
        for (int i = 0; i < tools.size(); i++) {
            arguments.add(argumentsOf(tools.get(i), i));
        }
    }

    private String argumentsOf(Tool tool, int index) {
        String name = "tool-" + index;
        return tool.parameters().isEmpty()
                ? rules.addRule(name, "\"{\" gap \"}\"")
                : rules.addObject(tool.parameters(), name, "tools[" + index + "].function.parameters");
    }

    /** {@return the texts that the {@link #lazy} grammar waits for: each begins a call of one of the tools} */
    static List<String> triggers(ToolForm form, List<Tool> tools) {
        return switch (form) {
            case HERMES -> List.of("<tool_call>", "<function=");
            case LLAMA_3 ->
                Stream.concat(
                                Stream.of("<|python_tag|>"),
                                tools.stream()
                                        .map(CallGrammar::nameBegin)
                                        .flatMap(name -> Stream.of(
                                                "{\"name\": \"" + name,
                                                "{\"name\":\"" + name,
                                                "{\"type\": \"function\", \"name\": \"" + name,
                                                "{\"type\":\"function\",\"name\":\"" + name)))
                        .distinct()
                        .toList();
            case MISTRAL, MISTRAL_NAMED -> List.of("[TOOL_CALLS]");
            case COMMAND_R7B -> List.of("<|START_ACTION|>");
            case DEEPSEEK -> ToolForm.DEEPSEEK_BEGINS;
            case DEEPSEEK_3_1 -> List.of("<｜tool▁calls▁begin｜>");
            case FIREFUNCTION -> List.of("functools[");
            case FUNCTIONARY_3_1 ->
                Stream.concat(
                                Stream.of("<function="),
                                tools.stream()
                                        .filter(tool ->
                                                CodeTools.codeProperty(tool).isPresent())
                                        .limit(1)
                                        .map(tool -> "<|python_tag|>"))
                        .toList();
            case FUNCTIONARY_3_2 ->
                tools.stream().map(tool -> tool.name() + "\n{").toList();
            case GENERIC -> List.of();
        };
    }

    /** {@return enough of a tool's name to know a call of it by; all of many long names would be much to look for} */
    private static String nameBegin(Tool tool) {
        String name = tool.name() + "\"";
        return name.substring(0, Math.min(name.length(), 12));
    }

    /**
     * The grammar of a text that calls a tool from its start on.
     *
     * @param thinking whether the text begins within what the model thinks
     * @return GBNF
     */
    String required(boolean thinking) {
        String begin = thought(thinking);
        return rules.text(begin + rules.addRule("calls", calls()));
    }

    /** {@return the grammar of what begins with one of the {@link #triggers}, in GBNF} */
    String lazy() {
        return rules.text(calls());
    }

    /**
     * The grammar of a text that calls a tool from its start on, or is a content.
     *
     * @param schema of the content, as JSON; empty for any object
     * @return GBNF
     */
    String callsOrContent(Optional<Map<String, Object>> schema) {
        String value = content(form, rules, schema);
        String content = rules.addRule("content", form == ToolForm.GENERIC ? answer("response", value) : value);
        return rules.text(rules.addRule("calls", calls()) + " | " + content);
    }

    /** {@return the grammar of an answer in the generic form: calls, or a response that is any text} */
    String callsOrResponse() {
        String text = rules.add(Map.of("type", "string"), "response", "response");
        return rules.text(calls() + " | " + answer("response", text));
    }

    /**
     * What a text that must be JSON looks like in a form.
     *
     * @param form the form
     * @param rules takes the rules that it needs
     * @param schema of the JSON; empty for any object
     * @return GBNF of a part of a rule
     */
    static String content(ToolForm form, SchemaRules rules, Optional<Map<String, Object>> schema) {
        String value =
                schema.map(one -> rules.add(one, "value", "response_format")).orElseGet(rules::anyObject);
        return switch (form) {
            case FUNCTIONARY_3_2 -> "\"all\\n\" " + value;
            case COMMAND_R7B -> "\"<|START_RESPONSE|>\"? " + value + " \"<|END_RESPONSE|>\"?";
            default -> value;
        };
    }

    private String thought(boolean thinking) {
        return switch (form) {
            case HERMES, DEEPSEEK, DEEPSEEK_3_1 -> thought(thinking, "<think>", "[^<tf｜/] | \"/\" [^<t]", "</think>");
            case COMMAND_R7B -> thought(thinking, "<|START_THINKING|>", "[^<|]", "<|END_THINKING|>");
            default -> "";
        };
    }

    /** What the model thinks may be anything but the begin of what ends it or of a call: else a call in it would be bound to nothing. */
    private String thought(boolean thinking, String begin, String behindBracket, String end) {
        rules.addRule("thought", "( [^<] | \"<\"+ ( " + behindBracket + " ) )*");
        String opening = thinking ? "" : SchemaRules.literal(begin) + " ";
        return "( " + opening + "thought " + SchemaRules.literal(end) + GAP + ")? ";
    }

    private String calls() {
        return switch (form) {
            case HERMES ->
                repeated(
                        oneOf(
                                "\"<tool_call>\"" + GAP + object("name", "arguments") + GAP + "\"</tool_call>\"",
                                functions(" gap ")),
                        "gap");
            case LLAMA_3 -> python(object("name", "parameters"));
            case MISTRAL -> "\"[TOOL_CALLS]\"" + GAP + array(object("name", "arguments"));
            case MISTRAL_NAMED -> repeated(named("[TOOL_CALLS]", "[ARGS]", ""), "\"\"");
            case COMMAND_R7B ->
                "\"<|START_ACTION|>\"" + GAP + array(object("tool_name", "parameters")) + GAP + "\"<|END_ACTION|>\"";
            case DEEPSEEK ->
                oneOf(ToolForm.DEEPSEEK_BEGINS.stream().map(SchemaRules::literal))
                        + " "
                        + repeated(deepSeekCall(), "\"\\n\"?")
                        + " \"\\n\"? "
                        + SchemaRules.literal("<｜tool▁calls▁end｜>");
            case DEEPSEEK_3_1 ->
                SchemaRules.literal("<｜tool▁calls▁begin｜>")
                        + " "
                        + repeated(named("<｜tool▁call▁begin｜>", "<｜tool▁sep｜>", "<｜tool▁call▁end｜>"), "\"\"")
                        + " "
                        + SchemaRules.literal("<｜tool▁calls▁end｜>");
            case FIREFUNCTION -> "\" \"? \"functools\" " + array(object("name", "arguments"));
            case FUNCTIONARY_3_1 -> oneOf(Stream.concat(Stream.of(repeated(functions(" "), "gap")), taggedCode()));
            case FUNCTIONARY_3_2 -> repeated(functionaryCall(), "gap \">>>\"");
            case GENERIC -> genericCalls();
        };
    }

    private String genericCalls() {
        String call = object("name", "arguments");
        String one = answer("tool_call", call);
        return several ? oneOf(one, answer("tool_calls", array(call))) : one;
    }

    private static String answer(String key, String value) {
        return "\"{\"" + GAP + property(key, value) + GAP + "\"}\"";
    }

    private static String property(String key, String value) {
        return SchemaRules.literal("\"" + key + "\"") + GAP + "\":\"" + GAP + value;
    }

    /** {@return an object that calls one of the tools} */
    private String object(String nameKey, String argumentsKey) {
        List<String> objects = new ArrayList<>();
        for (int i = 0; i < tools.size(); i++) {
            objects.add(
                    property(nameKey, SchemaRules.literal("\"" + tools.get(i).name() + "\""))
                            + GAP
                            + "\",\""
                            + GAP
                            + property(argumentsKey, arguments.get(i)));
        }
        String comma = GAP + "\",\"" + GAP;
        String before =
                switch (form) {
                    case LLAMA_3 -> "( " + property("type", SchemaRules.literal("\"function\"")) + comma + ")? ";
                    case COMMAND_R7B -> property("tool_call_id", "\"\\\"\" [0-9]{1,10} \"\\\"\"") + comma;
                    default -> "";
                };
        String behind = form == ToolForm.MISTRAL
                ? "(" + comma + property("id", "\"\\\"\" [a-zA-Z0-9]{9} \"\\\"\"") + " )?" + GAP
                : GAP;
        return rules.addRule("call", "\"{\"" + GAP + before + oneOf(objects.stream()) + behind + "\"}\"");
    }

    private String array(String item) {
        String more = several ? " (" + GAP + "\",\"" + GAP + item + " )*" : "";
        return "\"[\"" + GAP + item + more + GAP + "\"]\"";
    }

    private String repeated(String call, String between) {
        return several ? "( " + call + " ) ( " + between + " ( " + call + " ) )*" : "( " + call + " )";
    }

    private String functions(String gap) {
        return rules.addRule(
                "function",
                "\"<function=\" " + oneOf(each("", "\">\"" + gap, "")) + gap + SchemaRules.literal("</function>"));
    }

    /** {@return a name and its arguments, with what is before, between and behind them} */
    private String named(String before, String between, String behind) {
        return rules.addRule(
                "call",
                oneOf(each(
                        SchemaRules.literal(before) + " ",
                        SchemaRules.literal(between) + GAP,
                        behind.isEmpty() ? "" : GAP + SchemaRules.literal(behind))));
    }

    private String deepSeekCall() {
        return rules.addRule(
                "call",
                SchemaRules.literal("<｜tool▁call▁begin｜>function<｜tool▁sep｜>")
                        + " "
                        + oneOf(each("", SchemaRules.literal("\n```json\n") + " ", ""))
                        + " "
                        + SchemaRules.literal("\n```<｜tool▁call▁end｜>"));
    }

    private String functionaryCall() {
        Stream<String> code = codeTools().map(tool -> SchemaRules.literal(tool + "\n") + " " + code());
        return rules.addRule("call", oneOf(Stream.concat(each("", "\"\\n\" ", ""), code)));
    }

    /** {@return by tool: its name and its arguments, with what is before, between and behind them} */
    private Stream<String> each(String before, String between, String behind) {
        List<String> calls = new ArrayList<>();
        for (int i = 0; i < tools.size(); i++) {
            calls.add(before + SchemaRules.literal(tools.get(i).name()) + " " + between + arguments.get(i) + behind);
        }
        return calls.stream();
    }

    /** {@return what Llama 3 writes: an object, with or without the tag, or what only stands behind the tag} */
    private String python(String object) {
        List<String> parts = new ArrayList<>(List.of("( " + PYTHON_TAG + ")? " + object));
        for (Tool tool : tools) {
            CodeTools.queryProperty(tool)
                    .ifPresent(property -> parts.add(PYTHON_TAG
                            + SchemaRules.literal(tool.name() + ".call(" + property + "=")
                            + " "
                            + text()
                            + " \")\""));
        }
        taggedCode().forEach(parts::add);
        return oneOf(parts.stream());
    }

    private String text() {
        return rules.add(Map.of("type", "string"), "query", "tools");
    }

    private Stream<String> taggedCode() {
        return codeTools().limit(1).map(tool -> PYTHON_TAG + code());
    }

    private Stream<String> codeTools() {
        return tools.stream()
                .filter(tool -> CodeTools.codeProperty(tool).isPresent())
                .map(Tool::name);
    }

    /** {@return any text that cannot be taken for an object} */
    private static String code() {
        return "[^{ \\t\\r\\n] .*";
    }

    private static String oneOf(String... parts) {
        return oneOf(Stream.of(parts));
    }

    private static String oneOf(Stream<String> parts) {
        return parts.collect(Collectors.joining(" | ", "( ", " )"));
    }
}
