package io.hyperion.api;

import java.util.Objects;

/**
 * A model's wish to have a {@link Tool} run.
 *
 * @param id what the result refers to, in {@link Message#toolCallId()}; may be empty where the caller gave none
 * @param name the tool's name
 * @param arguments the arguments as the text of a JSON object. Those that a model was not forced to write by a grammar may be anything
 */
public record ToolCall(String id, String name, String arguments) {
    /**
     * @throws InvalidRequestException ({@link ErrorCode#INVALID_TEXT}, parameter {@code messages.tool_calls}) if one of them holds a NUL
     *     character or an unpaired surrogate
     */
    public ToolCall {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(arguments, "arguments");
        Texts.requireValid(Message.TOOL_CALLS, id);
        Texts.requireValid(Message.TOOL_CALLS, name);
        Texts.requireValid(Message.TOOL_CALLS, arguments);
    }
}
