package io.hyperion.api;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One turn of a conversation.
 *
 * @param role who speaks
 * @param content what is said; may be empty, holds no NUL character and no unpaired surrogate
 * @param toolCalls the calls that an assistant made in this turn; none of another role
 * @param toolCallId of the result of a tool: the call that it is the result of, if that is known
 * @param name of the speaker, or of the tool whose result it is, if it is told
 */
public record Message(
        Role role, String content, List<ToolCall> toolCalls, Optional<String> toolCallId, Optional<String> name) {
    static final String TOOL_CALLS = "messages.tool_calls";

    /**
     * @throws InvalidRequestException ({@link ErrorCode#INVALID_TEXT}, parameter {@code messages.content}) if the content holds a NUL
     *     character or an unpaired surrogate; or ({@link ErrorCode#CONFLICT}, parameter {@code messages.tool_calls}) if another than the
     *     assistant calls a tool
     */
    public Message {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(content, "content");
        Texts.requireValid("messages.content", content);
        toolCalls = List.copyOf(toolCalls);
        if (!toolCalls.isEmpty() && role != Role.ASSISTANT) {
            throw new InvalidRequestException(
                    ErrorCode.CONFLICT,
                    TOOL_CALLS,
                    "'tool_calls' belong to messages of the assistant, but are in one of role " + role.wireName());
        }
        toolCallId.ifPresent(id -> Texts.requireValid("messages.tool_call_id", id));
        name.ifPresent(speaker -> Texts.requireValid("messages.name", speaker));
    }

    /**
     * A turn that is text alone.
     *
     * @param role who speaks
     * @param content what is said
     */
    public Message(Role role, String content) {
        this(role, content, List.of(), Optional.empty(), Optional.empty());
    }

    /** {@return a message of the system} */
    public static Message system(String content) {
        return new Message(Role.SYSTEM, content);
    }

    /** {@return a message of the user} */
    public static Message user(String content) {
        return new Message(Role.USER, content);
    }

    /** {@return a message of the assistant} */
    public static Message assistant(String content) {
        return new Message(Role.ASSISTANT, content);
    }

    /**
     * The turn in which an assistant called tools.
     *
     * @param content what it said beside; may be empty
     * @param calls the calls
     * @return the message
     */
    public static Message assistant(String content, List<ToolCall> calls) {
        return new Message(Role.ASSISTANT, content, calls, Optional.empty(), Optional.empty());
    }

    /**
     * The result of a tool.
     *
     * @param call the call that it is the result of
     * @param result the result, JSON or any other text
     * @return the message
     */
    public static Message tool(ToolCall call, String result) {
        return new Message(
                Role.TOOL,
                result,
                List.of(),
                Optional.of(call.id()).filter(id -> !id.isEmpty()),
                Optional.of(call.name()));
    }
}
