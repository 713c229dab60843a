package io.hyperion.core.model;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.core.gguf.GgufFile;
import io.hyperion.core.prompt.PromptTemplate;
import io.hyperion.core.prompt.PromptTemplates;
import io.hyperion.core.prompt.SpecialTokens;
import java.util.Optional;

/**
 * The chat templates of a model.
 *
 * @param named those that a request may ask for
 * @param own the one for requests that ask for none; empty if it cannot be used
 * @param problem why that is so; empty if it can
 */
record ChatTemplates(PromptTemplates named, Optional<PromptTemplate> own, String problem) {
    private static final System.Logger LOGGER = System.getLogger(ChatTemplates.class.getName());

    /** Those of a model file, of which a template that cannot be used is logged; the model then serves raw prompts. */
    static ChatTemplates of(String model, Optional<String> configured, GgufFile file) {
        PromptTemplates named = new PromptTemplates(
                new SpecialTokens(file.bosText().orElse(""), file.eosText().orElse(""), file.addsBos()));
        try {
            PromptTemplate own =
                    configured.isPresent() ? named.of(configured.get()) : named.forModel(file.chatTemplate());
            return new ChatTemplates(named, Optional.of(own), "");
        } catch (InvalidRequestException e) {
            String problem = "The chat template of model '" + model + "' cannot be used: " + e.getMessage();
            LOGGER.log(System.Logger.Level.WARNING, problem);
            return new ChatTemplates(
                    named, Optional.empty(), problem + ". Name another in 'template', or send a raw 'prompt'");
        }
    }

    /**
     * The template for a request.
     *
     * @param asked what the request asks for, by name or as text
     * @throws InvalidRequestException ({@link ErrorCode#UNSUPPORTED_TEMPLATE}) if there is none such
     */
    PromptTemplate of(Optional<String> asked) {
        return asked.map(named::of)
                .or(() -> own)
                .orElseThrow(() -> new InvalidRequestException(ErrorCode.UNSUPPORTED_TEMPLATE, "template", problem));
    }
}
