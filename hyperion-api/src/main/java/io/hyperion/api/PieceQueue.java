package io.hyperion.api;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Pieces that nobody has taken yet. Those of the same completion are joined into one, so that what waits is never more than the text
 * itself, however slow the taker is. Not safe for use by several threads.
 */
public final class PieceQueue {
    private record Waiting(StringBuilder text, List<TokenProbability> probabilities) {}

    private final Map<Integer, Waiting> pieces = new LinkedHashMap<>();

    /**
     * @param piece comes behind those that wait
     */
    public void add(GenerateEvent.Piece piece) {
        Waiting waiting = pieces.computeIfAbsent(
                piece.completion(), completion -> new Waiting(new StringBuilder(), new ArrayList<>(0)));
        waiting.text().append(piece.text());
        waiting.probabilities().addAll(piece.probabilities());
    }

    /** {@return whether nothing waits} */
    public boolean isEmpty() {
        return pieces.isEmpty();
    }

    /** {@return all that waits of the completion that waits longest, which waits no more; empty if nothing waits} */
    public Optional<GenerateEvent.Piece> poll() {
        Iterator<Map.Entry<Integer, Waiting>> first = pieces.entrySet().iterator();
        if (!first.hasNext()) {
            return Optional.empty();
        }
        Map.Entry<Integer, Waiting> entry = first.next();
        first.remove();
        Waiting waiting = entry.getValue();
        return Optional.of(new GenerateEvent.Piece(waiting.text().toString(), entry.getKey(), waiting.probabilities()));
    }
}
