package io.hyperion.api;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Who speaks in a {@link Message}. */
public enum Role {
    /** Instructions that hold for the whole conversation. */
    SYSTEM,
    /** OpenAI's newer name for {@link #SYSTEM}; a template that does not know it is given the older one. */
    DEVELOPER,
    /** The person or program that asks. */
    USER,
    /** The model. */
    ASSISTANT,
    /** The result of a {@link ToolCall}. */
    TOOL;

    /**
     * The role of a name on the wire, in any case: {@code system}, {@code developer}, {@code user}, {@code assistant}, {@code tool}, or
     * {@code AI}, which Hyperion's first clients send for the assistant.
     *
     * @param name the name; not null
     * @return the role
     * @throws InvalidRequestException ({@link ErrorCode#UNKNOWN_VALUE}, parameter {@code messages.role}) if no role has that name
     */
    public static Role of(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "system" -> SYSTEM;
            case "developer" -> DEVELOPER;
            case "user" -> USER;
            case "assistant", "ai" -> ASSISTANT;
            case "tool" -> TOOL;
            default ->
                throw new InvalidRequestException(
                        ErrorCode.UNKNOWN_VALUE,
                        "messages.role",
                        "Unknown role '" + Excerpts.of(name) + "'; known are "
                                + Arrays.stream(values()).map(Role::wireName).collect(Collectors.joining(", "))
                                + " and AI (the assistant)");
        };
    }

    /** {@return the name used in templates and on the wire, such as {@code system}} */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
