package io.hyperion.core.engine;

import io.hyperion.core.engine.ParkedSequences.Parked;
import io.hyperion.core.engine.PrefixCache.Realm;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Prompts that stay evaluated as long as the model is loaded. What the cache held of them is kept outside it, once for all instances: it
 * takes no cells from requests, which copy it back when they begin like it and the cache has less of it. Safe for use by many threads.
 */
final class PinnedPrefixes implements AutoCloseable {
    private List<Parked> prefixes = List.of();
    private boolean closed;

    /** {@return how many tokens they have together} */
    synchronized int tokens() {
        return prefixes.stream().mapToInt(prefix -> prefix.tokens().length).sum();
    }

    /** {@return whether all of these tokens are a begin of one of them} */
    synchronized boolean has(Realm realm, int[] tokens) {
        return prefixes.stream()
                .anyMatch(prefix ->
                        prefix.realm().equals(realm) && prefix.common(tokens, tokens.length) == tokens.length);
    }

    /**
     * Takes a prompt.
     *
     * @param prefix the prompt with its state, which is closed with this
     * @throws IllegalStateException if this is closed: the state is closed then
     */
    synchronized void add(Parked prefix) {
        if (closed) {
            prefix.state().close();
            throw new IllegalStateException("The prefixes are given up");
        }
        List<Parked> more = new ArrayList<>(prefixes);
        more.add(prefix);
        prefixes = List.copyOf(more);
    }

    /**
     * Finds the one that has most of these tokens.
     *
     * @param realm where they are shared
     * @param tokens the tokens
     * @param limit how many of them to look for at most
     * @param known how many are cached anyway
     * @return one whose copy is worth it: it has all it can of what the tokens begin with, or far more than is cached
     */
    synchronized Optional<Parked> find(Realm realm, int[] tokens, int limit, int known) {
        Optional<Parked> best = Optional.empty();
        int longest = known;
        for (Parked prefix : prefixes) {
            if (prefix.realm().equals(realm)) {
                int common = prefix.common(tokens, limit);
                boolean whole = common == Math.min(prefix.tokens().length, limit);
                if (common > longest && (whole || common >= known + ParkedSequences.WORTH_A_COPY)) {
                    longest = common;
                    best = Optional.of(prefix);
                }
            }
        }
        return best;
    }

    /** Gives them up; no loop may use them any more. */
    @Override
    public synchronized void close() {
        closed = true;
        prefixes.forEach(prefix -> prefix.state().close());
        prefixes = List.of();
    }
}
