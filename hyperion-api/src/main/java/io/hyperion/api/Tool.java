package io.hyperion.api;

import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A function that a model may ask to have called. The model is told of it, and answers with a {@link ToolCall}; whoever made the request
 * runs it.
 *
 * @param name its name: 1 to {@value #MAX_NAME_LENGTH} letters, digits, underscores, hyphens and dots
 * @param description what it does and when to use it, for the model; may be empty
 * @param parameters the JSON Schema of its arguments, as values of JSON: String, Number, Boolean, List, Map, and null; an object without
 *     fields for a tool without arguments. Unmodifiable
 */
public record Tool(String name, String description, Map<String, Object> parameters) {
    /** The longest name in characters, which is OpenAI's. */
    public static final int MAX_NAME_LENGTH = 64;

    private static final String NAME = "tools.function.name";
    private static final Pattern NAMES = Pattern.compile("[A-Za-z0-9_.-]{1," + MAX_NAME_LENGTH + "}");

    /**
     * @throws InvalidRequestException if the name is not allowed ({@link ErrorCode#UNKNOWN_VALUE}, parameter {@code tools.function.name}),
     *     or the description or the schema is no valid text or JSON
     */
    public Tool {
        Objects.requireNonNull(name, "name");
        if (!NAMES.matcher(name).matches()) {
            throw new InvalidRequestException(
                    ErrorCode.UNKNOWN_VALUE,
                    NAME,
                    "'" + NAME + "' must be 1 to " + MAX_NAME_LENGTH
                            + " letters, digits, underscores, hyphens and dots, but is '" + Excerpts.of(name) + "'");
        }
        Objects.requireNonNull(description, "description");
        Texts.requireValid("tools.function.description", description);
        parameters = JsonValues.copy("tools.function.parameters", parameters);
    }
}
