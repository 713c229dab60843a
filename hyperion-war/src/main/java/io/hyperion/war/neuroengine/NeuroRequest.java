package io.hyperion.war.neuroengine;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Parameter;
import io.hyperion.war.json.Fields;
import io.hyperion.war.wire.ParameterFields;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What NeuroEngine's clients send, with its defaults.
 *
 * @param request what to generate
 * @param streamKey the key of the stream that the reply is asked for by; empty if it is wanted at once
 * @param getTokens how many pieces of it are wanted at most, if it is a stream
 */
record NeuroRequest(GenerateRequest request, Optional<String> streamKey, int getTokens) {
    /** All fields that mean something, those that are no part of the request included. */
    static final Set<String> FIELDS = Set.of(
            "message",
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "repetition_penalty",
            "max_new_len",
            "seed",
            "raw",
            "key",
            "streamkey",
            "gettokens",
            "command");

    /** The longest accepted stream key in UTF-16 characters. */
    static final int MAX_KEY_LENGTH = 512;

    private static final Set<Parameter> SAME =
            EnumSet.of(Parameter.TEMPERATURE, Parameter.TOP_P, Parameter.TOP_K, Parameter.MIN_P);

    private static final int DEFAULT_MAX_NEW_LEN = 128;
    private static final int DEFAULT_GET_TOKENS = 20;
    private static final double DEFAULT_REPETITION_PENALTY = 1.2;

    /**
     * @param model the model's name
     * @param fields what was sent
     * @param keyIsSpent whether the field {@code key} was needed for access, and so is no stream key
     * @return the request
     * @throws InvalidRequestException if it is not valid
     */
    static NeuroRequest read(String model, Fields fields, boolean keyIsSpent) {
        GenerateParameters.Builder parameters = GenerateParameters.builder()
                .temperature(1)
                .topP(0.9)
                .topK(40)
                .minP(0)
                .maxTokens(
                        (int) fields.whole("max_new_len", 1, Integer.MAX_VALUE).orElse(DEFAULT_MAX_NEW_LEN))
                .repeatPenalty(repetitionPenalty(fields));
        ParameterFields.read(fields, SAME, parameters);
        // 0, the default, is a seed like any other: the same message gets the same reply.
        long seed = fields.whole("seed", -1, GenerateParameters.MAX_SEED).orElse(0);
        if (seed >= 0) {
            parameters.seed(seed);
        }
        GenerateRequest.Builder request = GenerateRequest.builder().model(model).parameters(parameters.build());
        String message = message(fields);
        if (raw(fields)) {
            request.prompt(message);
        } else {
            request.user(message);
        }
        int getTokens = (int) fields.whole("gettokens", 1, Integer.MAX_VALUE).orElse(DEFAULT_GET_TOKENS);
        return new NeuroRequest(request.build(), streamKey(fields, keyIsSpent), getTokens);
    }

    private static String message(Fields fields) {
        String message = fields.requireText("message");
        if (message.isEmpty()) {
            throw new InvalidRequestException(ErrorCode.EMPTY_PROMPT, "message", "'message' must not be empty");
        }
        return message;
    }

    private static double repetitionPenalty(Fields fields) {
        double value = fields.number("repetition_penalty").orElse(DEFAULT_REPETITION_PENALTY);
        double min = Parameter.REPEAT_PENALTY.min();
        double max = Parameter.REPEAT_PENALTY.max();
        if (!(value >= min && value <= max)) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE,
                    "repetition_penalty",
                    "'repetition_penalty' must be between " + min + " and " + max + ", but is " + value);
        }
        return value;
    }

    /** True or false, or as Python writes them in a string. */
    private static boolean raw(Fields fields) {
        Object value = fields.any("raw").orElse(false);
        if (value instanceof Boolean raw) {
            return raw;
        }
        if (value instanceof String text) {
            if (text.equalsIgnoreCase("true")) {
                return true;
            }
            if (text.equalsIgnoreCase("false")) {
                return false;
            }
            throw new InvalidRequestException(
                    ErrorCode.UNKNOWN_VALUE,
                    "raw",
                    "'raw' must be \"True\" or \"False\", but is '" + Excerpts.of(text) + "'");
        }
        throw new InvalidRequestException(
                ErrorCode.WRONG_TYPE, "raw", "'raw' must be true or false, or one of these in a string");
    }

    /** NeuroEngine's own client sends it as {@code key}, and always with {@code gettokens}; empty, if it wants no stream. */
    private static Optional<String> streamKey(Fields fields, boolean keyIsSpent) {
        Optional<String> key = text(fields, "streamkey");
        return key.isEmpty() && !keyIsSpent && fields.has("gettokens") ? text(fields, "key") : key;
    }

    private static Optional<String> text(Fields fields, String name) {
        Optional<String> text = fields.text(name).filter(value -> !value.isEmpty());
        if (text.isPresent() && text.get().length() > MAX_KEY_LENGTH) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE,
                    name,
                    "'" + name + "' has " + text.get().length() + " characters; at most " + MAX_KEY_LENGTH
                            + " are allowed");
        }
        return text;
    }
}
