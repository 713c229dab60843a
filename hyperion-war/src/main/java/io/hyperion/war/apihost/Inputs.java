package io.hyperion.war.apihost;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Message;
import io.hyperion.api.Prompt;
import io.hyperion.api.Role;
import io.hyperion.war.json.Fields;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code inputs}: a text to go on from, or a conversation whose next turn is the assistant's. */
final class Inputs {
    private static final String FIELD = "inputs";

    private Inputs() {}

    /**
     * @param fields what was sent
     * @return the prompt
     * @throws InvalidRequestException if it is neither, or the roles are not in order: the system first if at all, then user and assistant by
     *     turns, the user at first and at last
     */
    static Prompt read(Fields fields) {
        Object inputs = fields.any(FIELD)
                .orElseThrow(() ->
                        new InvalidRequestException(ErrorCode.MISSING_FIELD, FIELD, "'" + FIELD + "' is missing"));
        if (inputs instanceof String text) {
            if (text.isEmpty()) {
                throw new InvalidRequestException(ErrorCode.EMPTY_PROMPT, FIELD, "'" + FIELD + "' must not be empty");
            }
            return new Prompt.Raw(text);
        }
        if (!(inputs instanceof List<?>)) {
            throw new InvalidRequestException(
                    ErrorCode.WRONG_TYPE, FIELD, "'" + FIELD + "' must be a string or a list of messages");
        }
        return new Prompt.Chat(messages(fields.objects(FIELD).orElseThrow()));
    }

    private static List<Message> messages(List<Fields> turns) {
        if (turns.isEmpty()) {
            throw new InvalidRequestException(
                    ErrorCode.EMPTY_PROMPT, FIELD, "'" + FIELD + "' must hold at least one message");
        }
        if (turns.size() > Prompt.Chat.MAX_MESSAGES) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE,
                    FIELD,
                    "'" + FIELD + "' holds " + turns.size() + " messages; at most " + Prompt.Chat.MAX_MESSAGES
                            + " are allowed");
        }
        List<Message> messages = new ArrayList<>(turns.size());
        Role expected = Role.USER;
        for (int i = 0; i < turns.size(); i++) {
            String role = turns.get(i).requireText("role");
            if (i == 0 && role.equals(Role.SYSTEM.wireName())) {
                messages.add(Message.system(turns.get(i).requireText("content")));
                continue;
            }
            if (!role.equals(expected.wireName())) {
                throw wrongRole(i, role, expected);
            }
            messages.add(new Message(expected, turns.get(i).requireText("content")));
            expected = expected == Role.USER ? Role.ASSISTANT : Role.USER;
        }
        if (expected == Role.USER) {
            throw new InvalidRequestException(
                    ErrorCode.UNKNOWN_VALUE,
                    FIELD + ".role",
                    "The last message, '" + FIELD + "[" + (turns.size() - 1) + "]', must be of the role 'user'");
        }
        return messages;
    }

    private static InvalidRequestException wrongRole(int index, String role, Role expected) {
        return new InvalidRequestException(
                ErrorCode.UNKNOWN_VALUE,
                FIELD + ".role",
                "'" + FIELD + "[" + index + "].role' must be '" + expected.wireName()
                        + (index == 0 ? "' or 'system" : "")
                        + "', but is '" + Excerpts.of(role)
                        + "': a 'system' comes first if at all, then 'user' and 'assistant' by turns");
    }
}
