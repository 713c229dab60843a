package io.hyperion.core.engine;

import io.hyperion.core.engine.PrefixCache.Realm;
import io.hyperion.core.llama.SequenceState;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finished sequences outside the cache: each step looks at every cell up to the last used one, so that what nobody works on would slow down
 * all who do. A copy back takes milliseconds where evaluating again takes seconds. The least recently used one goes first when they take
 * more memory than they may. For use by the batch loop's thread.
 */
final class ParkedSequences implements AutoCloseable {
    /**
     * A finished sequence.
     *
     * @param realm within which it is shared
     * @param tokens its tokens
     * @param state what the cache held of them
     */
    record Parked(Realm realm, int[] tokens, SequenceState state) {
        /** {@return how many of the first tokens are the same} */
        int common(int[] other, int limit) {
            int end = Math.min(tokens.length, limit);
            int different = Arrays.mismatch(tokens, 0, end, other, 0, end);
            return different < 0 ? end : different;
        }
    }

    /** Fewer tokens are as soon evaluated again as copied. */
    static final int WORTH_A_COPY = 32;

    private final long capacity;
    /** The least recently used one first. */
    private final Set<Parked> sequences = new LinkedHashSet<>();

    private long bytes;

    /**
     * @param capacity how many bytes they may take; 0 for none at all
     */
    ParkedSequences(long capacity) {
        this.capacity = capacity;
    }

    /** {@return whether a sequence of these tokens and so many bytes is to be parked: not if all of it is here} */
    boolean takes(Realm realm, int[] tokens, long size) {
        return size <= capacity
                && find(realm, tokens, tokens.length, tokens.length - 1).isEmpty();
    }

    /** Takes a sequence, which others make room for. Those that it goes on from are not needed any more. */
    void park(Parked sequence) {
        forget(sequence.realm(), sequence.tokens());
        sequences.add(sequence);
        bytes += sequence.state().size();
        for (Iterator<Parked> oldest = sequences.iterator(); bytes > capacity && oldest.hasNext(); ) {
            Parked given = oldest.next();
            oldest.remove();
            bytes -= given.state().size();
            given.state().close();
        }
    }

    /** {@return the one that has most of these tokens, and more than those that are known anyway; it is the most recently used one then} */
    Optional<Parked> find(Realm realm, int[] tokens, int limit, int known) {
        Optional<Parked> best = Optional.empty();
        int longest = known;
        for (Parked sequence : sequences) {
            if (sequence.realm().equals(realm)) {
                int common = sequence.common(tokens, limit);
                if (common > longest) {
                    longest = common;
                    best = Optional.of(sequence);
                }
            }
        }
        best.ifPresent(found -> {
            sequences.remove(found);
            sequences.add(found);
        });
        return best;
    }

    /** Gives a sequence up, if it is here. */
    void drop(Parked sequence) {
        if (sequences.remove(sequence)) {
            bytes -= sequence.state().size();
            sequence.state().close();
        }
    }

    /** Gives up what is a begin of these tokens, or all of them. */
    void forget(Realm realm, int[] tokens) {
        List.copyOf(sequences).stream()
                .filter(other ->
                        other.realm().equals(realm) && other.common(tokens, tokens.length) == other.tokens().length)
                .forEach(this::drop);
    }

    /** Gives all up. */
    void clear() {
        sequences.forEach(sequence -> sequence.state().close());
        sequences.clear();
        bytes = 0;
    }

    @Override
    public void close() {
        clear();
    }
}
