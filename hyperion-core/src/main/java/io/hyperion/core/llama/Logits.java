package io.hyperion.core.llama;

import java.nio.FloatBuffer;

/**
 * The logits of one place of a batch, copied: whoever asked for them may change them. They are those of the latest
 * {@link LlamaContext#logits}, whose thread they belong to.
 */
public final class Logits {
    /** Beyond this, scaling by penalties and temperature would overflow; sound models stay many orders of magnitude below. */
    private static final float LIMIT = 1e30f;

    private final float[] values;
    private int mostProbable;

    Logits(int size) {
        values = new float[size];
    }

    /**
     * {@return the logits by token id; below 1e30, at least one of them above -1e30, and negative infinity for a token that the model
     * rules out}
     */
    public float[] values() {
        return values;
    }

    /** {@return the token with the largest logit, as the model gave them; of several, the one with the smallest id} */
    public int mostProbable() {
        return mostProbable;
    }

    /** NaN and infinite logits, which a damaged model gives, would crash or mislead the samplers: they are found before. */
    void read(FloatBuffer source) throws LlamaException {
        source.get(0, values);
        float largest = -LIMIT;
        int best = -1;
        for (int i = 0; i < values.length; i++) {
            float value = values[i];
            // False for NaN too.
            if (Math.abs(value) < LIMIT) {
                if (value > largest) {
                    largest = value;
                    best = i;
                }
            } else if (value <= -LIMIT) {
                values[i] = Float.NEGATIVE_INFINITY;
            } else {
                throw damagedWeights("the logit of token " + i + " is " + value);
            }
        }
        if (best < 0) {
            throw damagedWeights("all logits are " + Float.NEGATIVE_INFINITY);
        }
        mostProbable = best;
    }

    private static LlamaException damagedWeights(String sign) {
        return new LlamaException("The model gives no valid probabilities (" + sign + "): its weights are damaged");
    }
}
