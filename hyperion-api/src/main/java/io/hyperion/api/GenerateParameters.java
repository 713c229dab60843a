package io.hyperion.api;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How to generate. Whatever is absent is taken from the model's configured defaults, and then from Hyperion's, which are those of
 * llama.cpp's server. Immutable.
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

    private static final GenerateParameters NONE = new Builder().build();

    private final Optional<Double> temperature;
    private final Optional<Integer> topK;
    private final Optional<Double> topP;
    private final Optional<Double> minP;
    private final Optional<Boolean> doSample;
    private final Optional<Integer> maxTokens;
    private final Optional<Long> seed;
    private final Optional<List<String>> stop;

    private GenerateParameters(Builder builder) {
        temperature = Optional.ofNullable(builder.temperature);
        topK = Optional.ofNullable(builder.topK);
        topP = Optional.ofNullable(builder.topP);
        minP = Optional.ofNullable(builder.minP);
        doSample = Optional.ofNullable(builder.doSample);
        maxTokens = Optional.ofNullable(builder.maxTokens);
        seed = Optional.ofNullable(builder.seed);
        stop = Optional.ofNullable(builder.stop);
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
        return NONE == this ? new Builder() : new Builder().merge(this);
    }

    /**
     * These parameters, and where one is absent, that of others.
     *
     * @param defaults the others
     * @return the merged parameters
     */
    public GenerateParameters orElse(GenerateParameters defaults) {
        return defaults.toBuilder().merge(this).build();
    }

    /** {@return how even the choice among tokens is: 0 always takes the most probable one; default 0.8} */
    public OptionalDouble temperature() {
        return toOptionalDouble(temperature);
    }

    /** {@return how many of the most probable tokens are candidates; 0 is all of them; default 40} */
    public OptionalInt topK() {
        return topK.map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    /** {@return the candidates are the most probable tokens that together reach this probability; 1 is all of them; default 0.95} */
    public OptionalDouble topP() {
        return toOptionalDouble(topP);
    }

    /** {@return the candidates have at least this fraction of the probability of the most probable one; 0 is all; default 0.05} */
    public OptionalDouble minP() {
        return toOptionalDouble(minP);
    }

    /** {@return false takes the most probable token always, whatever the other parameters say; default true} */
    public Optional<Boolean> doSample() {
        return doSample;
    }

    /** {@return the largest number of tokens to generate; 0 evaluates the prompt only; default: to the end of the context} */
    public OptionalInt maxTokens() {
        return maxTokens.map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    /** {@return the seed of the random choice: the same seed gives the same text again; default: a random one} */
    public OptionalLong seed() {
        return seed.map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    /** {@return the strings that end the generation, none of them empty; they are not part of the text; default: none} */
    public List<String> stop() {
        return stop.orElseGet(List::of);
    }

    private static OptionalDouble toOptionalDouble(Optional<Double> value) {
        return value.map(OptionalDouble::of).orElseGet(OptionalDouble::empty);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GenerateParameters that
                && temperature.equals(that.temperature)
                && topK.equals(that.topK)
                && topP.equals(that.topP)
                && minP.equals(that.minP)
                && doSample.equals(that.doSample)
                && maxTokens.equals(that.maxTokens)
                && seed.equals(that.seed)
                && stop.equals(that.stop);
    }

    @Override
    public int hashCode() {
        return Objects.hash(temperature, topK, topP, minP, doSample, maxTokens, seed, stop);
    }

    /** Collects parameters. Every method throws {@link InvalidRequestException}, naming the parameter, if the value is not allowed. */
    public static final class Builder {
        private Double temperature;
        private Integer topK;
        private Double topP;
        private Double minP;
        private Boolean doSample;
        private Integer maxTokens;
        private Long seed;
        private List<String> stop;

        private Builder() {}

        private Builder merge(GenerateParameters over) {
            over.temperature.ifPresent(value -> temperature = value);
            over.topK.ifPresent(value -> topK = value);
            over.topP.ifPresent(value -> topP = value);
            over.minP.ifPresent(value -> minP = value);
            over.doSample.ifPresent(value -> doSample = value);
            over.maxTokens.ifPresent(value -> maxTokens = value);
            over.seed.ifPresent(value -> seed = value);
            over.stop.ifPresent(value -> stop = value);
            return this;
        }

        /**
         * @param value 0 to {@value GenerateParameters#MAX_TEMPERATURE}
         * @return this
         */
        public Builder temperature(double value) {
            temperature = inRange("temperature", value, 0, MAX_TEMPERATURE);
            return this;
        }

        /**
         * @param value at least 0; 0 is the whole vocabulary
         * @return this
         */
        public Builder topK(int value) {
            topK = (int) inRange("top_k", value, 0, Integer.MAX_VALUE);
            return this;
        }

        /**
         * @param value above 0 and at most 1
         * @return this
         */
        public Builder topP(double value) {
            if (value == 0) {
                throw new InvalidRequestException(
                        ErrorCode.OUT_OF_RANGE, "top_p", "'top_p' must be above 0 and at most 1, but is 0");
            }
            topP = inRange("top_p", value, 0, 1);
            return this;
        }

        /**
         * @param value 0 to 1
         * @return this
         */
        public Builder minP(double value) {
            minP = inRange("min_p", value, 0, 1);
            return this;
        }

        /**
         * @param value false for the most probable token always
         * @return this
         */
        public Builder doSample(boolean value) {
            doSample = value;
            return this;
        }

        /**
         * @param value at least 0; 0 evaluates the prompt only
         * @return this
         */
        public Builder maxTokens(int value) {
            maxTokens = (int) inRange("max_tokens", value, 0, Integer.MAX_VALUE);
            return this;
        }

        /**
         * @param value 0 to {@value GenerateParameters#MAX_SEED}
         * @return this
         */
        public Builder seed(long value) {
            seed = inRange("seed", value, 0, MAX_SEED);
            return this;
        }

        /**
         * @param values at most {@value GenerateParameters#MAX_STOP_STRINGS} strings of 1 to {@value GenerateParameters#MAX_STOP_LENGTH}
         *     characters
         * @return this
         */
        public Builder stop(List<String> values) {
            if (values.size() > MAX_STOP_STRINGS) {
                throw new InvalidRequestException(
                        ErrorCode.OUT_OF_RANGE,
                        "stop",
                        "'stop' has " + values.size() + " strings; at most " + MAX_STOP_STRINGS + " are allowed");
            }
            for (String value : values) {
                if (value.isEmpty() || value.length() > MAX_STOP_LENGTH) {
                    throw new InvalidRequestException(
                            ErrorCode.OUT_OF_RANGE,
                            "stop",
                            "A string of 'stop' has " + value.length() + " characters; 1 to " + MAX_STOP_LENGTH
                                    + " are allowed");
                }
                Texts.requireValid("stop", value);
            }
            stop = List.copyOf(values);
            return this;
        }

        /**
         * @param values as in {@link #stop(List)}
         * @return this
         */
        public Builder stop(String... values) {
            return stop(List.of(values));
        }

        /** {@return the parameters} */
        public GenerateParameters build() {
            return new GenerateParameters(this);
        }

        private static double inRange(String parameter, double value, double min, double max) {
            // Written so that NaN fails too.
            if (!(value >= min && value <= max)) {
                throw new InvalidRequestException(
                        ErrorCode.OUT_OF_RANGE,
                        parameter,
                        "'" + parameter + "' must be between " + plain(min) + " and " + plain(max) + ", but is "
                                + value);
            }
            return value;
        }

        private static String plain(double limit) {
            return limit == Math.rint(limit) ? Long.toString((long) limit) : Double.toString(limit);
        }

        private static long inRange(String parameter, long value, long min, long max) {
            if (value < min || value > max) {
                throw new InvalidRequestException(
                        ErrorCode.OUT_OF_RANGE,
                        parameter,
                        "'" + parameter + "' must be between " + min + " and " + max + ", but is " + value);
            }
            return value;
        }
    }
}
