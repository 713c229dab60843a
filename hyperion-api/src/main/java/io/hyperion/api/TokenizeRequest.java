package io.hyperion.api;

import java.util.Objects;
import java.util.Optional;

/**
 * Text that is to be turned into tokens.
 *
 * @param model the name of the model; empty for the default one
 * @param text the text, at most {@value #MAX_LENGTH} characters; may be empty; holds no NUL character and no unpaired surrogate
 * @param addSpecial whether to add the tokens that the model wants around a text, such as one for its beginning
 * @param parseSpecial whether the text of a control token, such as {@code <|im_start|>}, becomes that token, and not the tokens of its
 *     characters
 */
public record TokenizeRequest(Optional<String> model, String text, boolean addSpecial, boolean parseSpecial) {
    /** The largest accepted number of characters. */
    public static final int MAX_LENGTH = 1_048_576;

    private static final String FIELD = "content";

    /**
     * @throws InvalidRequestException ({@link ErrorCode#OUT_OF_RANGE} or {@link ErrorCode#INVALID_TEXT}, parameter {@code content}) if the
     *     text is too long, or holds a NUL character or an unpaired surrogate
     */
    public TokenizeRequest {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(text, "text");
        if (text.length() > MAX_LENGTH) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE,
                    FIELD,
                    "'" + FIELD + "' has " + text.length() + " characters; at most " + MAX_LENGTH + " are allowed");
        }
        Texts.requireValid(FIELD, text);
    }

    /**
     * A request to the default model, with what {@code /tokenize} of llama.cpp's server does where nothing is said: no tokens are added,
     * and those of control tokens' texts are.
     *
     * @param text the text
     * @return the request
     */
    public static TokenizeRequest of(String text) {
        return new TokenizeRequest(Optional.empty(), text, false, true);
    }
}
