package io.hyperion.api;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a stream of {@link HyperionClient#stream(GenerateRequest)} consists of: pieces of text and of
 * tool calls, then one reply.
 */
public sealed interface GenerateEvent {
    /**
     * A piece of a completion's text, never a part of a character. All pieces of a completion joined are its text.
     *
     * @param text the text; empty only if there are probabilities or tokens
     * @param completion which completion it belongs to: an index into {@link GenerateReply#completions()}
     * @param completions how many completions the reply will have; at least 1
     * @param probabilities of the tokens whose text it begins, if the request asked for them
     * @param tokens the ids of the tokens that were generated since the last piece of this completion, if the request asked for them; their
     *     text may be held back for a later piece
     * @param progress how far the request is, if the request asked for that
     */
    record Piece(
            String text,
            int completion,
            int completions,
            List<TokenProbability> probabilities,
            List<Integer> tokens,
            Optional<Progress> progress)
            implements GenerateEvent {
        /**
         * @throws IllegalArgumentException if the index is negative, or not below the number
         */
        public Piece {
            Objects.requireNonNull(text, "text");
            probabilities = List.copyOf(probabilities);
            tokens = List.copyOf(tokens);
            Objects.requireNonNull(progress, "progress");
            if (completion < 0 || completion >= completions) {
                throw new IllegalArgumentException(
                        "The index must be from 0 to below " + completions + ", but is " + completion);
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

        /**
         * A piece that tells neither its tokens nor the progress.
         *
         * @param text the text
         * @param completion which completion it belongs to; there are no others behind it
         * @param probabilities of its tokens
         */
        public Piece(String text, int completion, List<TokenProbability> probabilities) {
            this(text, completion, completion + 1, probabilities, List.of(), Optional.empty());
        }

        /**
         * A piece of which another one is told instead of its text.
         *
         * @param other the other text
         * @return this piece with that text
         */
        public Piece withText(String other) {
            return new Piece(other, completion, completions, probabilities, tokens, progress);
        }
    }

    /**
     * A piece of a tool call. The arguments of all pieces of a call joined are its arguments.
     *
     * @param completion which completion it belongs to: an index into {@link GenerateReply#completions()}
     * @param index which of its calls: an index into {@link Completion#toolCalls()}
     * @param id the call's id, the same in all of its pieces
     * @param name the tool's name, the same in all of its pieces
     * @param arguments what comes next of the arguments; may be empty, in the first piece of a call
     */
    record ToolCallPiece(int completion, int index, String id, String name, String arguments) implements GenerateEvent {
        /**
         * @throws IllegalArgumentException if an index is negative
         */
        public ToolCallPiece {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(arguments, "arguments");
            if (completion < 0 || index < 0) {
                throw new IllegalArgumentException(
                        "The indices must not be negative, but are " + completion + " and " + index);
            }
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
