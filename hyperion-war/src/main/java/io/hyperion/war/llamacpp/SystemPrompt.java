package io.hyperion.war.llamacpp;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Prompt;
import io.hyperion.war.json.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What comes before all prompts of a session.
 *
 * @param prompt the text; empty for none
 * @param antiPrompt what the user's turns begin with, for the client that writes the prompts; may be empty
 * @param assistantName what the assistant's turns begin with, for the same; may be empty
 */
record SystemPrompt(String prompt, String antiPrompt, String assistantName) {
    static final String NAME = "system_prompt";

    /** Of a session that has none. */
    static final SystemPrompt NONE = new SystemPrompt("", "", "");

    private static final int MAX_LENGTH = 16_384;
    private static final int MAX_NAME_LENGTH = 256;

    /**
     * @param fields the fields of a request
     * @return its {@code system_prompt}, a text or an object of {@code prompt}, {@code anti_prompt} and {@code assistant_name}; empty if it
     *     has none
     * @throws InvalidRequestException if it is anything else, or too long
     */
    static Optional<SystemPrompt> read(Fields fields) {
        Optional<Object> value = fields.any(NAME);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        SystemPrompt read;
        if (value.get() instanceof String text) {
            read = new SystemPrompt(text, "", "");
        } else {
            Fields parts = fields.object(NAME).orElseThrow();
            read = new SystemPrompt(
                    parts.text("prompt").orElse(""),
                    parts.text("anti_prompt").orElse(""),
                    parts.text("assistant_name").orElse(""));
        }
        requireLength(NAME, read.prompt, MAX_LENGTH);
        requireLength(NAME + ".anti_prompt", read.antiPrompt, MAX_NAME_LENGTH);
        requireLength(NAME + ".assistant_name", read.assistantName, MAX_NAME_LENGTH);
        return Optional.of(read);
    }

    private static void requireLength(String name, String text, int max) {
        if (text.length() > max) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE,
                    name,
                    "'" + name + "' has " + text.length() + " characters; at most " + max + " are allowed");
        }
    }

    /**
     * @param rest a prompt of the session
     * @return the same with this one before it
     */
    Prompt before(Prompt rest) {
        if (prompt.isEmpty()) {
            return rest;
        }
        if (rest instanceof Prompt.Raw raw) {
            return new Prompt.Raw(prompt + raw.text());
        }
        if (rest instanceof Prompt.Mixed mixed) {
            List<Prompt.Part> parts = new ArrayList<>(List.of(new Prompt.Part.Text(prompt)));
            parts.addAll(mixed.parts());
            return new Prompt.Mixed(parts);
        }
        return rest;
    }
}
