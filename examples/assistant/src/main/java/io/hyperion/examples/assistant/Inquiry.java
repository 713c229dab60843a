package io.hyperion.examples.assistant;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

/**
 * What a customer wrote, and how a model is to be asked about it.
 *
 * @param customer who wrote
 * @param subject what it is about
 * @param text what is wanted
 * @param model the model to ask; empty for Hyperion's default model
 * @param template the prompt template: empty for the model's own, {@value #PLAIN} for this application's own text in Jinja, or a name that
 *     Hyperion knows, such as {@code chatml}
 * @param temperature of the draft: 0 always gives the same one
 * @param maxTokens how long the draft may get, in tokens
 */
public record Inquiry(
        @NotBlank @Size(max = 80) String customer,
        @NotBlank @Size(max = 120) String subject,
        @NotBlank @Size(max = 4000) String text,
        @NotNull @Size(max = 100) String model,
        @NotNull @Pattern(regexp = "[a-z0-9-]{0,20}", message = "must be the name of a template") String template,
        @DecimalMin("0") @DecimalMax("2") double temperature,
        @Min(1) @Max(4096) int maxTokens) {
    /** The name of the template that is a text of this application. */
    public static final String PLAIN = "plain";

    /** The {@link #maxTokens} where none are given. */
    public static final int DEFAULT_MAX_TOKENS = 400;
}
