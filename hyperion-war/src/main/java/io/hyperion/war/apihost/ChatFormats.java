package io.hyperion.war.apihost;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.InvalidRequestException;
import java.util.Map;
import java.util.TreeSet;

/** The chat formats by the names that llama-cpp-python has for them, which API Host passes on to it. */
final class ChatFormats {
    private static final Map<String, String> TEMPLATES = Map.ofEntries(
            Map.entry("llama-2", "llama2"),
            Map.entry("llama-3", "llama3"),
            Map.entry("chatml", "chatml"),
            Map.entry("qwen", "chatml"),
            Map.entry("mistral-instruct", "mistral"),
            Map.entry("gemma", "gemma"),
            Map.entry("zephyr", "zephyr"),
            Map.entry("alpaca", "alpaca"),
            Map.entry("vicuna", "vicuna"));

    private ChatFormats() {}

    /**
     * @param format the name of a chat format
     * @return the name of the template
     * @throws InvalidRequestException if there is none
     */
    static String template(String format) {
        String template = TEMPLATES.get(format);
        if (template == null) {
            throw new InvalidRequestException(
                    ErrorCode.UNSUPPORTED_TEMPLATE,
                    "options.chat_format",
                    "Unknown 'options.chat_format' '" + Excerpts.of(format) + "'; known are "
                            + String.join(", ", new TreeSet<>(TEMPLATES.keySet())));
        }
        return template;
    }
}
