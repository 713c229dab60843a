package io.hyperion.api;

import java.util.Objects;

/**
 * What a model makes of one text.
 *
 * @param vectors {@code float[1][dimension]}: one vector for the whole text; or {@code float[tokens][dimension]}, one for each token,
 *     from a model that is set up with pooling {@code none}. The arrays are the receiver's own
 * @param tokens how many tokens the text has, those included that the model adds to each text
 */
public record Embedding(float[][] vectors, int tokens) {
    public Embedding {
        Objects.requireNonNull(vectors, "vectors");
    }

    /**
     * The vector of the whole text.
     *
     * @return {@code float[dimension]}
     * @throws IllegalStateException if the model is set up with pooling {@code none} and the text has several tokens
     */
    public float[] vector() {
        if (vectors.length != 1) {
            throw new IllegalStateException("There is no vector of the whole text, but one for each of its "
                    + vectors.length + " tokens: the model is set up with pooling 'none'");
        }
        return vectors[0];
    }
}
