package io.hyperion.war.wire;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Tool;
import io.hyperion.api.ToolCall;
import io.hyperion.api.ToolChoice;
import io.hyperion.war.json.Fields;
import io.hyperion.war.json.Json;
import jakarta.json.JsonArrayBuilder;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the tools of a request, and tells a model's calls of them, in OpenAI's form. */
public final class ToolFields {
    /** The fields that are read. */
    public static final Set<String> NAMES = Set.of("tools", "tool_choice", "parallel_tool_calls");

    private static final String CHOICE = "tool_choice";
    private static final String FUNCTION = "function";

    private ToolFields() {}

    /**
     * @param fields what was sent
     * @param request gets the tools, the choice among them, and whether several may be called
     * @throws InvalidRequestException if one of them is not valid, or is a tool that is no function
     */
    public static void read(Fields fields, GenerateRequest.Builder request) {
        List<Tool> tools = fields.objects("tools").orElse(List.of()).stream()
                .map(ToolFields::tool)
                .toList();
        request.tools(tools);
        fields.bool("parallel_tool_calls").ifPresent(request::parallelToolCalls);
        if (fields.isText(CHOICE)) {
            request.toolChoice(mode(fields.requireText(CHOICE), fields));
        } else {
            fields.object(CHOICE).ifPresent(choice -> choose(choice, tools, request));
        }
    }

    private static Tool tool(Fields entry) {
        requireFunction(entry);
        Fields function = entry.object(FUNCTION).orElseThrow(() -> entry.missing(FUNCTION));
        String name = function.requireText("name");
        // Known, and of no consequence: arguments fit the schema wherever the model is held to one.
        function.bool("strict");
        String description = function.text("description").orElse("");
        Map<String, Object> parameters = function.map("parameters").orElse(Map.of());
        return function.blaming("name", () -> new Tool(name, description, parameters));
    }

    /** Refuses what is no function, such as OpenAI's custom tools. */
    static void requireFunction(Fields entry) {
        String type = entry.text("type").orElse(FUNCTION);
        if (!type.equals(FUNCTION)) {
            throw new InvalidRequestException(
                    ErrorCode.NOT_SUPPORTED,
                    entry.parameter("type"),
                    "'" + entry.place("type") + "' must be 'function', but is '" + Excerpts.of(type) + "'");
        }
    }

    private static ToolChoice mode(String mode, Fields fields) {
        return switch (mode) {
            case "auto" -> ToolChoice.AUTO;
            case "none" -> ToolChoice.NONE;
            case "required" -> ToolChoice.REQUIRED;
            default -> throw unknown(fields, CHOICE, "'auto', 'none', 'required' or an object", mode);
        };
    }

    private static void choose(Fields choice, List<Tool> tools, GenerateRequest.Builder request) {
        String type = choice.text("type").orElse(FUNCTION);
        switch (type) {
            case FUNCTION -> request.toolChoice(new ToolChoice.Named(functionName(choice)));
            case "allowed_tools" -> allow(choice, tools, request);
            default -> throw unknown(choice, "type", "'function' or 'allowed_tools'", type);
        }
    }

    /** Some of the tools, and whether one of these must be called: the model is told of no others. */
    private static void allow(Fields choice, List<Tool> tools, GenerateRequest.Builder request) {
        Fields allowed = choice.object("allowed_tools").orElseThrow(() -> choice.missing("allowed_tools"));
        String mode = allowed.requireText("mode");
        if (!mode.equals("auto") && !mode.equals("required")) {
            throw unknown(allowed, "mode", "'auto' or 'required'", mode);
        }
        Set<String> names = new HashSet<>();
        for (Fields entry : allowed.objects("tools").orElseThrow(() -> allowed.missing("tools"))) {
            requireFunction(entry);
            String name = functionName(entry);
            if (tools.stream().noneMatch(tool -> tool.name().equals(name))) {
                throw unknown(entry, FUNCTION, "one of 'tools'", name);
            }
            names.add(name);
        }
        request.tools(tools.stream().filter(tool -> names.contains(tool.name())).toList());
        request.toolChoice(mode(mode, allowed));
    }

    private static String functionName(Fields entry) {
        return entry.object(FUNCTION).orElseThrow(() -> entry.missing(FUNCTION)).requireText("name");
    }

    private static InvalidRequestException unknown(Fields fields, String name, String known, String value) {
        return new InvalidRequestException(
                ErrorCode.UNKNOWN_VALUE,
                fields.parameter(name),
                "'" + fields.place(name) + "' must be " + known + ", but is '" + Excerpts.of(value) + "'");
    }

    /**
     * @param calls the calls that a model made
     * @return the list that tells them, and that a message of the assistant may have as its {@code tool_calls} again
     */
    public static JsonArrayBuilder list(List<ToolCall> calls) {
        JsonArrayBuilder list = Json.list();
        for (ToolCall call : calls) {
            list.add(Json.object()
                    .add("id", call.id())
                    .add("type", FUNCTION)
                    .add(FUNCTION, Json.object().add("name", call.name()).add("arguments", call.arguments())));
        }
        return list;
    }
}
