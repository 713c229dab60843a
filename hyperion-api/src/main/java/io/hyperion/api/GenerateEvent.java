package io.hyperion.api;

import java.util.List;
import java.util.Objects;

/** What a stream of {@link HyperionClient#stream(GenerateRequest)} consists of: pieces of text, then one reply. */
public sealed interface GenerateEvent {
    /**
     * A piece of a completion's text, never a part of a character. All pieces of a completion joined are its text.
     *
     * @param text the text; empty only if there are probabilities
     * @param completion which completion it belongs to: an index into {@link GenerateReply#completions()}
     * @param probabilities of the tokens that were generated since the last piece of this completion, if the request asked for them
     */
    record Piece(String text, int completion, List<TokenProbability> probabilities) implements GenerateEvent {
        /**
         * @throws IllegalArgumentException if the index is negative
         */
        public Piece {
            Objects.requireNonNull(text, "text");
            probabilities = List.copyOf(probabilities);
            if (completion < 0) {
                throw new IllegalArgumentException("The index must not be negative, but is " + completion);
            }
        }

        /**
         * A piece of the first completion.
         *
         * @param text the text
         */
        public Piece(String text) {
            this(text, 0, List.of());
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
