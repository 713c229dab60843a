package io.hyperion.core.sampling;

/**
 * The penalties of the last tokens of a sequence, as llama.cpp's sampler of that name computes them. That one looks at every token of the
 * vocabulary; this one at the last tokens only.
 */
final class Penalties {
    private final float repeat;
    private final float frequency;
    private final float presence;
    /** The token that is never penalised; -1 for none. */
    private final int exempt;

    /** The last tokens, the oldest at the next place once it is full. */
    private final int[] last;

    private int count;
    private int next;

    /** How often each token is among the last; negative while it is penalised already. */
    private final int[] counts;

    /**
     * @param lastN how many of the last tokens are penalised; at least 1
     * @param vocabularySize the number of tokens of the model
     * @param exempt a token that is never penalised; -1 for none
     */
    Penalties(int lastN, int vocabularySize, double repeat, double frequency, double presence, int exempt) {
        this.last = new int[lastN];
        this.counts = new int[vocabularySize];
        this.repeat = (float) repeat;
        this.frequency = (float) frequency;
        this.presence = (float) presence;
        this.exempt = exempt;
    }

    int lastN() {
        return last.length;
    }

    void accept(int token) {
        if (count == last.length) {
            counts[last[next]]--;
        } else {
            count++;
        }
        last[next] = token;
        counts[token]++;
        next = (next + 1) % last.length;
    }

    /** {@return the logit of a token after the penalties} */
    float penalised(int token, float logit) {
        int times = counts[token];
        if (times <= 0 || token == exempt) {
            return logit;
        }
        return (logit <= 0 ? logit * repeat : logit / repeat) - (times * frequency + presence);
    }

    void applyTo(float[] logits) {
        for (int i = 0; i < count; i++) {
            int token = last[i];
            int times = counts[token];
            if (times > 0) {
                logits[token] = penalised(token, logits[token]);
                counts[token] = -times;
            }
        }
        for (int i = 0; i < count; i++) {
            counts[last[i]] = Math.abs(counts[last[i]]);
        }
    }
}
