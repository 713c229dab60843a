package io.hyperion.core.model;

import io.hyperion.core.engine.ServedModel;
import java.util.Optional;

/**
 * A model that is there.
 *
 * @param facts what its files say
 * @param served the model in memory; there if that was waited for
 */
record Arrived(ModelFacts facts, Optional<ServedModel> served) {
    /** {@return the model in memory, for who has waited for that} */
    ServedModel model() {
        return served.orElseThrow();
    }
}
