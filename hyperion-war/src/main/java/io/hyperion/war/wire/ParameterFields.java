package io.hyperion.war.wire;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.LogitBias;
import io.hyperion.api.LoraScale;
import io.hyperion.api.Parameter;
import io.hyperion.api.Sampler;
import io.hyperion.war.json.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads parameters of a generation from the fields of the same names, in llama.cpp's forms. */
public final class ParameterFields {
    private static final int MAX_TOKEN = Integer.MAX_VALUE;

    private ParameterFields() {}

    /**
     * Reads parameters.
     *
     * @param fields what was sent
     * @param wanted which parameters; of others, fields of their names are left alone
     * @param parameters get what is there
     * @throws InvalidRequestException if a value is not valid
     */
    public static void read(Fields fields, Set<Parameter> wanted, GenerateParameters.Builder parameters) {
        for (Parameter parameter : wanted) {
            String name = parameter.wireName();
            switch (parameter.type()) {
                case NUMBER -> fields.number(name).ifPresent(value -> parameters.set(parameter, value));
                case WHOLE ->
                    fields.whole(name, (long) parameter.min(), (long) parameter.max())
                            .ifPresent(value -> parameters.set(parameter, value));
                case BOOLEAN -> fields.bool(name).ifPresent(value -> parameters.set(parameter, value));
                case TEXT, LIST -> readLonger(fields, parameter, parameters);
            }
        }
    }

    private static void readLonger(Fields fields, Parameter parameter, GenerateParameters.Builder parameters) {
        String name = parameter.wireName();
        switch (parameter) {
            // llama.cpp's clients send an empty one for none.
            case GRAMMAR -> fields.text(name).filter(text -> !text.isEmpty()).ifPresent(parameters::grammar);
            case STOP -> fields.texts(name).ifPresent((List<String> texts) -> parameters.stop(texts));
            case DRY_SEQUENCE_BREAKERS -> fields.texts(name).ifPresent(parameters::drySequenceBreakers);
            case SAMPLERS -> {
                if (fields.any(name).filter(String.class::isInstance).isPresent()) {
                    fields.text(name).map(Sampler::ofLetters).ifPresent(parameters::samplers);
                } else {
                    fields.texts(name)
                            .map(names -> names.stream().map(Sampler::of).toList())
                            .ifPresent(parameters::samplers);
                }
            }
            case LORA ->
                fields.objects(name)
                        .map(adapters ->
                                adapters.stream().map(ParameterFields::lora).toList())
                        .ifPresent(parameters::lora);
            case LOGIT_BIAS -> fields.any(name).map(ParameterFields::logitBias).ifPresent(parameters::logitBias);
            default -> throw new IllegalArgumentException(parameter + " has no form on the wire");
        }
    }

    private static LoraScale lora(Fields adapter) {
        long id = adapter.whole("id", 0, Integer.MAX_VALUE).orElseThrow(() -> missing("lora", "id"));
        return new LoraScale((int) id, adapter.number("scale").orElseThrow(() -> missing("lora", "scale")));
    }

    private static InvalidRequestException missing(String list, String field) {
        return new InvalidRequestException(
                ErrorCode.MISSING_FIELD,
                list + "." + field,
                "'" + field + "' is missing in an entry of '" + list + "'");
    }

    /** A list of pairs of a token or text and a bias or false; or an object with tokens or texts as names. */
    private static List<LogitBias> logitBias(Object value) {
        List<LogitBias> biases = new ArrayList<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, bias) -> biases.add(logitBias(tokenOrText((String) key), bias)));
        } else if (value instanceof List<?> list) {
            for (Object entry : list) {
                if (!(entry instanceof List<?> pair) || pair.size() != 2) {
                    throw wrongBias("be a list of pairs [token or text, bias or false]");
                }
                biases.add(logitBias(pair.get(0), pair.get(1)));
            }
        } else {
            throw wrongBias("be a list of pairs [token or text, bias or false], or an object");
        }
        return biases;
    }

    private static Object tokenOrText(String key) {
        return key.matches("\\d{1,9}") ? Long.valueOf(key) : key;
    }

    private static LogitBias logitBias(Object target, Object bias) {
        double number;
        if (bias instanceof Number given) {
            number = given.doubleValue();
        } else if (Boolean.FALSE.equals(bias)) {
            number = LogitBias.BANNED;
        } else {
            throw wrongBias("have numbers, or false, as biases");
        }
        if (target instanceof String text) {
            return LogitBias.of(text, number);
        }
        if (!(target instanceof Number token) || token.doubleValue() != Math.rint(token.doubleValue())) {
            throw wrongBias("have whole numbers or texts as tokens");
        }
        // Out of the range of an int is out of every vocabulary.
        return LogitBias.of((int) Math.max(-1, Math.min(MAX_TOKEN, token.longValue())), number);
    }

    private static InvalidRequestException wrongBias(String must) {
        return new InvalidRequestException(
                ErrorCode.WRONG_TYPE, Parameter.LOGIT_BIAS.wireName(), "'logit_bias' must " + must);
    }
}
