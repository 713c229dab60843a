package io.hyperion.war.llamacpp;

import io.hyperion.api.GenerateParameters;
import io.hyperion.api.ModelProperties;
import io.hyperion.api.Parameter;
import io.hyperion.war.json.Json;
import io.hyperion.war.wire.ParameterValues;
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
                default -> ParameterValues.add(settings, parameter, parameters);
            }
        }
        return settings;
    }
}
