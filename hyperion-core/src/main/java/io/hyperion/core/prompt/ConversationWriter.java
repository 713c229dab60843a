package io.hyperion.core.prompt;

import io.hyperion.api.Message;
import io.hyperion.api.Role;
import io.hyperion.api.Tool;
import io.hyperion.api.ToolCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes of messages and tools what templates refer to, in the form of Hugging Face's transformers, and as a template can render it. */
final class ConversationWriter {
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
                .map(tool -> tool(tool.name(), tool.description(), tool.parameters()))
                .toList();
    }

    List<Map<String, Object>> messages(List<Message> messages) {
        List<Map<String, Object>> written = new ArrayList<>();
        StringBuilder instructions = new StringBuilder();
        for (Message message : messages) {
            Role role = role(message.role());
            if (role == Role.SYSTEM && !can.system()) {
                instructions.append(message.content()).append("\n\n");
                continue;
            }
            if (instructions.length() > 0 && role != Role.USER) {
                written.add(plain(Role.USER, instructions.toString().strip()));
                instructions.setLength(0);
            }
            written.add(write(message, role, instructions.toString()));
            instructions.setLength(0);
        }
        if (instructions.length() > 0) {
            written.add(plain(Role.USER, instructions.toString().strip()));
        }
        return written;
    }

    private Role role(Role role) {
        return role == Role.DEVELOPER && !can.developer() ? Role.SYSTEM : role;
    }

    private Map<String, Object> write(Message message, Role role, String before) {
        if (role == Role.TOOL && !can.toolResponses()) {
            return plain(Role.USER, GenericTools.response(message));
        }
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
