package io.hyperion.api;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Pieces that nobody has taken yet. Those of the same completion, and those of the same tool call, are joined into one, so that what waits
 * is never more than the text itself, however slow the taker is. Not safe for use by several threads.
 */
public final class PieceQueue {
    /** Which pieces are joined; those of a text have no call. */
    private record Place(int completion, Optional<Integer> call) {}

    /** What waits at a place. */
    private sealed interface Waiting {
        GenerateEvent take();
    }

    private static final class WaitingText implements Waiting {
        private final int completion;
        private final int completions;
        private final StringBuilder text = new StringBuilder();
        private final List<TokenProbability> probabilities = new ArrayList<>(0);
        private final List<Integer> tokens = new ArrayList<>(0);
        private Optional<Progress> progress = Optional.empty();

        WaitingText(GenerateEvent.Piece first) {
            this.completion = first.completion();
            this.completions = first.completions();
        }

        void add(GenerateEvent.Piece piece) {
            text.append(piece.text());
            probabilities.addAll(piece.probabilities());
            tokens.addAll(piece.tokens());
            progress = piece.progress().or(() -> progress);
        }

        @Override
        public GenerateEvent take() {
            return new GenerateEvent.Piece(text.toString(), completion, completions, probabilities, tokens, progress);
        }
    }

    private static final class WaitingCall implements Waiting {
        private final GenerateEvent.ToolCallPiece first;
        private final StringBuilder arguments = new StringBuilder();

        WaitingCall(GenerateEvent.ToolCallPiece first) {
            this.first = first;
        }

        void add(GenerateEvent.ToolCallPiece piece) {
            arguments.append(piece.arguments());
        }

        @Override
        public GenerateEvent take() {
            return new GenerateEvent.ToolCallPiece(
                    first.completion(), first.index(), first.id(), first.name(), arguments.toString());
        }
    }

    private final Map<Place, Waiting> pieces = new LinkedHashMap<>();

    /**
     * @param piece comes behind those that wait
     */
    public void add(GenerateEvent.Piece piece) {
        Waiting waiting = pieces.computeIfAbsent(
                new Place(piece.completion(), Optional.empty()), place -> new WaitingText(piece));
        ((WaitingText) waiting).add(piece);
    }

    /**
     * @param piece comes behind those that wait
     */
    public void add(GenerateEvent.ToolCallPiece piece) {
        Waiting waiting = pieces.computeIfAbsent(
                new Place(piece.completion(), Optional.of(piece.index())), place -> new WaitingCall(piece));
        ((WaitingCall) waiting).add(piece);
    }

    /** {@return whether nothing waits} */
    public boolean isEmpty() {
        return pieces.isEmpty();
    }

    /** {@return all that waits of the text or call that waits longest, which waits no more; empty if nothing waits} */
    public Optional<GenerateEvent> poll() {
        Iterator<Waiting> first = pieces.values().iterator();
        if (!first.hasNext()) {
            return Optional.empty();
        }
        Waiting waiting = first.next();
        first.remove();
        return Optional.of(waiting.take());
    }
}
