package io.hyperion.api;

import java.util.Objects;
import java.util.Optional;

/**
 * What is set for a model, and what its file says of its vocabulary and template.
 *
 * @param model the model's name
 * @param fileName the name of its file, without the directories
 * @param engine what runs it, such as {@code llama.cpp b4916}
 * @param contextSize the tokens that all its sequences share, prompt and completion together
 * @param requestLimit the tokens that one request may have, prompt and completion together
 * @param slots how many requests it serves at once
 * @param chatTemplate the chat template that the file brings, a Jinja text; empty if it brings none
 * @param beginToken the text of the token that begins a sequence; empty if there is none
 * @param endToken the text of the token that ends a sequence; empty if there is none
 * @param pooling what it gives for a text, such as {@code mean}, or {@code none} for a vector of each token; empty if it generates text
 * @param defaults the parameters of requests that do not say; what is absent here too is {@link Parameter#fallback()}
 */
public record ModelProperties(
        String model,
        String fileName,
        String engine,
        int contextSize,
        int requestLimit,
        int slots,
        Optional<String> chatTemplate,
        String beginToken,
        String endToken,
        Optional<String> pooling,
        GenerateParameters defaults) {
    public ModelProperties {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(fileName, "fileName");
        Objects.requireNonNull(engine, "engine");
        Objects.requireNonNull(chatTemplate, "chatTemplate");
        Objects.requireNonNull(beginToken, "beginToken");
        Objects.requireNonNull(endToken, "endToken");
        Objects.requireNonNull(pooling, "pooling");
        Objects.requireNonNull(defaults, "defaults");
    }
}
