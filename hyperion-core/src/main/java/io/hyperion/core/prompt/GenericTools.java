package io.hyperion.core.prompt;

import io.hyperion.api.Message;
import io.hyperion.api.ToolCall;
import io.hyperion.core.json.JsonReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Calls of tools and their results as JSON in plain turns, for templates that have no form of their own. */
final class GenericTools {
    private GenericTools() {}

    /** {@return what an assistant said, and then the calls that it made} */
    static String calls(Message message) {
        List<Object> calls = new ArrayList<>();
        for (ToolCall call : message.toolCalls()) {
            Map<String, Object> written = new LinkedHashMap<>();
            written.put("name", call.name());
            Optional<Map<String, Object>> arguments = JsonReader.object(call.arguments());
            written.put("arguments", arguments.isPresent() ? arguments.get() : call.arguments());
            if (!call.id().isEmpty()) {
                written.put("id", call.id());
            }
            calls.add(written);
        }
        String json = JsonReader.write(Map.of("tool_calls", calls));
        return message.content().isEmpty() ? json : message.content() + "\n" + json;
    }

    /** {@return the result of a tool} */
    static String response(Message message) {
        Map<String, Object> response = new LinkedHashMap<>();
        message.name().ifPresent(name -> response.put("tool", name));
        response.put("content", message.content());
        message.toolCallId().ifPresent(id -> response.put("tool_call_id", id));
        return JsonReader.write(Map.of("tool_response", response));
    }
}
