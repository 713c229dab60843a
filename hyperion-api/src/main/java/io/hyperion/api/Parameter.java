package io.hyperion.api;

import java.util.Arrays;
import java.util.Optional;

/**
 * The parameters of a generation: their names on the wire, which are those of llama.cpp's server, types, ranges, and defaults, which are
 * llama.cpp b4916's; {@code tfs_z} and {@code penalize_nl} are older, with the defaults they had. {@link GenerateParameters} says what each does.
 */
public enum Parameter {
    /** See {@link GenerateParameters#temperature()}. */
    TEMPERATURE("temperature", Type.NUMBER, 0, 100, 0.8),
    /** See {@link GenerateParameters#dynatempRange()}. */
    DYNATEMP_RANGE("dynatemp_range", Type.NUMBER, 0, 100, 0),
    /** See {@link GenerateParameters#dynatempExponent()}. */
    DYNATEMP_EXPONENT("dynatemp_exponent", Type.NUMBER, 0, 100, 1),
    /** See {@link GenerateParameters#topK()}. */
    TOP_K("top_k", Type.WHOLE, 0, Integer.MAX_VALUE, 40),
    /** See {@link GenerateParameters#topP()}. */
    TOP_P("top_p", Type.NUMBER, 0, 1, 0.95),
    /** See {@link GenerateParameters#minP()}. */
    MIN_P("min_p", Type.NUMBER, 0, 1, 0.05),
    /** See {@link GenerateParameters#tailFreeZ()}. */
    TFS_Z("tfs_z", Type.NUMBER, 0, 1, 1),
    /** See {@link GenerateParameters#typicalP()}. */
    TYPICAL_P("typical_p", Type.NUMBER, 0, 1, 1),
    /** See {@link GenerateParameters#topNSigma()}. */
    TOP_N_SIGMA("top_n_sigma", Type.NUMBER, -1, 100, -1),
    /** See {@link GenerateParameters#xtcProbability()}. */
    XTC_PROBABILITY("xtc_probability", Type.NUMBER, 0, 1, 0),
    /** See {@link GenerateParameters#xtcThreshold()}. */
    XTC_THRESHOLD("xtc_threshold", Type.NUMBER, 0, 1, 0.1),
    /** See {@link GenerateParameters#dryMultiplier()}. */
    DRY_MULTIPLIER("dry_multiplier", Type.NUMBER, 0, 100, 0),
    /** See {@link GenerateParameters#dryBase()}. */
    DRY_BASE("dry_base", Type.NUMBER, 1, 100, 1.75),
    /** See {@link GenerateParameters#dryAllowedLength()}. */
    DRY_ALLOWED_LENGTH("dry_allowed_length", Type.WHOLE, 0, Integer.MAX_VALUE, 2),
    /** See {@link GenerateParameters#dryPenaltyLastN()}. */
    DRY_PENALTY_LAST_N("dry_penalty_last_n", Type.WHOLE, -1, Integer.MAX_VALUE, -1),
    /** See {@link GenerateParameters#drySequenceBreakers()}. */
    DRY_SEQUENCE_BREAKERS("dry_sequence_breakers", Type.LIST),
    /** See {@link GenerateParameters#repeatPenalty()}. */
    REPEAT_PENALTY("repeat_penalty", Type.NUMBER, 0.01, 100, 1),
    /** See {@link GenerateParameters#repeatLastN()}. */
    REPEAT_LAST_N("repeat_last_n", Type.WHOLE, -1, Integer.MAX_VALUE, 64),
    /** See {@link GenerateParameters#penalizeNewLines()}. */
    PENALIZE_NL("penalize_nl", Type.BOOLEAN, 0, 1, 1),
    /** See {@link GenerateParameters#presencePenalty()}. */
    PRESENCE_PENALTY("presence_penalty", Type.NUMBER, -100, 100, 0),
    /** See {@link GenerateParameters#frequencyPenalty()}. */
    FREQUENCY_PENALTY("frequency_penalty", Type.NUMBER, -100, 100, 0),
    /** See {@link GenerateParameters#mirostat()}. */
    MIROSTAT("mirostat", Type.WHOLE, 0, 2, 0),
    /** See {@link GenerateParameters#mirostatTau()}. */
    MIROSTAT_TAU("mirostat_tau", Type.NUMBER, 0, 100, 5),
    /** See {@link GenerateParameters#mirostatEta()}. */
    MIROSTAT_ETA("mirostat_eta", Type.NUMBER, 0, 100, 0.1),
    /** See {@link GenerateParameters#samplers()}. */
    SAMPLERS("samplers", Type.LIST),
    /** See {@link GenerateParameters#minKeep()}. */
    MIN_KEEP("min_keep", Type.WHOLE, 0, Integer.MAX_VALUE, 0),
    /** See {@link GenerateParameters#doSample()}. */
    DO_SAMPLE("do_sample", Type.BOOLEAN, 0, 1, 1),
    /** See {@link GenerateParameters#seed()}. */
    SEED("seed", Type.WHOLE, 0, GenerateParameters.MAX_SEED),
    /** See {@link GenerateParameters#grammar()}. */
    GRAMMAR("grammar", Type.TEXT),
    /** See {@link GenerateParameters#logitBias()}. */
    LOGIT_BIAS("logit_bias", Type.LIST),
    /** See {@link GenerateParameters#ignoreEos()}. */
    IGNORE_EOS("ignore_eos", Type.BOOLEAN, 0, 1, 0),
    /** See {@link GenerateParameters#logProbabilities()}. */
    N_PROBS("n_probs", Type.WHOLE, 0, 100, 0),
    /** See {@link GenerateParameters#postSamplingProbabilities()}. */
    POST_SAMPLING_PROBS("post_sampling_probs", Type.BOOLEAN, 0, 1, 0),
    /** See {@link GenerateParameters#returnTokens()}. */
    RETURN_TOKENS("return_tokens", Type.BOOLEAN, 0, 1, 0),
    /** See {@link GenerateParameters#timingsPerToken()}. */
    TIMINGS_PER_TOKEN("timings_per_token", Type.BOOLEAN, 0, 1, 0),
    /** See {@link GenerateParameters#maxPredictMillis()}. */
    T_MAX_PREDICT_MS("t_max_predict_ms", Type.WHOLE, 0, Integer.MAX_VALUE, 0),
    /** See {@link GenerateParameters#minIndent()}. */
    N_INDENT("n_indent", Type.WHOLE, 0, Integer.MAX_VALUE, 0),
    /** See {@link GenerateParameters#maxTokens()}. */
    MAX_TOKENS("max_tokens", Type.WHOLE, 0, Integer.MAX_VALUE),
    /** See {@link GenerateParameters#stop()}. */
    STOP("stop", Type.LIST),
    /** See {@link GenerateParameters#n()}. */
    N("n", Type.WHOLE, 1, 64, 1),
    /** See {@link GenerateParameters#bestOf()}. */
    BEST_OF("best_of", Type.WHOLE, 1, 64),
    /** See {@link GenerateParameters#keptTokens()}. */
    N_KEEP("n_keep", Type.WHOLE, -1, Integer.MAX_VALUE, 0),
    /** See {@link GenerateParameters#discardedTokens()}. */
    N_DISCARD("n_discard", Type.WHOLE, 0, Integer.MAX_VALUE, 0),
    /** See {@link GenerateParameters#contextShift()}. */
    CONTEXT_SHIFT("context_shift", Type.BOOLEAN),
    /** See {@link GenerateParameters#cachePrompt()}. */
    CACHE_PROMPT("cache_prompt", Type.BOOLEAN, 0, 1, 1),
    /** See {@link GenerateParameters#lora()}. */
    LORA("lora", Type.LIST),
    /** See {@link GenerateParameters#slot()}. */
    ID_SLOT("id_slot", Type.WHOLE, -1, Integer.MAX_VALUE, -1),
    /** See {@link GenerateParameters#preferredSlot()}. */
    SLOT_ID("slot_id", Type.WHOLE, -1, Integer.MAX_VALUE, -1);

    /** What values a parameter has. */
    public enum Type {
        /** A finite number. */
        NUMBER,
        /** A whole number. */
        WHOLE,
        /** True or false. */
        BOOLEAN,
        /** A text. */
        TEXT,
        /** A list. */
        LIST
    }

    private final String wireName;
    private final Type type;
    private final double min;
    private final double max;
    private final Optional<Double> fallback;

    Parameter(String wireName, Type type, double min, double max, double fallback) {
        this(wireName, type, min, max, Optional.of(fallback));
    }

    Parameter(String wireName, Type type, double min, double max) {
        this(wireName, type, min, max, Optional.empty());
    }

    Parameter(String wireName, Type type) {
        this(wireName, type, 0, 1, Optional.empty());
    }

    Parameter(String wireName, Type type, double min, double max, Optional<Double> fallback) {
        this.wireName = wireName;
        this.type = type;
        this.min = min;
        this.max = max;
        this.fallback = fallback;
    }

    /**
     * @param wireName a name on the wire
     * @return the parameter of that name
     */
    public static Optional<Parameter> of(String wireName) {
        return Arrays.stream(values())
                .filter(parameter -> parameter.wireName.equals(wireName))
                .findFirst();
    }

    /** {@return the name on the wire, in the configuration and in errors} */
    public String wireName() {
        return wireName;
    }

    /** {@return what values it has} */
    public Type type() {
        return type;
    }

    /** {@return whether it is a number, a whole number, or true or false} */
    public boolean isScalar() {
        return type == Type.NUMBER || type == Type.WHOLE || type == Type.BOOLEAN;
    }

    /** {@return the smallest allowed number; {@link #TOP_P} must be above it} */
    public double min() {
        return min;
    }

    /** {@return the largest allowed number} */
    public double max() {
        return max;
    }

    /** {@return the number that is taken where neither the request nor the model says; 1 is true; empty if it depends on the rest} */
    public Optional<Double> fallback() {
        return fallback;
    }

    InvalidRequestException outOfRange(String message) {
        return new InvalidRequestException(ErrorCode.OUT_OF_RANGE, wireName, message);
    }

    double checked(double value) {
        if (this == TOP_P && value == 0) {
            throw outOfRange("'top_p' must be above 0 and at most 1, but is 0");
        }
        // Written so that NaN fails too.
        if (!(value >= min && value <= max)) {
            throw outOfRange("'" + wireName + "' must be between " + plain(min) + " and " + plain(max) + ", but is "
                    + (type == Type.WHOLE ? plain(value) : Double.toString(value)));
        }
        return value;
    }

    private static String plain(double limit) {
        return limit == Math.rint(limit) ? Long.toString((long) limit) : Double.toString(limit);
    }
}
