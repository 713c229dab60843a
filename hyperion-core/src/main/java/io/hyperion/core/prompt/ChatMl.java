package io.hyperion.core.prompt;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Message;
import java.util.List;
import java.util.Map;

/**
 * OpenAI's Chat Markup Language: each turn is {@code <|im_start|>role\ncontent<|im_end|>\n}. The variable
 * {@code add_generation_prompt} (default true) opens the assistant's turn at the end.
 */
final class ChatMl implements PromptTemplate {
    private static final String ADD_GENERATION_PROMPT = "add_generation_prompt";

    @Override
    public String render(List<Message> messages, Map<String, Object> variables) {
        StringBuilder prompt = new StringBuilder();
        for (Message message : messages) {
            prompt.append("<|im_start|>")
                    .append(message.role().wireName())
                    .append('\n')
                    .append(message.content())
                    .append("<|im_end|>\n");
        }
        if (addGenerationPrompt(variables)) {
            prompt.append("<|im_start|>assistant\n");
        }
        return prompt.toString();
    }

    private static boolean addGenerationPrompt(Map<String, Object> variables) {
        Object value = variables.getOrDefault(ADD_GENERATION_PROMPT, true);
        if (value instanceof Boolean add) {
            return add;
        }
        throw new InvalidRequestException(
                ErrorCode.WRONG_TYPE,
                "template_vars." + ADD_GENERATION_PROMPT,
                "'template_vars." + ADD_GENERATION_PROMPT + "' must be true or false");
    }
}
