package io.hyperion.core.tools;

import io.hyperion.api.Message;
import io.hyperion.api.Role;
import io.hyperion.api.Tool;
import io.hyperion.api.ToolCall;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tells a model in words what its chat template does not tell. */
final class ToolPrompt {
    private static final ToolCall EXAMPLE = new ToolCall("", "name_of_the_tool", "{\"parameter\": \"value\"}");

    private static final String THOUGHT_END = "</think>";

    private ToolPrompt() {}

    /** {@return a tool as OpenAI's API has it, which is how templates know it} */
    static Map<String, Object> described(Tool tool) {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", tool.name());
        function.put("description", tool.description());
        function.put("parameters", tool.parameters());
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("type", "function");
        described.put("function", function);
        return described;
    }

    /** {@return the tools, each on a line of its own} */
    static String list(List<Tool> tools) {
        return "You can call these tools, each described as JSON:\n\n"
                + tools.stream().map(tool -> JsonTexts.of(described(tool))).collect(Collectors.joining("\n"));
    }

    /** {@return how a call is written} */
    static String howToCall(ToolForm form) {
        return "To call a tool, write its name and its arguments like this, and nothing behind it:\n\n"
                + CallTexts.of(form, List.of(EXAMPLE));
    }

    /**
     * What is said of the generic form.
     *
     * @param several whether there may be several calls
     * @param mayRespond whether the answer may be text
     * @return the text
     */
    static String howToAnswer(boolean several, boolean mayRespond) {
        StringBuilder text = new StringBuilder("Answer with one JSON object and nothing else. To call a tool:\n\n")
                .append(CallTexts.of(ToolForm.GENERIC, List.of(EXAMPLE)));
        if (several) {
            text.append("\n\nTo call several tools at once:\n\n")
                    .append(CallTexts.of(ToolForm.GENERIC, List.of(EXAMPLE, EXAMPLE)));
        }
        if (mayRespond) {
            text.append("\n\nTo answer the user yourself:\n\n{\"response\": \"your answer\"}");
        }
        return text.toString();
    }

    /** {@return the conversation with more said by the system at its begin} */
    static List<Message> withSystem(List<Message> messages, String text) {
        List<Message> told = new ArrayList<>(messages);
        Message first = messages.get(0);
        if (first.role() == Role.SYSTEM || first.role() == Role.DEVELOPER) {
            String before = first.content().isEmpty() ? "" : first.content() + "\n\n";
            told.set(0, new Message(first.role(), before + text, first.toolCalls(), first.toolCallId(), first.name()));
        } else {
            told.add(0, Message.system(text));
        }
        return told;
    }

    /** {@return a turn with ids that Mistral's templates take} */
    static Message withMistralIds(Message message) {
        if (message.toolCalls().isEmpty() && message.toolCallId().isEmpty()) {
            return message;
        }
        Optional<String> resultOf = message.toolCallId().map(CallIds::forMistral);
        List<ToolCall> calls = message.toolCalls().stream()
                .map(call -> new ToolCall(CallIds.forMistral(call.id()), call.name(), call.arguments()))
                .toList();
        return new Message(message.role(), message.content(), calls, resultOf, message.name());
    }

    /** {@return a turn whose calls DeepSeek's templates do not leave out: they do beside a content} */
    static Stream<Message> forDeepSeek(Message message) {
        if (message.toolCalls().isEmpty()) {
            return Stream.of(message);
        }
        String content = message.content();
        int thought = content.lastIndexOf(THOUGHT_END);
        String said = content.substring(thought < 0 ? 0 : thought + THOUGHT_END.length())
                .strip();
        Message calls = Message.assistant("", message.toolCalls());
        return said.isEmpty() ? Stream.of(calls) : Stream.of(Message.assistant(said), calls);
    }
}
