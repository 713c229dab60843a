package io.hyperion.api.bridge;

import io.hyperion.api.GenerateParameters;
import io.hyperion.api.LogitBias;
import io.hyperion.api.LoraScale;
import io.hyperion.api.Parameter;
import io.hyperion.api.Sampler;
import java.util.List;
import java.util.Map;

/** Parameters by their names on the wire. */
final class ParameterTrees {
    private static final String TOKEN = "token";
    private static final String TEXT = "text";
    private static final String BIAS = "bias";
    private static final String ID = "id";
    private static final String SCALE = "scale";

    private ParameterTrees() {}

    static Map<String, Object> tree(GenerateParameters parameters) {
        Tree tree = new Tree();
        for (Parameter parameter : Parameter.values()) {
            if (parameters.has(parameter)) {
                tree.put(parameter.wireName(), value(parameters, parameter));
            }
        }
        return tree.map();
    }

    private static Object value(GenerateParameters parameters, Parameter parameter) {
        return switch (parameter.type()) {
            case NUMBER -> parameters.number(parameter);
            case WHOLE -> parameters.whole(parameter);
            case BOOLEAN -> parameters.truth(parameter);
            case TEXT, LIST ->
                switch (parameter) {
                    case GRAMMAR -> parameters.grammar().orElseThrow();
                    case DRY_SEQUENCE_BREAKERS ->
                        parameters.drySequenceBreakers().orElseThrow();
                    case STOP -> parameters.stop();
                    case SAMPLERS ->
                        parameters.samplers().orElseThrow().stream()
                                .map(Sampler::wireName)
                                .toList();
                    case LOGIT_BIAS ->
                        parameters.logitBias().stream()
                                .map(ParameterTrees::bias)
                                .toList();
                    case LORA ->
                        parameters.lora().stream()
                                .map(scale -> Map.<String, Object>of(ID, scale.id(), SCALE, scale.scale()))
                                .toList();
                    default -> throw new IllegalArgumentException(parameter + " cannot cross between applications");
                };
        };
    }

    private static Map<String, Object> bias(LogitBias bias) {
        if (bias instanceof LogitBias.OfToken token) {
            return Map.of(TOKEN, token.token(), BIAS, token.bias());
        }
        return Map.of(TEXT, ((LogitBias.OfText) bias).text(), BIAS, bias.bias());
    }

    static GenerateParameters read(Fields fields) {
        GenerateParameters.Builder builder = GenerateParameters.builder();
        for (Parameter parameter : Parameter.values()) {
            if (fields.has(parameter.wireName())) {
                read(fields, parameter, builder);
            }
        }
        return builder.build();
    }

    private static void read(Fields fields, Parameter parameter, GenerateParameters.Builder builder) {
        String name = parameter.wireName();
        switch (parameter.type()) {
            case NUMBER -> builder.set(parameter, fields.number(name));
            case WHOLE -> builder.set(parameter, fields.large(name));
            case BOOLEAN -> builder.set(parameter, fields.truth(name));
            case TEXT, LIST -> {
                switch (parameter) {
                    case GRAMMAR -> builder.grammar(fields.text(name));
                    case DRY_SEQUENCE_BREAKERS -> builder.drySequenceBreakers(fields.list(name, String.class));
                    case STOP -> builder.stop(fields.list(name, String.class));
                    case SAMPLERS -> builder.samplers(samplers(fields.list(name, String.class)));
                    case LOGIT_BIAS -> builder.logitBias(fields.nodes(name, ParameterTrees::readBias));
                    case LORA ->
                        builder.lora(fields.nodes(name, node -> new LoraScale(node.whole(ID), node.number(SCALE))));
                    default -> throw new IllegalArgumentException(parameter + " cannot cross between applications");
                }
            }
        }
    }

    private static List<Sampler> samplers(List<String> names) {
        return names.stream().map(Sampler::of).toList();
    }

    private static LogitBias readBias(Fields node) {
        return node.has(TEXT)
                ? LogitBias.of(node.text(TEXT), node.number(BIAS))
                : LogitBias.of(node.whole(TOKEN), node.number(BIAS));
    }
}
