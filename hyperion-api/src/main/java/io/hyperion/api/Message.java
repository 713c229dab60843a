package io.hyperion.api;

import java.util.Objects;

/**
 * One turn of a conversation.
 *
 * @param role who speaks
 * @param content what is said; may be empty, holds no NUL character and no unpaired surrogate
 */
public record Message(Role role, String content) {
    /**
     * @throws InvalidRequestException ({@link ErrorCode#INVALID_TEXT}, parameter {@code messages.content}) if the content holds a NUL
     *     character or an unpaired surrogate
     */
    public Message {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(content, "content");
        Texts.requireValid("messages.content", content);
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
}
