package io.hyperion.examples.assistant;

import io.hyperion.api.ModelInfo;

/**
 * A model that the page offers.
 *
 * @param name the name that requests use
 * @param preselected whether it is Hyperion's default model
 * @param state where it stands: {@code ready}, {@code loading}, {@code loaded} or {@code failed}
 * @param reason why it failed; empty if it did not
 * @param parameters the number of its weights; 0 if its file could not be read
 */
public record ModelChoice(String name, boolean preselected, String state, String reason, long parameters) {
    static ModelChoice of(ModelInfo model) {
        return new ModelChoice(
                model.name(),
                model.isDefault(),
                model.state().wireName(),
                model.reason().orElse(""),
                model.details().map(ModelInfo.Details::parameters).orElse(0L));
    }
}
