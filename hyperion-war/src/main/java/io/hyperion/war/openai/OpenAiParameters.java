package io.hyperion.war.openai;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.LogitBias;
import io.hyperion.api.Parameter;
import io.hyperion.war.json.Fields;
import io.hyperion.war.wire.ParameterFields;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads what OpenAI's two ways to generate have in common: how tokens are chosen, and how many. */
final class OpenAiParameters {
    /** Those that have other names or values here; what tells of tokens is asked for in OpenAI's own way. */
    private static final Set<Parameter> OTHER = EnumSet.of(
            Parameter.MAX_TOKENS,
            Parameter.TOP_K,
            Parameter.TOP_P,
            Parameter.SEED,
            Parameter.LOGIT_BIAS,
            Parameter.N_PROBS,
            Parameter.POST_SAMPLING_PROBS,
            Parameter.RETURN_TOKENS);

    private static final Set<Parameter> SAME = EnumSet.complementOf(EnumSet.copyOf(OTHER));

    /** The fields that are read. */
    static final Set<String> NAMES = Stream.concat(
                    SAME.stream().map(Parameter::wireName),
                    Stream.of("max_tokens", "top_k", "top_p", "seed", "logit_bias", "repeat_penalty_num"))
            .collect(Collectors.toUnmodifiableSet());

    /** OpenAI's bias of what is never to come. */
    private static final double NEVER = -100;

    private OpenAiParameters() {}

    /**
     * @param fields what was sent
     * @return what of it says how to generate, but for the number of tokens
     * @throws InvalidRequestException if a value is not valid
     */
    static GenerateParameters.Builder read(Fields fields) {
        GenerateParameters.Builder parameters = GenerateParameters.builder();
        ParameterFields.read(fields, SAME, parameters);
        fields.whole("top_k", -1, Integer.MAX_VALUE).ifPresent(value -> parameters.topK((int) Math.max(0, value)));
        // OpenAI takes 0 for the smallest value there is: the most probable token alone.
        fields.number("top_p").ifPresent(value -> parameters.topP(value == 0 ? Float.MIN_NORMAL : value));
        fields.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE).ifPresent(seed -> {
            // A random one to clients of llama.cpp's server.
            if (seed != -1) {
                parameters.seed(folded(seed));
            }
        });
        fields.whole("repeat_penalty_num", -1, Integer.MAX_VALUE)
                .ifPresent(value -> parameters.repeatLastN((int) value));
        logitBias(fields, parameters);
        if (!fields.has("n")) {
            // Whatever the model's own default is: clients of OpenAI count on it.
            parameters.n(1);
        }
        return parameters;
    }

    /** OpenAI's seeds have 64 bits with a sign, the engine's 32 without. */
    private static long folded(long seed) {
        return seed >= 0 && seed <= GenerateParameters.MAX_SEED ? seed : Integer.toUnsignedLong(Long.hashCode(seed));
    }

    private static void logitBias(Fields fields, GenerateParameters.Builder parameters) {
        GenerateParameters.Builder read = GenerateParameters.builder();
        ParameterFields.read(fields, EnumSet.of(Parameter.LOGIT_BIAS), read);
        List<LogitBias> biases = read.build().logitBias();
        if (!biases.isEmpty()) {
            parameters.logitBias(biases.stream().map(OpenAiParameters::orBanned).toList());
        }
    }

    private static LogitBias orBanned(LogitBias entry) {
        if (entry.bias() > NEVER) {
            return entry;
        }
        return entry instanceof LogitBias.OfToken token
                ? LogitBias.of(token.token(), LogitBias.BANNED)
                : LogitBias.of(((LogitBias.OfText) entry).text(), LogitBias.BANNED);
    }

    /**
     * @param fields what was sent
     * @param names the names that the largest number of tokens may have
     * @return that number; empty if none is sent, or -1, which is none to clients of llama.cpp's server
     * @throws InvalidRequestException if two names have different numbers
     */
    static OptionalInt maxTokens(Fields fields, List<String> names) {
        OptionalLong found = OptionalLong.empty();
        for (String name : names) {
            OptionalLong value = fields.whole(name, -1, Integer.MAX_VALUE);
            if (found.isPresent() && value.isPresent() && found.getAsLong() != value.getAsLong()) {
                throw new InvalidRequestException(
                        ErrorCode.CONFLICT,
                        fields.parameter(name),
                        "'" + names.get(0) + "' and '" + name
                                + "' are two names of the same, but have different values");
            }
            found = value.isPresent() ? value : found;
        }
        return found.isPresent() && found.getAsLong() >= 0
                ? OptionalInt.of((int) found.getAsLong())
                : OptionalInt.empty();
    }

    /**
     * @param fields what was sent
     * @return whether a stream is to tell at its end how many tokens there were
     * @throws InvalidRequestException if that is said of what is no stream
     */
    static boolean includeUsage(Fields fields) {
        boolean streams = fields.bool("stream").orElse(false);
        return fields.object("stream_options")
                .map(options -> {
                    if (!streams) {
                        throw new InvalidRequestException(
                                ErrorCode.CONFLICT,
                                fields.parameter("stream_options"),
                                "'stream_options' is only allowed when 'stream' is true");
                    }
                    return options.bool("include_usage").orElse(false);
                })
                .orElse(false);
    }
}
