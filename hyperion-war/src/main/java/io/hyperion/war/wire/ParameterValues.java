package io.hyperion.war.wire;

import io.hyperion.api.GenerateParameters;
import io.hyperion.api.LogitBias;
import io.hyperion.api.Parameter;
import io.hyperion.api.Sampler;
import io.hyperion.war.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;

/** How the parameters of a generation are told: in the forms in which {@link ParameterFields} reads them. */
public final class ParameterValues {
    private ParameterValues() {}

    /**
     * @param parameters parameters
     * @return those of them that are set
     */
    public static JsonObject all(GenerateParameters parameters) {
        JsonObjectBuilder settings = Json.object();
        for (Parameter parameter : Parameter.values()) {
            if (parameters.has(parameter)) {
                add(settings, parameter, parameters);
            }
        }
        return settings.build();
    }

    /**
     * @param settings gets the value under the parameter's name
     * @param parameter a parameter that the others have, or that has a default
     * @param parameters where the value is
     */
    public static void add(JsonObjectBuilder settings, Parameter parameter, GenerateParameters parameters) {
        String name = parameter.wireName();
        switch (parameter.type()) {
            case NUMBER -> settings.add(name, parameters.number(parameter));
            case WHOLE -> settings.add(name, parameters.whole(parameter));
            case BOOLEAN -> settings.add(name, parameters.truth(parameter));
            case TEXT -> settings.add(name, parameters.grammar().orElse(""));
            case LIST -> settings.add(name, list(parameter, parameters));
        }
    }

    private static JsonArrayBuilder list(Parameter parameter, GenerateParameters parameters) {
        JsonArrayBuilder list = Json.list();
        switch (parameter) {
            case SAMPLERS ->
                parameters.samplers().orElse(Sampler.DEFAULT_ORDER).forEach(sampler -> list.add(sampler.wireName()));
            case DRY_SEQUENCE_BREAKERS ->
                parameters
                        .drySequenceBreakers()
                        .orElse(GenerateParameters.DEFAULT_SEQUENCE_BREAKERS)
                        .forEach(list::add);
            case STOP -> parameters.stop().forEach(list::add);
            case LORA ->
                parameters
                        .lora()
                        .forEach(adapter ->
                                list.add(Json.object().add("id", adapter.id()).add("scale", adapter.scale())));
            case LOGIT_BIAS -> parameters.logitBias().forEach(entry -> list.add(bias(entry)));
            default -> throw new IllegalArgumentException(parameter + " is no list");
        }
        return list;
    }

    /** In the form in which it is asked for. */
    private static JsonArrayBuilder bias(LogitBias entry) {
        JsonArrayBuilder pair = Json.list();
        if (entry instanceof LogitBias.OfToken one) {
            pair.add(one.token());
        } else if (entry instanceof LogitBias.OfText text) {
            pair.add(text.text());
        }
        return entry.bias() == LogitBias.BANNED ? pair.add(false) : pair.add(entry.bias());
    }
}
