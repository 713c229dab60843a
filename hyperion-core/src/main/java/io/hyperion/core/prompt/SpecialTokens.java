package io.hyperion.core.prompt;

import java.util.Objects;

/**
 * What a template is told of a model's vocabulary.
 *
 * @param bos the text of the token that begins a text; empty if there is none
 * @param eos the text of the token that ends a text; empty if there is none
 * @param addsBos whether the token that begins a text is put before each prompt when it is tokenised
 */
public record SpecialTokens(String bos, String eos, boolean addsBos) {
    /** A vocabulary without these tokens. */
    public static final SpecialTokens NONE = new SpecialTokens("", "", false);

    public SpecialTokens {
        Objects.requireNonNull(bos, "bos");
        Objects.requireNonNull(eos, "eos");
    }
}
