package io.hyperion.core.llama;

import com.sun.jna.Pointer;
import java.util.function.Supplier;

/**
 * A chain of samplers ({@code llama_sampler_chain}), applied in the order in which they were added. Calls are serialised. It keeps a
 * state, so each sequence has its own.
 */
public final class SamplerChain implements AutoCloseable {
    private Pointer handle;

    /**
     * Makes an empty chain.
     *
     * @param library the library, which must stay open until the chain is closed
     */
    public SamplerChain(LlamaLibrary library) {
        library.requireOpen();
        LlamaH.SamplerChainParams.ByValue params = new LlamaH.SamplerChainParams.ByValue();
        params.noPerf = 1;
        handle = LlamaH.llama_sampler_chain_init(params);
        if (handle == null) {
            throw new IllegalStateException("llama.cpp gave no sampler chain");
        }
    }

    /**
     * Adds: the most probable token.
     *
     * @return this
     */
    public SamplerChain greedy() {
        return add(LlamaH::llama_sampler_init_greedy);
    }

    /**
     * Adds: a random token by the probabilities of the candidates.
     *
     * @param seed the seed, a 32-bit number without a sign
     * @return this
     */
    public SamplerChain distribution(long seed) {
        if (seed < 0 || seed > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException("seed must be between 0 and 4294967295, but is " + seed);
        }
        return add(() -> LlamaH.llama_sampler_init_dist((int) seed));
    }

    /**
     * Adds: only the most probable tokens stay candidates.
     *
     * @param k how many; at least 1
     * @return this
     */
    public SamplerChain topK(int k) {
        if (k < 1) {
            throw new IllegalArgumentException("k must be at least 1, but is " + k);
        }
        return add(() -> LlamaH.llama_sampler_init_top_k(k));
    }

    /**
     * Adds: only the most probable tokens that together reach a probability stay candidates, one at least.
     *
     * @param p the probability, above 0 and at most 1
     * @return this
     */
    public SamplerChain topP(double p) {
        float value = probability("p", p);
        return add(() -> LlamaH.llama_sampler_init_top_p(value, 1));
    }

    /**
     * Adds: only tokens with a fraction of the probability of the most probable one stay candidates.
     *
     * @param p the fraction, above 0 and at most 1
     * @return this
     */
    public SamplerChain minP(double p) {
        float value = probability("p", p);
        return add(() -> LlamaH.llama_sampler_init_min_p(value, 1));
    }

    /**
     * Adds: logits are divided by a temperature.
     *
     * @param temperature above 0
     * @return this
     */
    public SamplerChain temperature(double temperature) {
        float value = (float) temperature;
        if (!(value > 0 && value < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("temperature must be above 0, but is " + temperature);
        }
        return add(() -> LlamaH.llama_sampler_init_temp(value));
    }

    /**
     * Samples the next token of a sequence and remembers it in the samplers that keep a history.
     *
     * @param context the context that evaluated the batch
     * @param index the index that {@link Batch#add} gave, with logits wanted
     * @return the token
     * @throws LlamaException if the model gives no valid probabilities
     */
    public synchronized int sample(LlamaContext context, int index) throws LlamaException {
        requireOpen();
        return context.sample(handle, index);
    }

    private synchronized SamplerChain add(Supplier<Pointer> init) {
        requireOpen();
        Pointer sampler = init.get();
        if (sampler == null) {
            throw new IllegalStateException("llama.cpp gave no sampler");
        }
        // The chain owns it from here on.
        LlamaH.llama_sampler_chain_add(handle, sampler);
        return this;
    }

    private static float probability(String name, double value) {
        if (!(value > 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must be above 0 and at most 1, but is " + value);
        }
        return (float) value;
    }

    private void requireOpen() {
        if (handle == null) {
            throw new IllegalStateException("The sampler chain is closed");
        }
    }

    /** Frees the chain and its samplers. Does nothing if they are freed already. */
    @Override
    public synchronized void close() {
        if (handle != null) {
            LlamaH.llama_sampler_free(handle);
            handle = null;
        }
    }
}
