package io.hyperion.core.prompt;

import io.hyperion.api.HyperionException;
import io.hyperion.api.Message;
import io.hyperion.api.Role;
import io.hyperion.core.json.JsonReader;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The beginning of a conversation as JSON: an array of objects with a {@code role} and a {@code content}. */
public final class MessageList {
    private static final String FORM =
            "must be a JSON array of messages such as [{\"role\": \"system\", \"content\": \"Be brief.\"}]";

    private MessageList() {}

    /**
     * Reads messages.
     *
     * @param json the array
     * @return the messages
     * @throws IllegalArgumentException if the text is something else, or a role is not known
     */
    public static List<Message> of(String json) {
        List<Object> messages = JsonReader.array(json).orElseThrow(() -> new IllegalArgumentException(FORM));
        return messages.stream().map(MessageList::message).toList();
    }

    private static Message message(Object message) {
        if (message instanceof Map<?, ?> fields
                && fields.keySet().equals(Set.of("role", "content"))
                && fields.get("role") instanceof String role
                && fields.get("content") instanceof String content) {
            try {
                return new Message(Role.of(role), content);
            } catch (HyperionException e) {
                throw new IllegalArgumentException(FORM + ": " + e.getMessage(), e);
            }
        }
        throw new IllegalArgumentException(FORM + ", with nothing else in them");
    }
}
