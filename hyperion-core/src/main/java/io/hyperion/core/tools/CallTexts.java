package io.hyperion.core.tools;

import io.hyperion.api.ToolCall;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Calls as the forms write them. */
final class CallTexts {
    private CallTexts() {}

    /**
     * Writes calls.
     *
     * @param form the form
     * @param calls at least one
     * @return what a model would write
     */
    static String of(ToolForm form, List<ToolCall> calls) {
        return switch (form) {
            case HERMES -> each(calls, "\n", call -> "<tool_call>\n" + object(call, "arguments") + "\n</tool_call>");
            case LLAMA_3 -> each(calls, "\n", call -> object(call, "parameters"));
            case MISTRAL -> "[TOOL_CALLS]" + array(calls);
            case MISTRAL_NAMED -> each(calls, "", call -> "[TOOL_CALLS]" + call.name() + "[ARGS]" + call.arguments());
            case COMMAND_R7B ->
                "<|START_ACTION|>["
                        + each(
                                calls,
                                ", ",
                                call -> "{\"tool_call_id\": \"" + calls.indexOf(call) + "\", \"tool_name\": "
                                        + JsonTexts.quoted(call.name()) + ", \"parameters\": " + call.arguments() + "}")
                        + "]<|END_ACTION|>";
            case DEEPSEEK ->
                ToolForm.DEEPSEEK_BEGINS.get(0)
                        + each(
                                calls,
                                "\n",
                                call -> "<｜tool▁call▁begin｜>function<｜tool▁sep｜>" + call.name() + "\n```json\n"
                                        + call.arguments() + "\n```<｜tool▁call▁end｜>")
                        + "<｜tool▁calls▁end｜>";
            case DEEPSEEK_3_1 ->
                "<｜tool▁calls▁begin｜>"
                        + each(
                                calls,
                                "",
                                call -> "<｜tool▁call▁begin｜>" + call.name() + "<｜tool▁sep｜>" + call.arguments()
                                        + "<｜tool▁call▁end｜>")
                        + "<｜tool▁calls▁end｜>";
            case FIREFUNCTION -> " functools" + array(calls);
            case FUNCTIONARY_3_1 ->
                each(calls, "", call -> "<function=" + call.name() + ">" + call.arguments() + "</function>");
            case FUNCTIONARY_3_2 -> each(calls, "\n>>>", call -> call.name() + "\n" + call.arguments());
            case GENERIC ->
                calls.size() == 1
                        ? "{\"tool_call\": " + object(calls.get(0), "arguments") + "}"
                        : "{\"tool_calls\": " + array(calls) + "}";
        };
    }

    private static String array(List<ToolCall> calls) {
        return "[" + each(calls, ", ", call -> object(call, "arguments")) + "]";
    }

    private static String object(ToolCall call, String argumentsKey) {
        return "{\"name\": " + JsonTexts.quoted(call.name()) + ", \"" + argumentsKey + "\": " + call.arguments() + "}";
    }

    private static String each(List<ToolCall> calls, String between, Function<ToolCall, String> text) {
        return calls.stream().map(text).collect(Collectors.joining(between));
    }
}
