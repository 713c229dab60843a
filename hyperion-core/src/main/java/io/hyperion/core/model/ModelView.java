package io.hyperion.core.model;

import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelState;
import io.hyperion.core.engine.ServedModel;
import java.util.Optional;

/**
 * What is known of a model's life at one time.
 *
 * @param state where it stands
 * @param reason why it failed; empty unless it did
 * @param located its settings with the path of its file; empty if that is not there
 * @param facts what its file says
 * @param loaded the model in memory, if it is there
 * @param progress how far it is on its way into memory
 * @param life when it is loaded and unloaded
 */
record ModelView(
        ModelState state,
        Optional<String> reason,
        Optional<ModelSettings> located,
        Optional<ModelFacts> facts,
        Optional<ServedModel> loaded,
        Optional<ModelProgress> progress,
        ModelInfo.Life life) {}
