package io.hyperion.api;

import java.util.List;
import java.util.Objects;

/**
 * How probable a token was where it stands, and which others might have stood there.
 *
 * @param token its id
 * @param text its text; where the token is a part of a character only, U+FFFD stands for that part
 * @param bytes its bytes in UTF-8, each 0 to 255; tokens' bytes joined are the text, whatever the parts
 * @param logProbability the natural logarithm of its probability; 0 or less; negative infinity for a token that could not come
 * @param top the most probable tokens at that place, the most probable first, and without alternatives of their own
 * @param afterSampling whether it is the probability that the samplers left, and not the model's own
 */
public record TokenProbability(
        int token,
        String text,
        List<Integer> bytes,
        double logProbability,
        List<TokenProbability> top,
        boolean afterSampling) {
    public TokenProbability {
        Objects.requireNonNull(text, "text");
        bytes = List.copyOf(bytes);
        top = List.copyOf(top);
    }

    /**
     * The model's own probability of a token.
     *
     * @param token its id
     * @param text its text
     * @param bytes its bytes
     * @param logProbability the logarithm of its probability
     * @param top the most probable tokens at that place
     */
    public TokenProbability(
            int token, String text, List<Integer> bytes, double logProbability, List<TokenProbability> top) {
        this(token, text, bytes, logProbability, top, false);
    }
}
