package io.hyperion.core.llama;

import com.sun.jna.Pointer;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;

/**
 * A chain of samplers ({@code llama_sampler_chain}), applied in the order in which they were added. Calls are serialised. It keeps a
 * state, so each sequence has its own.
 */
public final class SamplerChain implements AutoCloseable {
    /** The largest temperature, penalty and the like: more would overflow 32-bit numbers at last. */
    public static final double LARGEST = 100;

    /** As llama.cpp's own programs have it. */
    private static final int MIROSTAT_ESTIMATE_TOKENS = 100;

    /** Leaves out what rounds to a probability of zero, and nothing else. */
    private static final double SMALLEST_FRACTION = 1e-30;

    private Pointer handle;
    private boolean empty = true;

    /**
     * Makes an empty chain.
     *
     * @param library the library, which must stay open until the chain is closed
     */
    public SamplerChain(LlamaLibrary library) {
        library.requireOpen();
        handle = LlamaH.llama_sampler_chain_init((byte) 1);
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
        int seed32 = seed32(seed);
        return add(() -> LlamaH.llama_sampler_init_dist(seed32));
    }

    /**
     * Adds: only the most probable tokens stay candidates.
     *
     * @param k how many; at least 1
     * @return this
     */
    public SamplerChain topK(int k) {
        requireAtLeast("k", k, 1);
        return add(() -> LlamaH.llama_sampler_init_top_k(k));
    }

    /**
     * Adds: only the most probable tokens that together reach a probability stay candidates.
     *
     * @param p the probability, above 0 and at most 1
     * @param minKeep how many stay at least; at least 1
     * @return this
     */
    public SamplerChain topP(double p, int minKeep) {
        float value = aboveZero("p", p, 1);
        requireAtLeast("minKeep", minKeep, 1);
        return add(() -> LlamaH.llama_sampler_init_top_p(value, minKeep));
    }

    /**
     * Adds: only tokens with a fraction of the probability of the most probable one stay candidates.
     *
     * @param p the fraction, above 0 and at most 1
     * @param minKeep how many stay at least; at least 1
     * @return this
     */
    public SamplerChain minP(double p, int minKeep) {
        float value = aboveZero("p", p, 1);
        requireAtLeast("minKeep", minKeep, 1);
        return add(() -> LlamaH.llama_sampler_init_min_p(value, minKeep));
    }

    /**
     * Adds: only the tokens nearest to the expected surprise that together reach a probability stay candidates.
     *
     * @param p the probability, 0 to 1
     * @param minKeep how many stay at least; at least 1
     * @return this
     */
    public SamplerChain typicalP(double p, int minKeep) {
        float value = within("p", p, 0, 1);
        requireAtLeast("minKeep", minKeep, 1);
        // llama.cpp takes the logarithm of each probability, and one of zero would make all scores NaN.
        minP(SMALLEST_FRACTION, 1);
        return add(() -> LlamaH.llama_sampler_init_typical(value, minKeep));
    }

    /**
     * Adds: only tokens with a logit near the largest stay candidates.
     *
     * @param n how many standard deviations below it they may be, 0 to {@value #LARGEST}
     * @return this
     */
    public SamplerChain topNSigma(double n) {
        float value = within("n", n, 0, LARGEST);
        return add(() -> LlamaH.llama_sampler_init_top_n_sigma(value));
    }

    /**
     * Adds: at times the tokens above a threshold, but for the least probable of them, are no candidates any more.
     *
     * @param probability how often, 0 to 1
     * @param threshold the probability from which tokens go, 0 to 1; above 0.5 none does
     * @param minKeep how many stay at least; at least 1
     * @param seed the seed, a 32-bit number without a sign
     * @return this
     */
    public SamplerChain xtc(double probability, double threshold, int minKeep, long seed) {
        float often = within("probability", probability, 0, 1);
        float from = within("threshold", threshold, 0, 1);
        requireAtLeast("minKeep", minKeep, 1);
        int seed32 = seed32(seed);
        return add(() -> LlamaH.llama_sampler_init_xtc(often, from, minKeep, seed32));
    }

    /**
     * Adds: logits are divided by a temperature.
     *
     * @param temperature above 0 and at most {@value #LARGEST}
     * @return this
     */
    public SamplerChain temperature(double temperature) {
        float value = aboveZero("temperature", temperature, LARGEST);
        return add(() -> LlamaH.llama_sampler_init_temp(value));
    }

    /**
     * Adds: logits are divided by a temperature that depends on how sure the model is.
     *
     * @param temperature its middle, above 0 and at most {@value #LARGEST}
     * @param range how far it goes down and up, 0 to {@value #LARGEST}
     * @param exponent the power of the unsureness, 0 to {@value #LARGEST}
     * @return this
     */
    public SamplerChain dynamicTemperature(double temperature, double range, double exponent) {
        float middle = aboveZero("temperature", temperature, LARGEST);
        float delta = within("range", range, 0, LARGEST);
        float power = within("exponent", exponent, 0, LARGEST);
        return add(() -> LlamaH.llama_sampler_init_temp_ext(middle, delta, power));
    }

    /**
     * Adds: a random choice that holds the surprise of the text near a target (Mirostat, Basu et al. 2020).
     *
     * @param vocabularySize the number of tokens of the model; at least 1
     * @param seed the seed, a 32-bit number without a sign
     * @param tau the target in bits, 0 to {@value #LARGEST}
     * @param eta how fast it learns, 0 to {@value #LARGEST}
     * @return this
     */
    public SamplerChain mirostat(int vocabularySize, long seed, double tau, double eta) {
        requireAtLeast("vocabularySize", vocabularySize, 1);
        int seed32 = seed32(seed);
        float target = within("tau", tau, 0, LARGEST);
        float rate = within("eta", eta, 0, LARGEST);
        // It divides probabilities by each other.
        minP(SMALLEST_FRACTION, 1);
        return add(() ->
                LlamaH.llama_sampler_init_mirostat(vocabularySize, seed32, target, rate, MIROSTAT_ESTIMATE_TOKENS));
    }

    /**
     * Adds: the same by the second version of Mirostat.
     *
     * @param seed the seed, a 32-bit number without a sign
     * @param tau the target in bits, 0 to {@value #LARGEST}
     * @param eta how fast it learns, 0 to {@value #LARGEST}
     * @return this
     */
    public SamplerChain mirostat2(long seed, double tau, double eta) {
        int seed32 = seed32(seed);
        float target = within("tau", tau, 0, LARGEST);
        float rate = within("eta", eta, 0, LARGEST);
        return add(() -> LlamaH.llama_sampler_init_mirostat_v2(seed32, target, rate));
    }

    /**
     * Adds: the last tokens lose.
     *
     * @param lastN how many, 1 to {@link LlamaContext#MAX_CELLS}; they are kept in memory
     * @param repeat what their positive logits are divided by and the negative ones multiplied with; above 0 and at most {@value #LARGEST}
     * @param frequency what is subtracted for each time that one is there, -{@value #LARGEST} to {@value #LARGEST}
     * @param presence what is subtracted if it is there, -{@value #LARGEST} to {@value #LARGEST}
     * @return this
     */
    public SamplerChain penalties(int lastN, double repeat, double frequency, double presence) {
        requireLastN(lastN);
        float factor = aboveZero("repeat", repeat, LARGEST);
        float each = within("frequency", frequency, -LARGEST, LARGEST);
        float once = within("presence", presence, -LARGEST, LARGEST);
        return add(() -> LlamaH.llama_sampler_init_penalties(lastN, factor, each, once));
    }

    /**
     * Adds: tokens that would go on with a repetition lose (DRY). It looks for each breaker in the whole vocabulary: with large ones that
     * takes milliseconds.
     *
     * @param vocabulary the vocabulary of the model
     * @param lastN how many of the last tokens are looked at, 1 to {@link LlamaContext#MAX_CELLS}; they are kept in memory
     * @param multiplier the penalty of a repetition just longer than allowed, above 0 and at most {@value #LARGEST}
     * @param base what each further token multiplies it with, 1 to {@value #LARGEST}
     * @param allowedLength how many tokens may repeat; at least 0
     * @param breakers texts that end a repetition, of ASCII characters without NUL, none empty: others would be taken apart within a
     *     character, which the tokenizers of b4916 do not survive
     * @return this
     */
    public SamplerChain dry(
            Vocabulary vocabulary,
            int lastN,
            double multiplier,
            double base,
            int allowedLength,
            List<String> breakers) {
        requireLastN(lastN);
        float penalty = aboveZero("multiplier", multiplier, LARGEST);
        float factor = within("base", base, 1, LARGEST);
        requireAtLeast("allowedLength", allowedLength, 0);
        for (String breaker : breakers) {
            if (breaker.isEmpty() || !breaker.chars().allMatch(c -> c > 0 && c < 128)) {
                throw new IllegalArgumentException("A sequence breaker must have ASCII characters only, and some");
            }
        }
        Lock use = vocabulary.model().use();
        try (NativeTexts texts = new NativeTexts(breakers)) {
            Pointer vocab = vocabulary.model().vocabHandle();
            return add(() -> LlamaH.llama_sampler_init_dry(
                    vocab, lastN, penalty, factor, allowedLength, lastN, texts.pointers(), breakers.size()));
        } finally {
            use.unlock();
        }
    }

    /**
     * Samples the next token of a sequence as llama.cpp does: over the whole vocabulary, and remembers it.
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

    /**
     * Chooses a token, and does not remember it. The chain must end with a sampler that chooses.
     *
     * @param candidates what it chooses among, at least one; those that the chain left remain in it
     * @param sorted whether they are in the order of their logits, the largest first
     * @return the token
     * @throws LlamaException if the chain chooses none
     */
    public synchronized int select(Candidates candidates, boolean sorted) throws LlamaException {
        requireOpen();
        return candidates.select(handle, sorted);
    }

    /**
     * Applies a chain that has no sampler that chooses, and does not remember anything.
     *
     * @param candidates at least one; those that the chain left remain in it
     * @param sorted whether they are in the order of their logits, the largest first
     * @return whether they are so afterwards
     * @throws LlamaException if the chain leaves none
     */
    public synchronized boolean reduce(Candidates candidates, boolean sorted) throws LlamaException {
        requireOpen();
        return candidates.reduce(handle, sorted);
    }

    /**
     * Remembers a token of the sequence in the samplers that keep a history.
     *
     * @param token its id
     */
    public synchronized void accept(int token) {
        requireOpen();
        LlamaH.llama_sampler_accept(handle, token);
    }

    /** {@return whether no sampler was added} */
    public synchronized boolean isEmpty() {
        return empty;
    }

    private synchronized SamplerChain add(Supplier<Pointer> init) {
        requireOpen();
        Pointer sampler = init.get();
        if (sampler == null) {
            throw new IllegalStateException("llama.cpp gave no sampler");
        }
        // The chain owns it from here on.
        LlamaH.llama_sampler_chain_add(handle, sampler);
        empty = false;
        return this;
    }

    private static int seed32(long seed) {
        if (seed < 0 || seed > 0xFFFF_FFFFL) {
            throw new IllegalArgumentException("seed must be between 0 and 4294967295, but is " + seed);
        }
        return (int) seed;
    }

    private static void requireAtLeast(String name, int value, int min) {
        if (value < min) {
            throw new IllegalArgumentException(name + " must be at least " + min + ", but is " + value);
        }
    }

    private static void requireLastN(int lastN) {
        if (lastN < 1 || lastN > LlamaContext.MAX_CELLS) {
            throw new IllegalArgumentException(
                    "lastN must be between 1 and " + LlamaContext.MAX_CELLS + ", but is " + lastN);
        }
    }

    private static float within(String name, double value, double min, double max) {
        // Written so that NaN fails too.
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException(name + " must be between " + min + " and " + max + ", but is " + value);
        }
        return (float) value;
    }

    private static float aboveZero(String name, double value, double max) {
        float rounded = (float) value;
        // Written so that NaN fails too.
        if (!(rounded > 0 && value <= max)) {
            throw new IllegalArgumentException(name + " must be above 0 and at most " + max + ", but is " + value);
        }
        return rounded;
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
