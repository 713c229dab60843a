package io.hyperion.core.grammar;

import io.hyperion.api.InvalidRequestException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;

/**
 * A grammar that holds only from a place on: where the first of some texts, the triggers, is complete. Before, every token may come; from
 * there on the trigger and all that follows it must be the begin of a text of the grammar, as {@link GrammarConstraint} says. A trigger may
 * begin and end within a token. A token that completes one and goes on with what the grammar refuses is not allowed either. Of triggers
 * that are complete at the same byte the longest counts.
 *
 * <p>While it waits, asking for a token costs a few steps for each of its bytes. Copies and threads as with {@link GrammarConstraint}.
 */
public final class TriggeredConstraint {
    private final TokenTrie vocabulary;
    private final Triggers triggers;
    /** By trigger: the grammar behind it. */
    private final List<GrammarConstraint> begun;

    private int waiting = Triggers.START;
    /** What holds once a trigger came; null before. */
    private GrammarConstraint active;

    /** Where a token leads from the place where no trigger has come. */
    private record Way(int waiting, int trigger, int end) {}

    /**
     * Begins a text.
     *
     * @param grammar what the text must match from a trigger on
     * @param vocabulary the tokens that it is made of
     * @param texts the triggers: at least one, none of them empty
     * @throws InvalidRequestException if the grammar is too ambiguous
     * @throws IllegalArgumentException if there is no trigger, one is empty, or the grammar has no text that begins with it
     */
    public TriggeredConstraint(Grammar grammar, TokenTrie vocabulary, List<String> texts) {
        if (texts.isEmpty()) {
            throw new IllegalArgumentException("There must be a trigger");
        }
        this.vocabulary = Objects.requireNonNull(vocabulary, "vocabulary");
        List<byte[]> bytes = texts.stream()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
        this.triggers = new Triggers(bytes);
        GrammarConstraint start = new GrammarConstraint(grammar, vocabulary);
        this.begun = new ArrayList<>();
        for (int i = 0; i < bytes.size(); i++) {
            if (!start.allows(bytes.get(i), 0)) {
                throw new IllegalArgumentException(
                        "No text of the grammar begins with the trigger '" + texts.get(i) + "'");
            }
            GrammarConstraint behind = start.copy();
            behind.accept(bytes.get(i), 0);
            begun.add(behind);
        }
    }

    private TriggeredConstraint(TriggeredConstraint original) {
        this.vocabulary = original.vocabulary;
        this.triggers = original.triggers;
        this.begun = original.begun;
        this.waiting = original.waiting;
        this.active = original.active == null ? null : original.active.copy();
    }

    /** {@return a constraint with the same text so far, which goes its own way from here} */
    public TriggeredConstraint copy() {
        return new TriggeredConstraint(this);
    }

    /** {@return whether a trigger has come, so that the grammar holds} */
    public boolean isActive() {
        return active != null;
    }

    /**
     * Whether a token may come next.
     *
     * @param token its id
     * @return whether it may
     * @throws IndexOutOfBoundsException if there is no such token
     * @throws InvalidRequestException if the grammar is too ambiguous
     */
    public boolean allows(int token) {
        Objects.checkIndex(token, vocabulary.size());
        if (active != null) {
            return active.allows(token);
        }
        if (vocabulary.isEndOfGeneration(token)) {
            return true;
        }
        Way way = way(token);
        return way.trigger < 0 || begun.get(way.trigger).allows(vocabulary.piece(token), way.end);
    }

    private Way way(int token) {
        byte[] piece = vocabulary.piece(token);
        int state = waiting;
        for (int i = 0; i < piece.length; i++) {
            state = triggers.step(state, piece[i]);
            if (triggers.found(state) >= 0) {
                return new Way(state, triggers.found(state), i + 1);
            }
        }
        return new Way(state, -1, piece.length);
    }

    /**
     * All tokens that may come next.
     *
     * @return their ids, for the caller to keep
     * @throws InvalidRequestException if the grammar is too ambiguous
     */
    public BitSet allowed() {
        return active != null ? active.allowed() : search();
    }

    /** Walks the tree of the vocabulary, and takes away what a trigger leads to and the grammar refuses. */
    private BitSet search() {
        Matcher matcher = begun.get(0).matcher();
        matcher.begin();
        BitSet tokens = new BitSet(vocabulary.size());
        tokens.set(0, vocabulary.size());
        int[] waitingPath = new int[vocabulary.depth() + 1];
        State[] path = new State[vocabulary.depth() + 1];
        waitingPath[0] = waiting;
        for (int node = 0; node < vocabulary.nodeCount(); ) {
            int depth = vocabulary.depth(node);
            int value = vocabulary.value(node);
            if (path[depth - 1] == null) {
                waitingPath[depth] = triggers.step(waitingPath[depth - 1], (byte) value);
                int found = triggers.found(waitingPath[depth]);
                path[depth] = found < 0 ? null : begun.get(found).state();
                node++;
            } else {
                path[depth] = matcher.step(path[depth - 1], value);
                if (path[depth] == null) {
                    vocabulary.removeSubtree(node, tokens);
                    node = vocabulary.subtreeEnd(node);
                } else {
                    node++;
                }
            }
        }
        for (int token : vocabulary.named()) {
            tokens.set(token, allows(token));
        }
        return tokens;
    }

    /**
     * Adds a token to the text.
     *
     * @param token its id
     * @throws IllegalArgumentException if the token is not allowed; the constraint stays as it was
     * @throws IndexOutOfBoundsException if there is no such token
     * @throws InvalidRequestException if the grammar is too ambiguous
     */
    public void accept(int token) {
        Objects.checkIndex(token, vocabulary.size());
        if (active != null) {
            active.accept(token);
        } else if (!vocabulary.isEndOfGeneration(token)) {
            Way way = way(token);
            if (way.trigger >= 0) {
                GrammarConstraint behind = begun.get(way.trigger).copy();
                behind.accept(vocabulary.piece(token), way.end);
                active = behind;
            }
            waiting = way.waiting;
        }
    }
}
