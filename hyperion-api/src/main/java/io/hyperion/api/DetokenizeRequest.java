package io.hyperion.api;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Tokens that are to be turned into text.
 *
 * @param model the name of the model; empty for the default one
 * @param tokens the ids, at most {@value #MAX_TOKENS}; may be empty
 */
public record DetokenizeRequest(Optional<String> model, List<Integer> tokens) {
    /** The largest accepted number of tokens. */
    public static final int MAX_TOKENS = 1_048_576;

    private static final String FIELD = "tokens";

    /**
     * @throws InvalidRequestException ({@link ErrorCode#OUT_OF_RANGE}, parameter {@code tokens}) if there are too many, or one is negative;
     *     which ids beyond the vocabulary are, the model says
     */
    public DetokenizeRequest {
        Objects.requireNonNull(model, "model");
        if (tokens.size() > MAX_TOKENS) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE,
                    FIELD,
                    "'" + FIELD + "' holds " + tokens.size() + " tokens; at most " + MAX_TOKENS + " are allowed");
        }
        tokens = List.copyOf(tokens);
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.get(i) < 0) {
                throw new InvalidRequestException(
                        ErrorCode.OUT_OF_RANGE,
                        FIELD,
                        "'" + FIELD + "' holds " + tokens.get(i) + " at index " + i + "; ids of tokens begin at 0");
            }
        }
    }

    /**
     * A request to the default model.
     *
     * @param tokens the ids
     * @return the request
     */
    public static DetokenizeRequest of(List<Integer> tokens) {
        return new DetokenizeRequest(Optional.empty(), tokens);
    }
}
