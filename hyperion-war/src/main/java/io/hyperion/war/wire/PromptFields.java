package io.hyperion.war.wire;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Prompt;
import io.hyperion.war.json.Fields;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads raw prompts as OpenAI and llama.cpp's server take them: a text, a list of tokens, or one of tokens and texts, which is one prompt;
 * or a list of such prompts.
 */
public final class PromptFields {
    /** The largest number of prompts in one request: as many as may wait where the queue is as long as it is by default. */
    public static final int MAX_PROMPTS = 256;

    private PromptFields() {}

    /**
     * @param fields the request
     * @param name the field
     * @return its prompts, at least one
     * @throws InvalidRequestException if the field is missing, or is none of these
     */
    public static List<Prompt> read(Fields fields, String name) {
        if (!fields.isList(name)) {
            return List.of(readOne(fields, name));
        }
        List<?> entries = (List<?>) fields.any(name).orElseThrow();
        if (entries.stream().anyMatch(Number.class::isInstance)) {
            return List.of(mixed(fields, name, entries));
        }
        if (entries.isEmpty()) {
            throw new InvalidRequestException(
                    ErrorCode.EMPTY_PROMPT, fields.parameter(name), "'" + fields.place(name) + "' must not be empty");
        }
        if (entries.size() > MAX_PROMPTS) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE,
                    fields.parameter(name),
                    "'" + fields.place(name) + "' holds " + entries.size() + " prompts; at most " + MAX_PROMPTS
                            + " are allowed");
        }
        List<Prompt> prompts = new ArrayList<>(entries.size());
        for (Object entry : entries) {
            String item = name + "[" + prompts.size() + "]";
            if (entry instanceof String text) {
                prompts.add(fields.blaming(item, () -> new Prompt.Raw(text)));
            } else if (entry instanceof List<?> parts) {
                prompts.add(mixed(fields, item, parts));
            } else {
                throw fields.wrongType(item, "a string or a list of tokens");
            }
        }
        return prompts;
    }

    /**
     * @param fields the request
     * @param name the field
     * @return its one prompt: a text, or a list of tokens and texts
     * @throws InvalidRequestException if it is none of these
     */
    public static Prompt readOne(Fields fields, String name) {
        return fields.isList(name)
                ? mixed(fields, name, (List<?>) fields.any(name).orElseThrow())
                : fields.blaming(name, () -> new Prompt.Raw(fields.requireText(name)));
    }

    private static Prompt mixed(Fields fields, String name, List<?> entries) {
        List<Prompt.Part> parts = new ArrayList<>();
        List<Integer> tokens = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            Object entry = entries.get(i);
            if (entry instanceof Number number) {
                tokens.add(token(fields, name + "[" + i + "]", number));
            } else if (entry instanceof String text) {
                flush(tokens, parts);
                parts.add(new Prompt.Part.Text(text));
            } else {
                throw fields.wrongType(name + "[" + i + "]", "a token or a string");
            }
        }
        flush(tokens, parts);
        return fields.blaming(name, () -> new Prompt.Mixed(parts));
    }

    private static void flush(List<Integer> tokens, List<Prompt.Part> parts) {
        if (!tokens.isEmpty()) {
            parts.add(new Prompt.Part.Tokens(tokens));
            tokens.clear();
        }
    }

    /**
     * @param fields the request
     * @param place where the number is
     * @param number the id of a token
     * @return the same as a whole number
     * @throws InvalidRequestException if it is none, or below 0, or beyond every vocabulary
     */
    public static int token(Fields fields, String place, Number number) {
        double value = number.doubleValue();
        if (value != Math.rint(value)) {
            throw fields.wrongType(place, "a whole number");
        }
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE,
                    fields.parameter(place),
                    "'" + fields.place(place) + "' must be between 0 and " + Integer.MAX_VALUE + ", but is " + number);
        }
        return (int) value;
    }
}
