package io.hyperion.core.model;

import io.hyperion.api.HyperionException;
import io.hyperion.core.engine.LoadedEmbedder;
import io.hyperion.core.engine.LoadedModel;

/** What came before its model was loaded. It hears of the end of the loading once. */
sealed interface WaitingForModel permits WaitingGeneration, WaitingCaller {
    /** The model is loaded. */
    void begin(LoadedModel loaded);

    /**
     * The model is loaded, and makes vectors of texts.
     *
     * @param refusal for those who want it to generate
     */
    void begin(LoadedEmbedder loaded, HyperionException refusal);

    /** The model could not be loaded. */
    void fail(HyperionException error);
}
