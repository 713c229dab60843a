package io.hyperion.core.model;

import io.hyperion.api.HyperionException;
import io.hyperion.core.engine.ServedModel;

/** What came before its model was loaded. It hears of the end of the loading once. */
sealed interface WaitingForModel permits WaitingGeneration, WaitingEmbedding, WaitingCaller {
    /** The model is loaded. It may have become one of another kind than this is for. Throws nothing: others wait behind it. */
    void begin(ServedModel loaded);

    /** The model could not be loaded, or shall not be any more. */
    void fail(HyperionException error);
}
