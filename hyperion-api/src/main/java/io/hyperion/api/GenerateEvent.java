package io.hyperion.api;

import java.util.Objects;

/** What a stream of {@link HyperionClient#stream(GenerateRequest)} consists of: pieces of text, then one reply. */
public sealed interface GenerateEvent {
    /**
     * A piece of the text, never a part of a character. All pieces joined are the reply's text.
     *
     * @param text at least one character
     */
    record Piece(String text) implements GenerateEvent {
        public Piece {
            Objects.requireNonNull(text, "text");
        }
    }

    /**
     * The end.
     *
     * @param reply the whole reply
     */
    record Done(GenerateReply reply) implements GenerateEvent {
        public Done {
            Objects.requireNonNull(reply, "reply");
        }
    }
}
