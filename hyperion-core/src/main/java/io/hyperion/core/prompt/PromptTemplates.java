package io.hyperion.core.prompt;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.InvalidRequestException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The templates that can be had by name, and the choice for a model. */
public final class PromptTemplates {
    private static final Map<String, PromptTemplate> BUILT_IN = Map.of("chatml", new ChatMl());

    private PromptTemplates() {}

    /**
     * A template by its name.
     *
     * @param name the name, such as {@code chatml}
     * @return the template
     * @throws InvalidRequestException ({@link ErrorCode#UNSUPPORTED_TEMPLATE}) if there is none of that name
     */
    public static PromptTemplate named(String name) {
        PromptTemplate template = BUILT_IN.get(name);
        if (template == null) {
            throw new InvalidRequestException(
                    ErrorCode.UNSUPPORTED_TEMPLATE,
                    "template",
                    "There is no template '" + Excerpts.of(name) + "'; known are "
                            + String.join(", ", new TreeMap<>(BUILT_IN).keySet()));
        }
        return template;
    }

    /**
     * The template for a model's own template text. A model without one is prompted as ChatML, as llama.cpp's server does.
     *
     * @param source the model's template; empty if it has none
     * @return the template, or empty if that text is not supported
     */
    public static Optional<PromptTemplate> forModel(Optional<String> source) {
        if (source.isEmpty() || source.get().contains("<|im_start|>")) {
            return Optional.of(named("chatml"));
        }
        return Optional.empty();
    }
}
