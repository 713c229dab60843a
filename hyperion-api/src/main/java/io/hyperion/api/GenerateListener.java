package io.hyperion.api;

/**
 * Hears of one generation: {@link #onStart} at most once, then {@link #onText} any number of times, then exactly one of
 * {@link #onDone} and {@link #onError}.
 *
 * <p>Calls come one at a time and in order, from a thread of the engine that serves other requests too: a listener must return at once
 * and never block. A listener that throws is told {@link #onError} and its generation ends.
 */
public interface GenerateListener {
    /** The request holds a sequence: it has left the queue and its prompt is being evaluated. */
    default void onStart() {}

    /**
     * @param piece a piece of the text, at least one character and never a part of one
     */
    void onText(String piece);

    /**
     * @param reply the whole reply; its text is all pieces joined
     */
    void onDone(GenerateReply reply);

    /**
     * @param error why there is no reply
     */
    void onError(HyperionException error);
}
