package io.hyperion.core.model;

import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelProgress;
import java.time.Duration;
import java.util.Optional;

/**
 * What came before its model was there. It hears of the end of that once, and before that how far it is. Its methods throw nothing: others
 * wait behind it.
 */
sealed interface WaitingForModel permits WaitingGeneration, WaitingEmbedding, WaitingCaller, WaitingAdministrator {
    /** What of a model is waited for. */
    enum Goal {
        /** Its file: it is there, and was found sound. */
        FILE,
        /** The model in memory. */
        MEMORY
    }

    /** {@return what it waits for} */
    Goal goal();

    /** {@return whether it is a request, for which the queue has its limits} */
    boolean isRequest();

    /** {@return how long it may take as a whole, from its arrival; empty for no limit of its own} */
    Optional<Duration> timeout();

    /** The model is there. It may have become one of another kind than this is for. */
    void begin(Arrived arrived);

    /** The model could not be brought there, or shall not be any more. */
    void fail(HyperionException error);

    /** How far the model is. */
    void tell(ModelProgress progress);
}
