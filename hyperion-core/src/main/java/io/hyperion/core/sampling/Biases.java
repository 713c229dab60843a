package io.hyperion.core.sampling;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.LogitBias;
import io.hyperion.api.Parameter;
import io.hyperion.core.llama.Vocabulary;
import java.util.Map;
import java.util.TreeMap;

/** What a request adds to logits, by token. A banned token's is negative infinity. */
final class Biases {
    private final int[] tokens;
    private final float[] biases;

    private Biases(int[] tokens, float[] biases) {
        this.tokens = tokens;
        this.biases = biases;
    }

    static Biases of(Vocabulary vocabulary, GenerateParameters parameters) {
        Map<Integer, Double> sums = new TreeMap<>();
        for (LogitBias entry : parameters.logitBias()) {
            if (entry instanceof LogitBias.OfToken one) {
                if (one.token() >= vocabulary.size()) {
                    throw new InvalidRequestException(
                            ErrorCode.OUT_OF_RANGE,
                            Parameter.LOGIT_BIAS.wireName(),
                            "'logit_bias' names token " + one.token() + ", but the model's tokens are 0 to "
                                    + (vocabulary.size() - 1));
                }
                sums.merge(one.token(), entry.bias(), Double::sum);
            } else if (entry instanceof LogitBias.OfText text) {
                for (int token : vocabulary.tokenize(text.text(), false, false)) {
                    sums.merge(token, entry.bias(), Double::sum);
                }
            }
        }
        if (parameters.truth(Parameter.IGNORE_EOS)) {
            vocabulary.endsOfGeneration().forEach(token -> sums.put(token, LogitBias.BANNED));
        }
        int[] tokens = new int[sums.size()];
        float[] biases = new float[sums.size()];
        int i = 0;
        for (Map.Entry<Integer, Double> sum : sums.entrySet()) {
            double bias = sum.getValue();
            tokens[i] = sum.getKey();
            biases[i++] = bias == LogitBias.BANNED
                    ? Float.NEGATIVE_INFINITY
                    : (float) Math.max(-LogitBias.MAX_BIAS, Math.min(LogitBias.MAX_BIAS, bias));
        }
        return new Biases(tokens, biases);
    }

    boolean isEmpty() {
        return tokens.length == 0;
    }

    void addTo(float[] logits) {
        for (int i = 0; i < tokens.length; i++) {
            logits[tokens[i]] += biases[i];
        }
    }
}
