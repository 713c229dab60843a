package io.hyperion.api;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How to generate. Whatever is absent is taken from the model's configured defaults, and then from Hyperion's, which are those of
 * llama.cpp's server ({@link Parameter#fallback()}). Immutable.
 */
public final class GenerateParameters {
    /** The largest accepted temperature. */
    public static final double MAX_TEMPERATURE = 100;

    /** The largest accepted number of stop strings. */
    public static final int MAX_STOP_STRINGS = 64;

    /** The largest accepted length of a stop string in UTF-16 characters. */
    public static final int MAX_STOP_LENGTH = 1024;

    /** The largest seed: seeds are 32-bit numbers without a sign. */
    public static final long MAX_SEED = 0xFFFF_FFFFL;

    /** The largest accepted number of sequence breakers: each is looked for in the whole vocabulary. */
    public static final int MAX_SEQUENCE_BREAKERS = 32;

    /** The largest accepted length of a sequence breaker in characters: llama.cpp cuts longer ones. */
    public static final int MAX_SEQUENCE_BREAKER_LENGTH = 40;

    /** The sequence breakers where none are given. */
    public static final List<String> DEFAULT_SEQUENCE_BREAKERS = List.of("\n", ":", "\"", "*");

    /** The largest accepted length of a grammar in UTF-16 characters. */
    public static final int MAX_GRAMMAR_LENGTH = 1 << 16;

    /** The largest accepted number of logit biases. */
    public static final int MAX_LOGIT_BIASES = 4096;

    /** The largest accepted number of LoRA adapters. */
    public static final int MAX_LORA_ADAPTERS = 64;

    private static final GenerateParameters NONE = new Builder().build();

    /** A Double, Long, Boolean, String or unmodifiable List, as the parameter's type says. */
    private final Map<Parameter, Object> values;

    private GenerateParameters(Map<Parameter, Object> values) {
        this.values = values;
    }

    /** {@return parameters that are all absent} */
    public static GenerateParameters none() {
        return NONE;
    }

    /** {@return a builder with all parameters absent} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder that begins with these parameters} */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.values.putAll(values);
        return builder;
    }

    /**
     * These parameters, and where one is absent, that of others.
     *
     * @param defaults the others
     * @return the merged parameters
     */
    public GenerateParameters orElse(GenerateParameters defaults) {
        Builder merged = defaults.toBuilder();
        merged.values.putAll(values);
        return merged.build();
    }

    /**
     * @param parameter a parameter
     * @return whether it is there
     */
    public boolean has(Parameter parameter) {
        return values.containsKey(parameter);
    }

    /**
     * @param parameter a parameter of type {@link Parameter.Type#NUMBER} that has a default
     * @return its value, or its default
     */
    public double number(Parameter parameter) {
        return find(parameter, Double.class)
                .orElseGet(() -> parameter.fallback().orElseThrow());
    }

    /**
     * @param parameter a parameter of type {@link Parameter.Type#WHOLE} that has a default
     * @return its value, or its default
     */
    public long whole(Parameter parameter) {
        return find(parameter, Long.class)
                .orElseGet(() -> parameter.fallback().orElseThrow().longValue());
    }

    /**
     * @param parameter a parameter of type {@link Parameter.Type#BOOLEAN} that has a default
     * @return its value, or its default
     */
    public boolean truth(Parameter parameter) {
        return find(parameter, Boolean.class)
                .orElseGet(() -> parameter.fallback().orElseThrow() != 0);
    }

    /** {@return how even the choice among tokens is: 0 (or below 0.0001) always takes the most probable one; default 0.8} */
    public OptionalDouble temperature() {
        return number(find(Parameter.TEMPERATURE, Double.class));
    }

    /** {@return how far the temperature goes down where the model is sure and up where it is not; 0 is off; default 0} */
    public OptionalDouble dynatempRange() {
        return number(find(Parameter.DYNATEMP_RANGE, Double.class));
    }

    /** {@return the power of the model's unsureness (0 to 1) that moves the temperature within its range; default 1} */
    public OptionalDouble dynatempExponent() {
        return number(find(Parameter.DYNATEMP_EXPONENT, Double.class));
    }

    /** {@return how many of the most probable tokens are candidates; 0 is all of them; default 40} */
    public OptionalInt topK() {
        return whole(find(Parameter.TOP_K, Long.class));
    }

    /** {@return the candidates are the most probable tokens that together reach this probability; 1 is all of them; default 0.95} */
    public OptionalDouble topP() {
        return number(find(Parameter.TOP_P, Double.class));
    }

    /** {@return the candidates have at least this fraction of the probability of the most probable one; 0 is all; default 0.05} */
    public OptionalDouble minP() {
        return number(find(Parameter.MIN_P, Double.class));
    }

    /**
     * {@return the candidates are the most probable tokens before the tail, which begins where the bends of their sorted probabilities
     * (the second differences, as shares of all) together exceed this number (tail free sampling, Phan 2019, as llama.cpp had it); 1 is off;
     * default 1}
     */
    public OptionalDouble tailFreeZ() {
        return number(find(Parameter.TFS_Z, Double.class));
    }

    /**
     * {@return the candidates are the tokens nearest to the expected surprise that together reach this probability (locally typical
     * sampling, Meister et al. 2022); 1 is all; default 1}
     */
    public OptionalDouble typicalP() {
        return number(find(Parameter.TYPICAL_P, Double.class));
    }

    /** {@return the candidates have a logit of at most this many standard deviations below the largest; below 0 is off; default -1} */
    public OptionalDouble topNSigma() {
        return number(find(Parameter.TOP_N_SIGMA, Double.class));
    }

    /**
     * {@return how often, 0 to 1, all tokens above the threshold but the least probable of them are left out (exclude top choices); default
     * 0}
     */
    public OptionalDouble xtcProbability() {
        return number(find(Parameter.XTC_PROBABILITY, Double.class));
    }

    /** {@return the probability from which {@link #xtcProbability()} leaves tokens out; above 0.5 is off; default 0.1} */
    public OptionalDouble xtcThreshold() {
        return number(find(Parameter.XTC_THRESHOLD, Double.class));
    }

    /**
     * {@return how strongly a token that would go on with a repetition is penalised (don't repeat yourself): this times base to the power
     * of the length beyond the allowed one; 0 is off; default 0}
     */
    public OptionalDouble dryMultiplier() {
        return number(find(Parameter.DRY_MULTIPLIER, Double.class));
    }

    /** {@return the base of that power; default 1.75} */
    public OptionalDouble dryBase() {
        return number(find(Parameter.DRY_BASE, Double.class));
    }

    /** {@return how many tokens may repeat without penalty; default 2} */
    public OptionalInt dryAllowedLength() {
        return whole(find(Parameter.DRY_ALLOWED_LENGTH, Long.class));
    }

    /** {@return how many of the last tokens, prompt included, are looked at for repetitions; 0 is off, -1 is the context; default -1} */
    public OptionalInt dryPenaltyLastN() {
        return whole(find(Parameter.DRY_PENALTY_LAST_N, Long.class));
    }

    /**
     * {@return the texts, of ASCII characters, that end a repetition; an empty list is none; default {@link #DEFAULT_SEQUENCE_BREAKERS}}
     */
    public Optional<List<String>> drySequenceBreakers() {
        return list(Parameter.DRY_SEQUENCE_BREAKERS, String.class);
    }

    /** {@return what positive logits of the last tokens are divided by, and negative ones multiplied with; 1 is off; default 1} */
    public OptionalDouble repeatPenalty() {
        return number(find(Parameter.REPEAT_PENALTY, Double.class));
    }

    /** {@return how many of the last tokens, prompt included, are penalised; 0 is none, -1 is the context; default 64} */
    public OptionalInt repeatLastN() {
        return whole(find(Parameter.REPEAT_LAST_N, Long.class));
    }

    /** {@return whether the line break can be penalised by these penalties as other tokens; default true} */
    public Optional<Boolean> penalizeNewLines() {
        return find(Parameter.PENALIZE_NL, Boolean.class);
    }

    /** {@return what is subtracted from the logits of the last tokens; default 0} */
    public OptionalDouble presencePenalty() {
        return number(find(Parameter.PRESENCE_PENALTY, Double.class));
    }

    /** {@return what is subtracted from the logits of the last tokens for each time they are there; default 0} */
    public OptionalDouble frequencyPenalty() {
        return number(find(Parameter.FREQUENCY_PENALTY, Double.class));
    }

    /**
     * {@return 1 or 2 holds the surprise of the text near {@link #mirostatTau()} by that version of Mirostat (Basu et al. 2020); as in
     * llama.cpp the only other step is the temperature then; 0 is off; default 0}
     */
    public OptionalInt mirostat() {
        return whole(find(Parameter.MIROSTAT, Long.class));
    }

    /** {@return the surprise, in bits, that Mirostat aims at; default 5} */
    public OptionalDouble mirostatTau() {
        return number(find(Parameter.MIROSTAT_TAU, Double.class));
    }

    /** {@return how fast Mirostat learns; default 0.1} */
    public OptionalDouble mirostatEta() {
        return number(find(Parameter.MIROSTAT_ETA, Double.class));
    }

    /** {@return the steps of the choice in their order; one that is not there does not act; default {@link Sampler#DEFAULT_ORDER}} */
    public Optional<List<Sampler>> samplers() {
        return list(Parameter.SAMPLERS, Sampler.class);
    }

    /** {@return how many candidates a step leaves at least, where it can: top_p, min_p, typ_p and xtc; 0 is 1; default 0} */
    public OptionalInt minKeep() {
        return whole(find(Parameter.MIN_KEEP, Long.class));
    }

    /**
     * {@return false takes the most probable token always, whatever the temperature says; penalties, logit biases and the grammar act all
     * the same; default true}
     */
    public Optional<Boolean> doSample() {
        return find(Parameter.DO_SAMPLE, Boolean.class);
    }

    /** {@return the seed of the random choice: the same seed gives the same text again; default: a random one} */
    public OptionalLong seed() {
        return find(Parameter.SEED, Long.class).map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    /** {@return what the text must match, in GBNF; default: anything} */
    public Optional<String> grammar() {
        return find(Parameter.GRAMMAR, String.class);
    }

    /**
     * {@return what is added to the logits of tokens before all else; of several for one token the sum, at most {@link LogitBias#MAX_BIAS};
     * default: none}
     */
    public List<LogitBias> logitBias() {
        return list(Parameter.LOGIT_BIAS, LogitBias.class).orElseGet(List::of);
    }

    /** {@return true bans all tokens that end a text or a turn; default false} */
    public Optional<Boolean> ignoreEos() {
        return find(Parameter.IGNORE_EOS, Boolean.class);
    }

    /**
     * {@return for how many of the most probable tokens, beside the chosen one, each place of the text tells a probability; 0 tells none;
     * default 0}
     */
    public OptionalInt logProbabilities() {
        return whole(find(Parameter.N_PROBS, Long.class));
    }

    /** {@return whether those probabilities are those after all steps of the choice, instead of the model's own; default false} */
    public Optional<Boolean> postSamplingProbabilities() {
        return find(Parameter.POST_SAMPLING_PROBS, Boolean.class);
    }

    /** {@return the largest number of tokens to generate; 0 evaluates the prompt only; default: to the end of the context} */
    public OptionalInt maxTokens() {
        return whole(find(Parameter.MAX_TOKENS, Long.class));
    }

    /** {@return the strings that end the generation, none of them empty; they are not part of the text; default: none} */
    public List<String> stop() {
        return list(Parameter.STOP, String.class).orElseGet(List::of);
    }

    /** {@return whether the ids of the generated tokens are told; default false} */
    public Optional<Boolean> returnTokens() {
        return find(Parameter.RETURN_TOKENS, Boolean.class);
    }

    /** {@return whether each piece of a stream tells how far the request is; default false} */
    public Optional<Boolean> timingsPerToken() {
        return find(Parameter.TIMINGS_PER_TOKEN, Boolean.class);
    }

    /**
     * {@return after how many milliseconds, counted from the first generated token, a generation ends at the next line break; 0 never; default
     * 0}
     */
    public OptionalInt maxPredictMillis() {
        return whole(find(Parameter.T_MAX_PREDICT_MS, Long.class));
    }

    /**
     * {@return how many spaces or tabs each line behind the first line break begins with at least: a generation ends before the first other
     * character of a line that has fewer, also if that is a line break; 0 for any; default 0}
     */
    public OptionalInt minIndent() {
        return whole(find(Parameter.N_INDENT, Long.class));
    }

    /** {@return how many completions to give; default 1} */
    public OptionalInt n() {
        return whole(find(Parameter.N, Long.class));
    }

    /** {@return of how many completions the {@link #n()} most probable ones are given; at least n; default: n} */
    public OptionalInt bestOf() {
        return whole(find(Parameter.BEST_OF, Long.class));
    }

    /** {@return how many tokens of the prompt stay when the context is full and older tokens go; -1 is all of the prompt; default 0} */
    public OptionalInt keptTokens() {
        return whole(find(Parameter.N_KEEP, Long.class));
    }

    /** {@return how many tokens go when the context is full; 0 is half of what may go; default 0} */
    public OptionalInt discardedTokens() {
        return whole(find(Parameter.N_DISCARD, Long.class));
    }

    /** {@return whether older tokens go when the context is full, instead of the text ending; default: as the model is configured} */
    public Optional<Boolean> contextShift() {
        return find(Parameter.CONTEXT_SHIFT, Boolean.class);
    }

    /** {@return whether what was evaluated for earlier prompts may be used again; default true} */
    public Optional<Boolean> cachePrompt() {
        return find(Parameter.CACHE_PROMPT, Boolean.class);
    }

    /** {@return how strongly the model's LoRA adapters act; default: as the model is configured} */
    public List<LoraScale> lora() {
        return list(Parameter.LORA, LoraScale.class).orElseGet(List::of);
    }

    /** {@return the slot that is to serve the request, which waits for it; -1 is any; default -1} */
    public OptionalInt slot() {
        return whole(find(Parameter.ID_SLOT, Long.class));
    }

    /**
     * {@return the slot that serves the request if it is free when the request's turn comes; otherwise, or if there is no such slot, another
     * one does; -1 is any; default -1}
     */
    public OptionalInt preferredSlot() {
        return whole(find(Parameter.SLOT_ID, Long.class));
    }

    private <T> Optional<T> find(Parameter parameter, Class<T> type) {
        return Optional.ofNullable(values.get(parameter)).map(type::cast);
    }

    private <T> Optional<List<T>> list(Parameter parameter, Class<T> type) {
        return find(parameter, List.class)
                .map(list -> ((List<?>) list).stream().map(type::cast).toList());
    }

    private static OptionalDouble number(Optional<Double> value) {
        return value.map(OptionalDouble::of).orElseGet(OptionalDouble::empty);
    }

    private static OptionalInt whole(Optional<Long> value) {
        return value.map(whole -> OptionalInt.of(whole.intValue())).orElseGet(OptionalInt::empty);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GenerateParameters that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }

    /**
     * Collects parameters. Every method throws {@link InvalidRequestException}, naming the parameter and the limit, if the value is not
     * allowed; {@link Parameter} has the ranges.
     */
    public static final class Builder {
        private final Map<Parameter, Object> values = new EnumMap<>(Parameter.class);

        private Builder() {}

        /**
         * @param parameter a parameter of type {@link Parameter.Type#NUMBER}
         * @param value within its range
         * @return this
         */
        public Builder set(Parameter parameter, double value) {
            return put(parameter, Parameter.Type.NUMBER, parameter.checked(value));
        }

        /**
         * @param parameter a parameter of type {@link Parameter.Type#WHOLE}, or {@link Parameter.Type#NUMBER}
         * @param value within its range
         * @return this
         */
        public Builder set(Parameter parameter, long value) {
            if (parameter.type() == Parameter.Type.NUMBER) {
                return set(parameter, (double) value);
            }
            parameter.checked(value);
            return put(parameter, Parameter.Type.WHOLE, value);
        }

        /**
         * @param parameter a parameter of type {@link Parameter.Type#BOOLEAN}
         * @param value true or false
         * @return this
         */
        public Builder set(Parameter parameter, boolean value) {
            return put(parameter, Parameter.Type.BOOLEAN, value);
        }

        private Builder put(Parameter parameter, Parameter.Type type, Object value) {
            if (parameter.type() != type) {
                throw new IllegalArgumentException(parameter + " is of type " + parameter.type() + ", not " + type);
            }
            values.put(parameter, value);
            return this;
        }

        /**
         * @param value as in {@link GenerateParameters#temperature()}
         * @return this
         */
        public Builder temperature(double value) {
            return set(Parameter.TEMPERATURE, value);
        }

        /**
         * @param value as in {@link GenerateParameters#dynatempRange()}
         * @return this
         */
        public Builder dynatempRange(double value) {
            return set(Parameter.DYNATEMP_RANGE, value);
        }

        /**
         * @param value as in {@link GenerateParameters#dynatempExponent()}
         * @return this
         */
        public Builder dynatempExponent(double value) {
            return set(Parameter.DYNATEMP_EXPONENT, value);
        }

        /**
         * @param value as in {@link GenerateParameters#topK()}
         * @return this
         */
        public Builder topK(int value) {
            return set(Parameter.TOP_K, value);
        }

        /**
         * @param value as in {@link GenerateParameters#topP()}
         * @return this
         */
        public Builder topP(double value) {
            return set(Parameter.TOP_P, value);
        }

        /**
         * @param value as in {@link GenerateParameters#minP()}
         * @return this
         */
        public Builder minP(double value) {
            return set(Parameter.MIN_P, value);
        }

        /**
         * @param value as in {@link GenerateParameters#tailFreeZ()}
         * @return this
         */
        public Builder tailFreeZ(double value) {
            return set(Parameter.TFS_Z, value);
        }

        /**
         * @param value as in {@link GenerateParameters#typicalP()}
         * @return this
         */
        public Builder typicalP(double value) {
            return set(Parameter.TYPICAL_P, value);
        }

        /**
         * @param value as in {@link GenerateParameters#topNSigma()}
         * @return this
         */
        public Builder topNSigma(double value) {
            return set(Parameter.TOP_N_SIGMA, value);
        }

        /**
         * @param value as in {@link GenerateParameters#xtcProbability()}
         * @return this
         */
        public Builder xtcProbability(double value) {
            return set(Parameter.XTC_PROBABILITY, value);
        }

        /**
         * @param value as in {@link GenerateParameters#xtcThreshold()}
         * @return this
         */
        public Builder xtcThreshold(double value) {
            return set(Parameter.XTC_THRESHOLD, value);
        }

        /**
         * @param value as in {@link GenerateParameters#dryMultiplier()}
         * @return this
         */
        public Builder dryMultiplier(double value) {
            return set(Parameter.DRY_MULTIPLIER, value);
        }

        /**
         * @param value as in {@link GenerateParameters#dryBase()}
         * @return this
         */
        public Builder dryBase(double value) {
            return set(Parameter.DRY_BASE, value);
        }

        /**
         * @param value as in {@link GenerateParameters#dryAllowedLength()}
         * @return this
         */
        public Builder dryAllowedLength(int value) {
            return set(Parameter.DRY_ALLOWED_LENGTH, value);
        }

        /**
         * @param value as in {@link GenerateParameters#dryPenaltyLastN()}
         * @return this
         */
        public Builder dryPenaltyLastN(int value) {
            return set(Parameter.DRY_PENALTY_LAST_N, value);
        }

        /**
         * @param values at most {@value GenerateParameters#MAX_SEQUENCE_BREAKERS} texts of 1 to
         *     {@value GenerateParameters#MAX_SEQUENCE_BREAKER_LENGTH} ASCII characters: llama.cpp takes others apart within a character
         * @return this
         */
        public Builder drySequenceBreakers(List<String> values) {
            requireSize(Parameter.DRY_SEQUENCE_BREAKERS, values.size(), MAX_SEQUENCE_BREAKERS);
            for (String value : values) {
                requireLength(Parameter.DRY_SEQUENCE_BREAKERS, value, MAX_SEQUENCE_BREAKER_LENGTH);
                if (!StandardCharsets.US_ASCII.newEncoder().canEncode(value)) {
                    throw new InvalidRequestException(
                            ErrorCode.INVALID_TEXT,
                            "dry_sequence_breakers",
                            "'dry_sequence_breakers' takes ASCII characters only, but has '" + Excerpts.of(value)
                                    + "'");
                }
            }
            return put(Parameter.DRY_SEQUENCE_BREAKERS, Parameter.Type.LIST, List.copyOf(values));
        }

        /**
         * @param value as in {@link GenerateParameters#repeatPenalty()}
         * @return this
         */
        public Builder repeatPenalty(double value) {
            return set(Parameter.REPEAT_PENALTY, value);
        }

        /**
         * @param value as in {@link GenerateParameters#repeatLastN()}
         * @return this
         */
        public Builder repeatLastN(int value) {
            return set(Parameter.REPEAT_LAST_N, value);
        }

        /**
         * @param value as in {@link GenerateParameters#penalizeNewLines()}
         * @return this
         */
        public Builder penalizeNewLines(boolean value) {
            return set(Parameter.PENALIZE_NL, value);
        }

        /**
         * @param value as in {@link GenerateParameters#presencePenalty()}
         * @return this
         */
        public Builder presencePenalty(double value) {
            return set(Parameter.PRESENCE_PENALTY, value);
        }

        /**
         * @param value as in {@link GenerateParameters#frequencyPenalty()}
         * @return this
         */
        public Builder frequencyPenalty(double value) {
            return set(Parameter.FREQUENCY_PENALTY, value);
        }

        /**
         * @param value as in {@link GenerateParameters#mirostat()}
         * @return this
         */
        public Builder mirostat(int value) {
            return set(Parameter.MIROSTAT, value);
        }

        /**
         * @param value as in {@link GenerateParameters#mirostatTau()}
         * @return this
         */
        public Builder mirostatTau(double value) {
            return set(Parameter.MIROSTAT_TAU, value);
        }

        /**
         * @param value as in {@link GenerateParameters#mirostatEta()}
         * @return this
         */
        public Builder mirostatEta(double value) {
            return set(Parameter.MIROSTAT_ETA, value);
        }

        /**
         * @param values each at most once
         * @return this
         */
        public Builder samplers(List<Sampler> values) {
            if (new HashSet<>(values).size() < values.size()) {
                throw new InvalidRequestException(ErrorCode.CONFLICT, "samplers", "'samplers' names a sampler twice");
            }
            return put(Parameter.SAMPLERS, Parameter.Type.LIST, List.copyOf(values));
        }

        /**
         * @param value as in {@link GenerateParameters#minKeep()}
         * @return this
         */
        public Builder minKeep(int value) {
            return set(Parameter.MIN_KEEP, value);
        }

        /**
         * @param value as in {@link GenerateParameters#doSample()}
         * @return this
         */
        public Builder doSample(boolean value) {
            return set(Parameter.DO_SAMPLE, value);
        }

        /**
         * @param value as in {@link GenerateParameters#seed()}
         * @return this
         */
        public Builder seed(long value) {
            return set(Parameter.SEED, value);
        }

        /**
         * @param value 1 to {@value GenerateParameters#MAX_GRAMMAR_LENGTH} characters
         * @return this
         */
        public Builder grammar(String value) {
            requireLength(Parameter.GRAMMAR, value, MAX_GRAMMAR_LENGTH);
            return put(Parameter.GRAMMAR, Parameter.Type.TEXT, value);
        }

        /**
         * @param values at most {@value GenerateParameters#MAX_LOGIT_BIASES}
         * @return this
         */
        public Builder logitBias(List<LogitBias> values) {
            requireSize(Parameter.LOGIT_BIAS, values.size(), MAX_LOGIT_BIASES);
            return put(Parameter.LOGIT_BIAS, Parameter.Type.LIST, List.copyOf(values));
        }

        /**
         * @param value as in {@link GenerateParameters#ignoreEos()}
         * @return this
         */
        public Builder ignoreEos(boolean value) {
            return set(Parameter.IGNORE_EOS, value);
        }

        /**
         * @param value as in {@link GenerateParameters#logProbabilities()}
         * @return this
         */
        public Builder logProbabilities(int value) {
            return set(Parameter.N_PROBS, value);
        }

        /**
         * @param value as in {@link GenerateParameters#postSamplingProbabilities()}
         * @return this
         */
        public Builder postSamplingProbabilities(boolean value) {
            return set(Parameter.POST_SAMPLING_PROBS, value);
        }

        /**
         * @param value as in {@link GenerateParameters#maxTokens()}
         * @return this
         */
        public Builder maxTokens(int value) {
            return set(Parameter.MAX_TOKENS, value);
        }

        /**
         * @param values at most {@value GenerateParameters#MAX_STOP_STRINGS} strings of 1 to {@value GenerateParameters#MAX_STOP_LENGTH}
         *     characters
         * @return this
         */
        public Builder stop(List<String> values) {
            requireSize(Parameter.STOP, values.size(), MAX_STOP_STRINGS);
            for (String value : values) {
                requireLength(Parameter.STOP, value, MAX_STOP_LENGTH);
            }
            return put(Parameter.STOP, Parameter.Type.LIST, List.copyOf(values));
        }

        /**
         * @param values as in {@link #stop(List)}
         * @return this
         */
        public Builder stop(String... values) {
            return stop(List.of(values));
        }

        /**
         * @param value as in {@link GenerateParameters#n()}
         * @return this
         */
        public Builder n(int value) {
            return set(Parameter.N, value);
        }

        /**
         * @param value as in {@link GenerateParameters#returnTokens()}
         * @return this
         */
        public Builder returnTokens(boolean value) {
            return set(Parameter.RETURN_TOKENS, value);
        }

        /**
         * @param value as in {@link GenerateParameters#timingsPerToken()}
         * @return this
         */
        public Builder timingsPerToken(boolean value) {
            return set(Parameter.TIMINGS_PER_TOKEN, value);
        }

        /**
         * @param value as in {@link GenerateParameters#maxPredictMillis()}
         * @return this
         */
        public Builder maxPredictMillis(int value) {
            return set(Parameter.T_MAX_PREDICT_MS, value);
        }

        /**
         * @param value as in {@link GenerateParameters#minIndent()}
         * @return this
         */
        public Builder minIndent(int value) {
            return set(Parameter.N_INDENT, value);
        }

        /**
         * @param value as in {@link GenerateParameters#bestOf()}
         * @return this
         */
        public Builder bestOf(int value) {
            return set(Parameter.BEST_OF, value);
        }

        /**
         * @param value as in {@link GenerateParameters#keptTokens()}
         * @return this
         */
        public Builder keptTokens(int value) {
            return set(Parameter.N_KEEP, value);
        }

        /**
         * @param value as in {@link GenerateParameters#discardedTokens()}
         * @return this
         */
        public Builder discardedTokens(int value) {
            return set(Parameter.N_DISCARD, value);
        }

        /**
         * @param value as in {@link GenerateParameters#contextShift()}
         * @return this
         */
        public Builder contextShift(boolean value) {
            return set(Parameter.CONTEXT_SHIFT, value);
        }

        /**
         * @param value as in {@link GenerateParameters#cachePrompt()}
         * @return this
         */
        public Builder cachePrompt(boolean value) {
            return set(Parameter.CACHE_PROMPT, value);
        }

        /**
         * @param values at most {@value GenerateParameters#MAX_LORA_ADAPTERS}, each adapter once
         * @return this
         */
        public Builder lora(List<LoraScale> values) {
            requireSize(Parameter.LORA, values.size(), MAX_LORA_ADAPTERS);
            if (values.stream().map(LoraScale::id).distinct().count() < values.size()) {
                throw new InvalidRequestException(ErrorCode.CONFLICT, "lora", "'lora' names an adapter twice");
            }
            return put(Parameter.LORA, Parameter.Type.LIST, List.copyOf(values));
        }

        /**
         * @param value as in {@link GenerateParameters#slot()}
         * @return this
         */
        public Builder slot(int value) {
            return set(Parameter.ID_SLOT, value);
        }

        /**
         * @param value as in {@link GenerateParameters#preferredSlot()}
         * @return this
         */
        public Builder preferredSlot(int value) {
            return set(Parameter.SLOT_ID, value);
        }

        /**
         * @return the parameters
         * @throws InvalidRequestException ({@link ErrorCode#CONFLICT}) if {@code best_of} is less than {@code n}
         */
        public GenerateParameters build() {
            if (values.get(Parameter.BEST_OF) instanceof Long best
                    && values.get(Parameter.N) instanceof Long n
                    && best < n) {
                throw new InvalidRequestException(
                        ErrorCode.CONFLICT, "best_of", "'best_of' must be at least 'n' (" + n + "), but is " + best);
            }
            return new GenerateParameters(Collections.unmodifiableMap(new EnumMap<>(values)));
        }

        private static void requireSize(Parameter parameter, int size, int max) {
            if (size > max) {
                throw parameter.outOfRange(
                        "'" + parameter.wireName() + "' has " + size + " entries; at most " + max + " are allowed");
            }
        }

        private static void requireLength(Parameter parameter, String value, int max) {
            if (value.isEmpty() || value.length() > max) {
                throw parameter.outOfRange("A text of '" + parameter.wireName() + "' has " + value.length()
                        + " characters; 1 to " + max + " are allowed");
            }
            Texts.requireValid(parameter.wireName(), value);
        }
    }
}
