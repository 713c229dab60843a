package io.hyperion.api;

/**
 * Hears of one generation: {@link #onWaiting} any number of times, {@link #onStart} at most once, then {@link #onPiece} and {@link #onToolCall} any number of times, then exactly one of
 * {@link #onDone} and {@link #onError}.
 *
 * <p>Calls come one at a time and in order, from a thread of the engine that serves other requests too: a listener must return at once
 * and never block. A listener that throws is told {@link #onError} and its generation ends.
 */
public interface GenerateListener {
    /**
     * The request waits for its model, which is being downloaded or loaded, or for which room is being made. Told at the beginning and then
     * about once a second. By default it is not listened to.
     *
     * @param progress how far the model is
     */
    default void onWaiting(ModelProgress progress) {}

    /** The request holds a sequence: it has left the queue and its prompt is being evaluated. */
    default void onStart() {}

    /**
     * A piece of the text. By default it is told to {@link #onText}; who asks for several completions or for probabilities overrides
     * this one.
     *
     * @param piece the piece
     */
    default void onPiece(GenerateEvent.Piece piece) {
        if (!piece.text().isEmpty()) {
            onText(piece.text());
        }
    }

    /**
     * @param text of the next piece, at least one character and never a part of one; of several completions, in the order in which it
     *     comes
     */
    void onText(String text);

    /**
     * A piece of a tool call. By default it is not listened to: the reply has the whole call.
     *
     * @param piece the piece
     */
    default void onToolCall(GenerateEvent.ToolCallPiece piece) {}

    /**
     * @param reply the whole reply; its texts are all pieces joined
     */
    void onDone(GenerateReply reply);

    /**
     * @param error why there is no reply
     */
    void onError(HyperionException error);
}
