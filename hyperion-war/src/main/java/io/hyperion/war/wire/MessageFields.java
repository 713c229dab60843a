package io.hyperion.war.wire;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Message;
import io.hyperion.api.Role;
import io.hyperion.api.ToolCall;
import io.hyperion.war.json.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a conversation from {@code messages} in OpenAI's form: content as a text or as parts, calls of tools and their results. The older
 * form of these, {@code function_call} and the role {@code function}, is read too.
 */
public final class MessageFields {
    private static final String CONTENT = "content";
    private static final String FUNCTION = "function";

    private MessageFields() {}

    /**
     * @param fields the request
     * @return the conversation; empty if there is none
     * @throws InvalidRequestException if a message is not valid, or has in it what is no text, such as an image
     */
    public static Optional<List<Message>> read(Fields fields) {
        return fields.objects("messages")
                .map(list -> list.stream().map(MessageFields::message).toList());
    }

    private static Message message(Fields fields) {
        String name = fields.requireText("role");
        Role role = name.equals(FUNCTION) ? Role.TOOL : fields.blaming("role", () -> Role.of(name));
        List<ToolCall> calls = calls(fields);
        Optional<String> refusal = role == Role.ASSISTANT ? fields.text("refusal") : Optional.empty();
        String content = content(fields).or(() -> refusal).orElseGet(() -> {
            if (calls.isEmpty()) {
                throw fields.missing(CONTENT);
            }
            return "";
        });
        Optional<String> answered = fields.text("tool_call_id");
        Optional<String> speaker = fields.text("name");
        return fields.blaming("tool_calls", () -> new Message(role, content, calls, answered, speaker));
    }

    private static Optional<String> content(Fields fields) {
        if (!fields.isList(CONTENT)) {
            return fields.text(CONTENT);
        }
        List<Fields> parts = fields.objects(CONTENT).orElseThrow();
        if (parts.isEmpty()) {
            throw new InvalidRequestException(
                    ErrorCode.EMPTY_PROMPT,
                    fields.parameter(CONTENT),
                    "'" + fields.place(CONTENT) + "' must hold at least one part");
        }
        List<String> texts = parts.stream().map(MessageFields::part).toList();
        return Optional.of(String.join("\n", texts));
    }

    private static String part(Fields part) {
        String type = part.requireText("type");
        return switch (type) {
            case "text" -> part.requireText("text");
            case "refusal" -> part.requireText("refusal");
            case "image_url", "input_audio", "file" ->
                throw new InvalidRequestException(
                        ErrorCode.NOT_SUPPORTED,
                        part.parameter("type"),
                        "'" + part.place("type") + "' is '" + type + "', but the models here take text only");
            default ->
                throw new InvalidRequestException(
                        ErrorCode.UNKNOWN_VALUE,
                        part.parameter("type"),
                        "'" + part.place("type") + "' must be 'text', but is '" + Excerpts.of(type) + "'");
        };
    }

    private static List<ToolCall> calls(Fields message) {
        List<ToolCall> calls = new ArrayList<>();
        message.objects("tool_calls")
                .ifPresent(list -> list.forEach(entry -> {
                    ToolFields.requireFunction(entry);
                    Fields function = entry.object(FUNCTION).orElseThrow(() -> entry.missing(FUNCTION));
                    calls.add(call(entry.text("id").orElse(""), function));
                }));
        message.object("function_call").ifPresent(function -> calls.add(call("", function)));
        return calls;
    }

    private static ToolCall call(String id, Fields function) {
        return new ToolCall(id, function.requireText("name"), function.requireText("arguments"));
    }
}
