package io.hyperion.api;

import java.util.Objects;
import java.util.Optional;

/**
 * A model of the catalog.
 *
 * @param name the name that requests use
 * @param isDefault whether requests that name no model get this one
 * @param state where it stands
 * @param reason why it failed; empty unless the state is {@link ModelState#FAILED}
 * @param contextSize the tokens that all its sequences share, prompt and completion together; 0 if not known yet
 * @param slots how many requests it serves at once
 * @param fileName the name of its file, without the directories; empty if none is configured
 * @param details what its file says; empty if the file could not be read
 */
public record ModelInfo(
        String name,
        boolean isDefault,
        ModelState state,
        Optional<String> reason,
        int contextSize,
        int slots,
        Optional<String> fileName,
        Optional<Details> details) {
    public ModelInfo {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(fileName, "fileName");
        Objects.requireNonNull(details, "details");
    }

    /**
     * What the header of a model's file says.
     *
     * @param architecture the architecture, such as {@code llama}
     * @param title the model's own name; empty if it has none
     * @param quantization the type of most of its weights, such as {@code Q4_K_M}
     * @param parameters the number of weights
     * @param trainedContextLength the context it was trained with, in tokens
     * @param vocabularySize the number of tokens it knows
     * @param fileSize the size of its file in bytes
     * @param hasChatTemplate whether it brings a chat template
     */
    public record Details(
            String architecture,
            Optional<String> title,
            String quantization,
            long parameters,
            int trainedContextLength,
            int vocabularySize,
            long fileSize,
            boolean hasChatTemplate) {
        public Details {
            Objects.requireNonNull(architecture, "architecture");
            Objects.requireNonNull(title, "title");
            Objects.requireNonNull(quantization, "quantization");
        }
    }
}
