package io.hyperion.core.grammar;

import java.util.BitSet;
import java.util.Optional;

/**
 * All that the text so far can be: the items that take the next byte, and whether the text may end. That does not change; what is
 * remembered of what follows comes and goes.
 */
final class State {
    private final Node.Bytes[] nodes;
    private final Frame[] frames;
    private final boolean complete;
    /** By class of byte: the state after it, or null while it is not known. */
    private State[] next = {};

    private Optional<BitSet> allowed = Optional.empty();

    State(Node.Bytes[] nodes, Frame[] frames, boolean complete) {
        this.nodes = nodes;
        this.frames = frames;
        this.complete = complete;
    }

    /** {@return how many items there are} */
    int size() {
        return nodes.length;
    }

    Node.Bytes node(int index) {
        return nodes[index];
    }

    /** {@return the frame of the rule that the node is of} */
    Frame frame(int index) {
        return frames[index];
    }

    /** {@return whether the text so far is one of the grammar} */
    boolean isComplete() {
        return complete;
    }

    /** {@return the remembered state after a byte of a class, or null} */
    State next(int byteClass) {
        return byteClass < next.length ? next[byteClass] : null;
    }

    void remember(int byteClass, int byteClasses, State state) {
        if (next.length == 0) {
            next = new State[byteClasses];
        }
        next[byteClass] = state;
    }

    /** {@return the remembered tokens that may come next} */
    Optional<BitSet> allowed() {
        return allowed;
    }

    void remember(BitSet tokens) {
        allowed = Optional.of(tokens);
    }

    void forgetAllowed() {
        allowed = Optional.empty();
    }

    void forget() {
        next = new State[0];
        forgetAllowed();
    }
}
