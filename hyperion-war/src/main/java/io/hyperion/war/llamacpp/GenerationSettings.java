package io.hyperion.war.llamacpp;

import io.hyperion.api.GenerateParameters;
import io.hyperion.api.LogitBias;
import io.hyperion.api.ModelProperties;
import io.hyperion.api.Parameter;
import io.hyperion.api.Sampler;
import io.hyperion.war.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;

/** The parameters that act, as llama.cpp's server tells them in {@code generation_settings}. */
final class GenerationSettings {
    private GenerationSettings() {}

    /**
     * @param asked the parameters that a request has
     * @param model the properties of its model, whose defaults and Hyperion's stand where it has none
     * @return the settings: all parameters by their names, and {@code n_ctx} and {@code model}
     */
    static JsonObjectBuilder of(GenerateParameters asked, ModelProperties model) {
        GenerateParameters parameters = asked.orElse(model.defaults());
        int limit = parameters.maxTokens().orElse(-1);
        JsonObjectBuilder settings = Json.object()
                .add("n_ctx", model.requestLimit())
                .add("model", model.model())
                .add("n_predict", limit)
                .add("max_tokens", limit)
                .add("seed", parameters.seed().orElse(-1))
                .add(Parameter.BEST_OF.wireName(), parameters.bestOf().orElse((int) parameters.whole(Parameter.N)))
                .add(
                        Parameter.CONTEXT_SHIFT.wireName(),
                        parameters.contextShift().orElse(false));
        for (Parameter parameter : Parameter.values()) {
            switch (parameter) {
                case MAX_TOKENS, SEED, BEST_OF, CONTEXT_SHIFT, DO_SAMPLE -> {
                    // Told above; the last one is none of llama.cpp's.
                }
                default -> add(settings, parameter, parameters);
            }
        }
        return settings;
    }

    private static void add(JsonObjectBuilder settings, Parameter parameter, GenerateParameters parameters) {
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
