package io.hyperion.core.grammar;

import io.hyperion.api.InvalidRequestException;
import java.util.BitSet;
import java.util.Objects;

/**
 * What may come next in a text that must match a grammar: a token is allowed exactly if its bytes are, after all the bytes so far, the
 * beginning of a text of the grammar, or a whole one. Tokens without bytes are not allowed, except those that end the generation: they are
 * allowed exactly if the text is complete. A piece may begin and end within a character.
 *
 * <p>Each sequence has its own constraint. A constraint and its copies share what they have found out, and are for use by one thread at a
 * time, together.
 *
 * <p>Whatever the grammar, the work and the memory of each method are bounded. A grammar that would need more, because too many of its
 * rules fit the text at once, ends with an {@link InvalidRequestException} of the code
 * {@link io.hyperion.api.ErrorCode#INVALID_GRAMMAR}: the request is to blame, and the constraint stays as it was.
 */
public final class GrammarConstraint {
    private final TokenTrie vocabulary;
    private final Matcher matcher;
    private State state;
    private boolean ended;
    /** What was waiting when it was last counted what of it still is. */
    private long waitingCounted;

    /**
     * Begins a text.
     *
     * @param grammar what it must match
     * @param vocabulary the tokens that it is made of
     * @throws InvalidRequestException if the grammar is too ambiguous
     */
    public GrammarConstraint(Grammar grammar, TokenTrie vocabulary) {
        this.vocabulary = Objects.requireNonNull(vocabulary, "vocabulary");
        this.matcher = new Matcher(grammar);
        this.state = matcher.start();
    }

    private GrammarConstraint(GrammarConstraint original) {
        this.vocabulary = original.vocabulary;
        this.matcher = original.matcher;
        this.state = original.state;
        this.ended = original.ended;
        this.waitingCounted = original.waitingCounted;
    }

    /** {@return a constraint with the same text so far, which goes its own way from here; it costs next to nothing} */
    public GrammarConstraint copy() {
        return new GrammarConstraint(this);
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
        if (ended) {
            return false;
        }
        if (vocabulary.isEndOfGeneration(token)) {
            return state.isComplete();
        }
        return vocabulary.piece(token).length > 0 && after(token) != null;
    }

    /**
     * All tokens that may come next.
     *
     * @return their ids, for the caller to keep; empty if the text has ended, or if it is complete and the vocabulary has no token to end
     *     it, or if the vocabulary has no token that the grammar could go on with
     * @throws InvalidRequestException if the grammar is too ambiguous
     */
    public BitSet allowed() {
        if (ended) {
            return new BitSet();
        }
        BitSet tokens = state.allowed().orElse(null);
        if (tokens == null) {
            tokens = search();
            matcher.remember(state, tokens, vocabulary.size());
        }
        return (BitSet) tokens.clone();
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
        if (!allows(token)) {
            throw new IllegalArgumentException("The token " + token + " is not allowed by the grammar here");
        }
        if (vocabulary.isEndOfGeneration(token)) {
            ended = true;
        } else {
            go(after(token));
        }
    }

    /** {@return whether the text so far is one of the grammar, so that it may end here} */
    public boolean mayEnd() {
        return state.isComplete();
    }

    /** {@return whether nothing can follow: the text is one of the grammar, and no longer one begins with it; or it has ended} */
    public boolean mustEnd() {
        return ended || state.size() == 0;
    }

    /** {@return the state after a token with bytes, or null if it is not allowed} */
    private State after(int token) {
        return after(vocabulary.piece(token), 0);
    }

    /** {@return the state after bytes, or null if they are not allowed} */
    private State after(byte[] bytes, int from) {
        matcher.begin();
        State next = state;
        for (int i = from; i < bytes.length && next != null; i++) {
            next = matcher.step(next, Byte.toUnsignedInt(bytes[i]));
        }
        return next;
    }

    /** {@return whether bytes may come next, such as a part of a token} */
    boolean allows(byte[] bytes, int from) {
        return after(bytes, from) != null;
    }

    /**
     * Adds bytes to the text.
     *
     * @throws IllegalArgumentException if they are not allowed; the constraint stays as it was
     */
    void accept(byte[] bytes, int from) {
        State next = after(bytes, from);
        if (next == null) {
            throw new IllegalArgumentException("These bytes are not allowed by the grammar here");
        }
        go(next);
    }

    private void go(State next) {
        if (matcher.waiting() - waitingCounted > Matcher.MAX_WAITING) {
            matcher.checkWaiting(next);
            waitingCounted = matcher.waiting();
        }
        state = next;
    }

    /** {@return the state of the text so far, for walks that begin there} */
    State state() {
        return state;
    }

    /** {@return what the states are made by} */
    Matcher matcher() {
        return matcher;
    }

    /** Walks the tree of the vocabulary, but no further into it than the grammar goes. */
    private BitSet search() {
        matcher.begin();
        BitSet tokens = new BitSet(vocabulary.size());
        if (state.isComplete()) {
            tokens.or(vocabulary.endOfGeneration());
        }
        State[] path = new State[vocabulary.depth() + 1];
        path[0] = state;
        for (int node = 0; node < vocabulary.nodeCount(); ) {
            int depth = vocabulary.depth(node);
            State next = matcher.step(path[depth - 1], vocabulary.value(node));
            if (next == null) {
                node = vocabulary.subtreeEnd(node);
            } else {
                path[depth] = next;
                vocabulary.addTokens(node, tokens);
                node++;
            }
        }
        for (int token : vocabulary.named()) {
            tokens.set(token, after(token) != null);
        }
        return tokens;
    }
}
