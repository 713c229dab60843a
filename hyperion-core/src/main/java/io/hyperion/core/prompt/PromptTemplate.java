package io.hyperion.core.prompt;

import io.hyperion.api.Message;
import java.util.List;
import java.util.Map;

/** A chat template. Safe for use by many threads. */
public interface PromptTemplate {
    /**
     * Renders a conversation.
     *
     * @param messages the turns, at least one
     * @param variables what else the template may refer to; a template ignores those that it does not know
     * @return the prompt
     */
    String render(List<Message> messages, Map<String, Object> variables);
}
