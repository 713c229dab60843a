package io.hyperion.core.prompt;

import io.hyperion.api.Message;
import io.hyperion.api.Role;
import io.hyperion.api.Tool;
import io.hyperion.api.ToolCall;
import io.hyperion.core.json.JsonReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** Makes of messages and tools what templates refer to, in the form of Hugging Face's transformers, and as a template can render it. */
final class ConversationWriter {
    private static final Map<String, Object> NO_PARAMETERS = noParameters();

    private final TemplateCapabilities can;

    ConversationWriter(TemplateCapabilities can) {
        this.can = can;
    }

    /** {@return what a template may refer to beside the messages and tools; changeable} */
    static Map<String, Object> variables(SpecialTokens tokens) {
        Map<String, Object> variables = new HashMap<>();
        variables.put("bos_token", tokens.bos());
        variables.put("eos_token", tokens.eos());
        variables.put("add_generation_prompt", true);
        variables.put("documents", null);
        return variables;
    }

    private static Map<String, Object> noParameters() {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", Map.of());
        return Collections.unmodifiableMap(schema);
    }

    static List<Map<String, Object>> parts(String text) {
        return List.of(Map.of("type", "text", "text", text));
    }

    static Map<String, Object> tool(String name, String description, Map<String, Object> parameters) {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", name);
        function.put("description", description);
        function.put("parameters", parameters);
        Map<String, Object> tool = new LinkedHashMap<>();
        tool.put("type", "function");
        tool.put("function", function);
        return tool;
    }

    List<Map<String, Object>> tools(List<Tool> tools) {
        return tools.stream()
                .map(tool -> tool(tool.name(), tool.description(), parameters(tool)))
                .toList();
    }

    /** Many templates go through the properties, and fail where there are none. */
    private static Map<String, Object> parameters(Tool tool) {
        return tool.parameters().isEmpty() ? NO_PARAMETERS : tool.parameters();
    }

    List<Map<String, Object>> messages(List<Message> messages) {
        List<Map<String, Object>> written = new ArrayList<>();
        List<String> instructions = new ArrayList<>();
        for (Message message : withPlainResults(messages)) {
            Role role = role(message.role());
            if (role == Role.SYSTEM && !can.systemAnywhere()) {
                instructions.add(message.content());
                continue;
            }
            if (!instructions.isEmpty() && (role != Role.USER || isFirst(written))) {
                written.add(instructions(instructions, written));
            }
            written.add(write(message, role, before(instructions)));
            instructions.clear();
        }
        if (!instructions.isEmpty()) {
            written.add(instructions(instructions, written));
        }
        return written;
    }

    /** Several results in a row are one turn: templates without tools want the turns of user and assistant in turns. */
    private List<Message> withPlainResults(List<Message> messages) {
        if (can.toolResponses()) {
            return messages;
        }
        List<Message> turns = new ArrayList<>();
        StringJoiner results = new StringJoiner("\n");
        for (Message message : messages) {
            if (message.role() == Role.TOOL) {
                results.add(GenericTools.response(message));
                continue;
            }
            if (results.length() > 0) {
                turns.add(Message.user(results.toString()));
                results = new StringJoiner("\n");
            }
            turns.add(message);
        }
        if (results.length() > 0) {
            turns.add(Message.user(results.toString()));
        }
        return turns;
    }

    private boolean isFirst(List<Map<String, Object>> written) {
        return can.system() && written.isEmpty();
    }

    private Map<String, Object> instructions(List<String> instructions, List<Map<String, Object>> written) {
        String text = joined(instructions);
        instructions.clear();
        return plain(isFirst(written) ? Role.SYSTEM : Role.USER, text);
    }

    private static String before(List<String> instructions) {
        String text = joined(instructions);
        return text.isEmpty() ? "" : text + "\n\n";
    }

    private static String joined(List<String> instructions) {
        return instructions.stream().filter(text -> !text.isEmpty()).collect(Collectors.joining("\n\n"));
    }

    private Role role(Role role) {
        return role == Role.DEVELOPER && !can.developer() ? Role.SYSTEM : role;
    }

    private Map<String, Object> write(Message message, Role role, String before) {
        if (!message.toolCalls().isEmpty() && !can.toolCalls()) {
            return plain(role, GenericTools.calls(message));
        }
        Map<String, Object> written = plain(role, before + message.content());
        if (!message.toolCalls().isEmpty()) {
            if (message.content().isEmpty() && can.nullContent()) {
                written.put("content", null);
            }
            written.put(
                    "tool_calls", message.toolCalls().stream().map(this::call).toList());
        }
        message.toolCallId().ifPresent(id -> written.put("tool_call_id", id));
        message.name().ifPresent(name -> written.put("name", name));
        return written;
    }

    private Map<String, Object> plain(Role role, String content) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("role", role.wireName());
        message.put("content", can.typedContent() ? parts(content) : content);
        return message;
    }

    private Map<String, Object> call(ToolCall call) {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", call.name());
        Optional<Map<String, Object>> object =
                can.objectArguments() ? JsonReader.object(call.arguments()) : Optional.empty();
        function.put("arguments", object.isPresent() ? object.get() : call.arguments());
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("id", call.id());
        written.put("type", "function");
        written.put("function", function);
        return written;
    }
}
