package io.hyperion.core.engine;

import io.hyperion.api.ModelFigures;

/** A model in memory: one that generates text, or one that makes vectors of texts. Safe for use by many threads. */
public sealed interface ServedModel extends AutoCloseable permits LoadedModel, LoadedEmbedder {
    /** {@return whether it takes requests: false once it is closed, or its loop has failed} */
    boolean isServing();

    /** {@return whether the thread that asks is its own, in which it calls its listeners: one that cannot wait for it} */
    boolean isOwnThread();

    /** {@return how many tokens a request may have at most, or all requests together where they share a cache} */
    int contextSize();

    /** {@return how it is set up, in a few words for a log} */
    String summary();

    /** {@return what was done and is being done since it was loaded} */
    ModelFigures figures();

    /** {@return the way between texts and its tokens} */
    Tokenizer tokenizer();

    /**
     * Ends all requests with {@link io.hyperion.api.ErrorCode#SHUTTING_DOWN}, and the thread, and frees the memory; returns when that is
     * done. Does nothing if it is done already.
     *
     * @throws IllegalStateException if it is called in its own thread, which it would wait for
     */
    @Override
    void close();
}
