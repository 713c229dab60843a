package io.hyperion.core.sampling;

import io.hyperion.api.TokenProbability;
import java.util.Objects;
import java.util.Optional;

/**
 * The next token of a sequence.
 *
 * @param token its id
 * @param probability how probable it and others were, if that was asked for
 */
public record SampledToken(int token, Optional<TokenProbability> probability) {
    public SampledToken {
        Objects.requireNonNull(probability, "probability");
    }
}
