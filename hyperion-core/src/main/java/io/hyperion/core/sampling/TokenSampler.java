package io.hyperion.core.sampling;

import io.hyperion.api.GenerateParameters;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Parameter;
import io.hyperion.api.Sampler;
import io.hyperion.api.TokenProbability;
import io.hyperion.core.llama.Candidates;
import io.hyperion.core.llama.LlamaContext;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaLibrary;
import io.hyperion.core.llama.Logits;
import io.hyperion.core.llama.Pieces;
import io.hyperion.core.llama.SamplerChain;
import io.hyperion.core.llama.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * Chooses the tokens of one sequence. First come the logit biases, then the samplers in the order of the request, then a random choice:
 * llama.cpp's. With a temperature of 0 (or below 0.0001), or without sampling, the most probable token is taken, after biases, penalties
 * and DRY. With Mirostat the temperature is the only other sampler.
 *
 * <p>What costs much over a large vocabulary, and acts first, is done here: the penalties, the most probable token, and the choice of
 * {@code top_k}. The rest is done by a native chain over what is left. The result is the same. Not for use by several threads at once, except that
 * {@link #close()} may follow on another.
 */
public final class TokenSampler implements AutoCloseable {
    /** Below this the choice is greedy: dividing logits by less would only overflow them. */
    private static final double SMALLEST_TEMPERATURE = 1e-4;

    private static final int NONE = -1;

    private final Pieces pieces;
    private final Biases biases;
    private final Optional<TokenConstraint> constraint;
    private final Plan plan;
    /** Finds what is told beside the chosen token; empty if no probabilities are wanted. */
    private final Optional<Largest> mostProbable;

    private final boolean afterSampling;

    /**
     * The steps behind the biases.
     *
     * @param penalties come first; empty if there are none, or the chain has them at another place
     * @param topK takes the most probable tokens then; empty if all are taken
     * @param steps what comes before the chain
     * @param chain what then chooses; empty for the most probable token
     * @param greedy whether the chain takes the most probable token
     * @param history how many of the last tokens the steps and the chain remember
     */
    private record Plan(
            Optional<Penalties> penalties,
            Optional<Largest> topK,
            List<Step> steps,
            Optional<SamplerChain> chain,
            boolean greedy,
            int history) {}

    private TokenSampler(
            Pieces pieces,
            GenerateParameters parameters,
            Biases biases,
            Optional<TokenConstraint> constraint,
            Plan plan) {
        this.pieces = pieces;
        this.biases = biases;
        this.constraint = constraint;
        this.plan = plan;
        int probabilities = (int) parameters.whole(Parameter.N_PROBS);
        // The best of several texts is the one with the most probable tokens.
        boolean compares = parameters.bestOf().orElse(1) > parameters.whole(Parameter.N);
        this.mostProbable =
                probabilities == 0 && !compares ? Optional.empty() : Optional.of(new Largest(probabilities));
        this.afterSampling = probabilities > 0 && parameters.truth(Parameter.POST_SAMPLING_PROBS);
    }

    /**
     * Makes a sampler for one sequence. With DRY that may take milliseconds: it looks for the sequence breakers in the vocabulary.
     *
     * @param library the library, which must stay open until the sampler is closed
     * @param vocabulary the vocabulary of the model
     * @param pieces the texts of its tokens, for the probabilities
     * @param contextSize how many tokens the sequence may have: no more are remembered; at least 1
     * @param parameters how to choose, with the model's defaults merged in
     * @param constraint what the tokens may be; empty for anything
     * @return the sampler; the caller closes it
     * @throws InvalidRequestException if a logit bias names a token that the model does not have
     */
    public static TokenSampler of(
            LlamaLibrary library,
            Vocabulary vocabulary,
            Pieces pieces,
            int contextSize,
            GenerateParameters parameters,
            Optional<TokenConstraint> constraint) {
        Biases biases = Biases.of(vocabulary, parameters);
        return new TokenSampler(
                pieces, parameters, biases, constraint, plan(library, vocabulary, contextSize, parameters));
    }

    private static Plan plan(
            LlamaLibrary library, Vocabulary vocabulary, int contextSize, GenerateParameters parameters) {
        PlanBuilder builder = new PlanBuilder(library, vocabulary, contextSize, parameters);
        try {
            double temperature = parameters.number(Parameter.TEMPERATURE);
            long mirostat = parameters.whole(Parameter.MIROSTAT);
            if (temperature < SMALLEST_TEMPERATURE || !parameters.truth(Parameter.DO_SAMPLE)) {
                return builder.greedy();
            }
            return mirostat == 0 ? builder.sampling() : builder.mirostat(mirostat);
        } catch (RuntimeException | Error e) {
            builder.close();
            throw e;
        }
    }

    private static final class PlanBuilder {
        private final LlamaLibrary library;
        private final List<Step> steps = new ArrayList<>();
        private SamplerChain chain;
        private final Vocabulary vocabulary;
        private final int contextSize;
        private final GenerateParameters parameters;
        private final List<Sampler> order;
        private final double temperature;
        private final long seed;
        private final int minKeep;
        private Optional<Penalties> penalties = Optional.empty();
        private Optional<Largest> topK = Optional.empty();
        /** Whether anything comes behind the penalties and the choice of the most probable ones that are done here. */
        private boolean chainActs;

        private int history;
        private int chainHistory;

        PlanBuilder(LlamaLibrary library, Vocabulary vocabulary, int contextSize, GenerateParameters parameters) {
            this.library = library;
            this.chain = new SamplerChain(library);
            this.vocabulary = vocabulary;
            this.contextSize = contextSize;
            this.parameters = parameters;
            this.order = parameters.samplers().orElse(Sampler.DEFAULT_ORDER);
            this.temperature = parameters.number(Parameter.TEMPERATURE);
            this.seed = parameters.seed().orElseGet(() -> ThreadLocalRandom.current()
                    .nextLong(GenerateParameters.MAX_SEED));
            // llama.cpp takes 0 for "none at all" here and there.
            this.minKeep = (int) Math.max(1, parameters.whole(Parameter.MIN_KEEP));
        }

        void close() {
            steps.forEach(Step::close);
            chain.close();
        }

        /** Adds a step behind what is in the chain so far; what comes next goes into another chain. */
        private void add(Step step) {
            if (!chain.isEmpty()) {
                steps.add(new Step.Native(chain, chainHistory > 0));
                chain = new SamplerChain(library);
                chainHistory = 0;
            }
            steps.add(step);
            chainActs = true;
        }

        Plan greedy() {
            order.forEach(this::addPenalty);
            if (!chainActs) {
                chain.close();
                return new Plan(penalties, Optional.empty(), List.of(), Optional.empty(), true, 0);
            }
            return new Plan(penalties, Optional.empty(), steps, Optional.of(chain.greedy()), true, history);
        }

        Plan mirostat(long version) {
            chain.temperature(temperature);
            double tau = parameters.number(Parameter.MIROSTAT_TAU);
            double eta = parameters.number(Parameter.MIROSTAT_ETA);
            if (version == 1) {
                chain.mirostat(vocabulary.size(), seed, tau, eta);
            } else {
                chain.mirostat2(seed, tau, eta);
            }
            return new Plan(Optional.empty(), Optional.empty(), List.of(), Optional.of(chain), false, 0);
        }

        Plan sampling() {
            for (Sampler sampler : order) {
                addPenalty(sampler);
                addChoice(sampler);
            }
            return new Plan(penalties, topK, steps, Optional.of(chain.distribution(seed)), false, history);
        }

        private void addPenalty(Sampler sampler) {
            if (sampler == Sampler.PENALTIES) {
                int lastN = lastN(Parameter.REPEAT_LAST_N);
                double repeat = parameters.number(Parameter.REPEAT_PENALTY);
                double frequency = parameters.number(Parameter.FREQUENCY_PENALTY);
                double presence = parameters.number(Parameter.PRESENCE_PENALTY);
                if (lastN > 0 && (repeat != 1 || frequency != 0 || presence != 0)) {
                    boolean all = parameters.truth(Parameter.PENALIZE_NL) || vocabulary.newLine() < 0;
                    if (chainActs && all) {
                        chain.penalties(lastN, repeat, frequency, presence);
                        remembers(lastN);
                        return;
                    }
                    int exempt = all ? NONE : vocabulary.newLine();
                    Penalties own = new Penalties(lastN, vocabulary.size(), repeat, frequency, presence, exempt);
                    if (chainActs) {
                        add(new Step.Penalising(own));
                        history = Math.max(history, lastN);
                    } else {
                        penalties = Optional.of(own);
                    }
                }
            } else if (sampler == Sampler.DRY) {
                int lastN = lastN(Parameter.DRY_PENALTY_LAST_N);
                double multiplier = parameters.number(Parameter.DRY_MULTIPLIER);
                if (lastN > 0 && (float) multiplier > 0) {
                    chain.dry(
                            vocabulary,
                            lastN,
                            multiplier,
                            parameters.number(Parameter.DRY_BASE),
                            (int) parameters.whole(Parameter.DRY_ALLOWED_LENGTH),
                            parameters.drySequenceBreakers().orElse(GenerateParameters.DEFAULT_SEQUENCE_BREAKERS));
                    remembers(lastN);
                }
            }
        }

        private void remembers(int lastN) {
            history = Math.max(history, lastN);
            chainHistory = Math.max(chainHistory, lastN);
            chainActs = true;
        }

        /** No more than a sequence can have: llama.cpp takes the memory for all of them at once. */
        private int lastN(Parameter parameter) {
            long lastN = parameters.whole(parameter);
            return (int) (lastN < 0 ? contextSize : Math.min(lastN, contextSize));
        }

        private void addChoice(Sampler sampler) {
            double value;
            switch (sampler) {
                case TOP_K -> {
                    int k = (int) parameters.whole(Parameter.TOP_K);
                    if (k > 0 && k < vocabulary.size()) {
                        if (chainActs) {
                            chain.topK(k);
                        } else {
                            topK = Optional.of(new Largest(k));
                            chainActs = true;
                        }
                    }
                }
                case TOP_P -> {
                    value = parameters.number(Parameter.TOP_P);
                    if (value < 1) {
                        chainActs = true;
                        chain.topP(Math.max(value, Float.MIN_NORMAL), minKeep);
                    }
                }
                case MIN_P -> {
                    value = parameters.number(Parameter.MIN_P);
                    if ((float) value > 0) {
                        chainActs = true;
                        chain.minP(value, minKeep);
                    }
                }
                case TAIL_FREE -> {
                    value = parameters.number(Parameter.TFS_Z);
                    if (value < 1) {
                        add(new Step.TailFree(value, minKeep));
                    }
                }
                case TYPICAL_P -> {
                    value = parameters.number(Parameter.TYPICAL_P);
                    if (value < 1) {
                        chainActs = true;
                        chain.typicalP(value, minKeep);
                    }
                }
                case TOP_N_SIGMA -> {
                    value = parameters.number(Parameter.TOP_N_SIGMA);
                    if (value >= 0) {
                        chainActs = true;
                        chain.topNSigma(value);
                    }
                }
                case XTC -> {
                    value = parameters.number(Parameter.XTC_PROBABILITY);
                    if (value > 0) {
                        chainActs = true;
                        chain.xtc(value, parameters.number(Parameter.XTC_THRESHOLD), minKeep, seed);
                    }
                }
                case TEMPERATURE -> {
                    chainActs = true;
                    value = parameters.number(Parameter.DYNATEMP_RANGE);
                    if (value > 0) {
                        chain.dynamicTemperature(temperature, value, parameters.number(Parameter.DYNATEMP_EXPONENT));
                    } else {
                        chain.temperature(temperature);
                    }
                }
                case PENALTIES, DRY -> {
                    // Added before.
                }
            }
        }
    }

    /**
     * Remembers the prompt, as far as penalties and DRY look back.
     *
     * @param tokens begin with the prompt
     * @param count how many of them are the prompt
     */
    public void acceptPrompt(int[] tokens, int count) {
        int lookBack =
                Math.max(plan.history, plan.penalties.map(Penalties::lastN).orElse(0));
        for (int i = Math.max(0, count - lookBack); i < count; i++) {
            accept(tokens[i]);
        }
    }

    private void accept(int token) {
        plan.penalties.ifPresent(penalties -> penalties.accept(token));
        if (plan.history > 0) {
            plan.steps.forEach(step -> step.accept(token));
            plan.chain.orElseThrow().accept(token);
        }
    }

    /**
     * Chooses the next token, and remembers it.
     *
     * @param context the context that evaluated the batch
     * @param index the index that its batch gave, with logits wanted
     * @return the token, with its probability if {@code n_probs} or {@code best_of} wants it; empty if no token is left that is neither
     *     banned nor forbidden by the constraint
     * @throws LlamaException if the model gives no valid probabilities
     */
    public Optional<SampledToken> sample(LlamaContext context, int index) throws LlamaException {
        Logits logits = context.logits(index);
        float[] values = logits.values();
        boolean wantsRaw = mostProbable.isPresent() && !afterSampling;
        float[] raw = wantsRaw ? values.clone() : values;
        biases.addTo(values);
        plan.penalties.ifPresent(penalties -> penalties.applyTo(values));
        boolean unchanged = biases.isEmpty() && plan.penalties.isEmpty();
        int token = plan.chain.isEmpty() && unchanged ? logits.mostProbable() : choose(context, values);
        if (token != NONE && constraint.isPresent() && !constraint.get().allows(token)) {
            retain(values, constraint.get().allowed());
            token = choose(context, values);
        }
        if (token == NONE) {
            return Optional.empty();
        }
        accept(token);
        int chosen = token;
        constraint.ifPresent(rule -> rule.accept(chosen));
        Optional<TokenProbability> probability = mostProbable.map(
                largest -> wantsRaw ? before(raw, chosen, largest) : after(context.candidates(), chosen, largest));
        return Optional.of(new SampledToken(token, probability));
    }

    private int choose(LlamaContext context, float[] values) throws LlamaException {
        if (plan.chain.isEmpty()) {
            return largest(values);
        }
        Candidates candidates = context.candidates();
        candidates.clear();
        if (plan.topK.isPresent()) {
            Largest top = plan.topK.get();
            top.find(values);
            for (int rank = 0; rank < top.count(); rank++) {
                candidates.add(top.index(rank), values[top.index(rank)]);
            }
        } else {
            for (int token = 0; token < values.length; token++) {
                if (values[token] != Float.NEGATIVE_INFINITY) {
                    candidates.add(token, values[token]);
                }
            }
        }
        if (candidates.size() == 0) {
            return NONE;
        }
        boolean sorted = plan.topK.isPresent();
        for (Step step : plan.steps) {
            sorted = step.apply(candidates, sorted);
        }
        return plan.chain.get().select(candidates, sorted);
    }

    private static int largest(float[] values) {
        float largest = Float.NEGATIVE_INFINITY;
        int best = NONE;
        for (int i = 0; i < values.length; i++) {
            if (values[i] > largest) {
                largest = values[i];
                best = i;
            }
        }
        return best;
    }

    private static void retain(float[] values, BitSet allowed) {
        for (int token = allowed.nextClearBit(0); token < values.length; token = allowed.nextClearBit(token + 1)) {
            values[token] = Float.NEGATIVE_INFINITY;
        }
    }

    /** The model's own probabilities. */
    private TokenProbability before(float[] raw, int chosen, Largest largest) {
        largest.find(raw);
        double logSum = logSum(raw);
        List<TokenProbability> top = new ArrayList<>(largest.count());
        for (int rank = 0; rank < largest.count(); rank++) {
            int token = largest.index(rank);
            top.add(probability(token, raw[token] - logSum, List.of(), false));
        }
        return probability(chosen, raw[chosen] - logSum, top, false);
    }

    /** The probabilities of what the chain left. */
    private TokenProbability after(Candidates left, int chosen, Largest largest) {
        if (plan.greedy) {
            return certain(chosen);
        }
        float[] logits = new float[left.size()];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = left.logit(i);
        }
        largest.find(logits);
        int at = IntStream.range(0, logits.length)
                .filter(i -> left.token(i) == chosen)
                .findFirst()
                .orElseThrow();
        double logSum = logSum(logits);
        if (!Double.isFinite(logits[at] - logSum)) {
            // A penalty or a temperature that was driven beyond all numbers leaves no choice.
            return certain(chosen);
        }
        List<TokenProbability> top = new ArrayList<>(largest.count());
        for (int rank = 0; rank < largest.count(); rank++) {
            int i = largest.index(rank);
            top.add(probability(left.token(i), logits[i] - logSum, List.of(), true));
        }
        return probability(chosen, logits[at] - logSum, top, true);
    }

    private TokenProbability certain(int token) {
        return probability(token, 0, List.of(probability(token, 0, List.of(), true)), true);
    }

    private static double logSum(float[] logits) {
        float max = Float.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        return max + Math.log(sum);
    }

    private TokenProbability probability(
            int token, double logProbability, List<TokenProbability> top, boolean afterwards) {
        byte[] piece = pieces.of(token);
        List<Integer> bytes = new ArrayList<>(piece.length);
        for (byte b : piece) {
            bytes.add(b & 0xFF);
        }
        // Rounding may give a trifle above 0.
        return new TokenProbability(
                token, new String(piece, StandardCharsets.UTF_8), bytes, Math.min(0, logProbability), top, afterwards);
    }

    /** Frees the chains. Does nothing if they are freed already. */
    @Override
    public void close() {
        plan.steps.forEach(Step::close);
        plan.chain.ifPresent(SamplerChain::close);
    }
}
