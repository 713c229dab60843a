package io.hyperion.core.prompt;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.core.jinja.JinjaException;
import io.hyperion.core.jinja.JinjaLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The templates for a model: those that can be had by name, its own, and others as text. Safe for use by many threads. */
public final class PromptTemplates {
    /** The names of the templates that come with Hyperion. */
    public static final List<String> NAMES = List.of(
            "alpaca",
            "chatml",
            "command-r",
            "deepseek",
            "gemma",
            "llama2",
            "llama3",
            "mistral",
            "none",
            "phi3",
            "vicuna",
            "zephyr");

    /** How many templates are kept compiled; clients send the same one again and again. */
    private static final int KEPT = 16;

    private final SpecialTokens tokens;

    private final Map<String, PromptTemplate> recent = new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, PromptTemplate> eldest) {
            return size() > KEPT;
        }
    };

    /** @param tokens what the templates are told of the model's vocabulary */
    public PromptTemplates(SpecialTokens tokens) {
        this.tokens = tokens;
    }

    /**
     * A template by its name, or as Jinja text.
     *
     * @param template one of {@link #NAMES}; or, if it holds <code>{{</code> or <code>{%</code>, the text of a template
     * @return the template
     * @throws InvalidRequestException ({@link ErrorCode#UNSUPPORTED_TEMPLATE}, parameter {@code template}) if there is none of that name,
     *     or the text is no template
     */
    public PromptTemplate of(String template) {
        synchronized (recent) {
            PromptTemplate known = recent.get(template);
            if (known != null) {
                return known;
            }
        }
        PromptTemplate compiled = isText(template)
                ? compile(template, JinjaLimits.UNTRUSTED)
                : compile(source(template), JinjaLimits.DEFAULT);
        synchronized (recent) {
            recent.put(template, compiled);
        }
        return compiled;
    }

    private static boolean isText(String template) {
        return template.contains("{{") || template.contains("{%");
    }

    private PromptTemplate compile(String source, JinjaLimits limits) {
        try {
            return PromptTemplate.compile(source, tokens, limits);
        } catch (JinjaException e) {
            throw new InvalidRequestException(
                    ErrorCode.UNSUPPORTED_TEMPLATE, "template", "The chat template is not valid: " + e.getMessage());
        }
    }

    /**
     * The template for a model's own template text. A model without one is prompted as ChatML, as llama.cpp's server does.
     *
     * @param source the model's template; empty if it has none
     * @return the template
     * @throws InvalidRequestException ({@link ErrorCode#UNSUPPORTED_TEMPLATE}) if that text is no template
     */
    public PromptTemplate forModel(Optional<String> source) {
        return source.isEmpty() ? of("chatml") : compile(source.get(), JinjaLimits.DEFAULT);
    }

    private static String source(String name) {
        if (!NAMES.contains(name)) {
            throw new InvalidRequestException(
                    ErrorCode.UNSUPPORTED_TEMPLATE,
                    "template",
                    "There is no template '" + Excerpts.of(name) + "'; known are " + String.join(", ", NAMES)
                            + ". A template as text holds '{{' or '{%'");
        }
        try (InputStream resource = PromptTemplates.class.getResourceAsStream(name + ".jinja")) {
            if (resource == null) {
                throw new IllegalStateException("the template " + name + " is missing from the library");
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
