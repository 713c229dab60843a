package io.hyperion.core.sampling;

import io.hyperion.api.GenerateParameters;
import io.hyperion.core.llama.LlamaLibrary;
import io.hyperion.core.llama.SamplerChain;
import java.util.concurrent.ThreadLocalRandom;

/** Makes sampler chains. */
public final class Samplers {
    /** The default of {@link GenerateParameters#temperature()}. */
    public static final double DEFAULT_TEMPERATURE = 0.8;

    /** The default of {@link GenerateParameters#topK()}. */
    public static final int DEFAULT_TOP_K = 40;

    /** The default of {@link GenerateParameters#topP()}. */
    public static final double DEFAULT_TOP_P = 0.95;

    /** The default of {@link GenerateParameters#minP()}. */
    public static final double DEFAULT_MIN_P = 0.05;

    /** Below this the choice is greedy: dividing logits by less would only overflow them. */
    private static final double SMALLEST_TEMPERATURE = 1e-4;

    private Samplers() {}

    /**
     * Makes the chain of a request: top-k, top-p, min-p, temperature, and a random choice; or the most probable token, if the
     * temperature is 0 (or below 0.0001) or sampling is off.
     *
     * @param library the library
     * @param parameters the parameters, with the model's defaults merged in
     * @return the chain; the caller closes it
     */
    public static SamplerChain chain(LlamaLibrary library, GenerateParameters parameters) {
        SamplerChain chain = new SamplerChain(library);
        double temperature = parameters.temperature().orElse(DEFAULT_TEMPERATURE);
        if (temperature < SMALLEST_TEMPERATURE || !parameters.doSample().orElse(true)) {
            return chain.greedy();
        }
        int topK = parameters.topK().orElse(DEFAULT_TOP_K);
        if (topK > 0) {
            chain.topK(topK);
        }
        double topP = parameters.topP().orElse(DEFAULT_TOP_P);
        if (topP < 1) {
            chain.topP(topP);
        }
        double minP = parameters.minP().orElse(DEFAULT_MIN_P);
        if (minP > 0) {
            chain.minP(minP);
        }
        return chain.temperature(temperature).distribution(parameters.seed().orElseGet(Samplers::randomSeed));
    }

    private static long randomSeed() {
        return ThreadLocalRandom.current().nextLong(GenerateParameters.MAX_SEED + 1);
    }
}
