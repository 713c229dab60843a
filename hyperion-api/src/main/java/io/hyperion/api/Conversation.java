package io.hyperion.api;

import java.util.List;
import java.util.Objects;

/**
 * What came of {@link HyperionClient#converse(GenerateRequest, List, int)}.
 *
 * @param reply the model's last reply, which calls no tool
 * @param messages the whole conversation: the request's messages, the calls of tools and their results, and the last reply
 * @param rounds how often tools were run; if that is the most that was allowed, the last reply was made without tools
 * @param promptTokens the tokens of the prompts of all replies together
 * @param completionTokens the tokens generated in all replies together
 */
public record Conversation(
        GenerateReply reply, List<Message> messages, int rounds, int promptTokens, int completionTokens) {
    public Conversation {
        Objects.requireNonNull(reply, "reply");
        messages = List.copyOf(messages);
    }

    /** {@return the text of the last reply} */
    public String text() {
        return reply.text();
    }
}
