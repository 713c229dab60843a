package io.hyperion.core.grammar;

import java.util.Arrays;

/**
 * A rule that was entered at a place of the text, with all the items that wait for its end. Items that reach the same rule at the same
 * place share one frame, which is what keeps ambiguous grammars polynomial: frames form the graph that stands for all stacks of open
 * rules at once. A frame changes only while the state is made at which its rule is entered.
 *
 * <p>A frame may also stand for another one together with what a {@link Node.AnyOrder} of that one's rule has taken so far. Nothing waits
 * at it, and it never changes.
 */
final class Frame {
    private final int id;
    private final Frame owner;
    private final Taken taken;
    private Node[] nodes = new Node[1];
    private int[] counts = new int[1];
    private Frame[] frames = new Frame[1];
    private int size;

    Frame(int id) {
        this.id = id;
        this.owner = this;
        this.taken = Taken.NONE;
    }

    /** Stands for another frame and what was taken there. */
    Frame(int id, Frame owner, Taken taken) {
        this.id = id;
        this.owner = owner;
        this.taken = taken;
    }

    /** {@return a number that no other frame of the same matcher has} */
    int id() {
        return id;
    }

    /** {@return the frame of the rule that was entered: this one, except where it stands for another one} */
    Frame owner() {
        return owner;
    }

    /** {@return what the node that an item with this frame is at has taken; nothing except where this frame stands for another one} */
    Taken taken() {
        return taken;
    }

    void addWaiting(Node node, int count, Frame frame) {
        if (size == nodes.length) {
            nodes = Arrays.copyOf(nodes, 2 * size);
            counts = Arrays.copyOf(counts, 2 * size);
            frames = Arrays.copyOf(frames, 2 * size);
        }
        nodes[size] = node;
        counts[size] = count;
        frames[size] = frame;
        size++;
    }

    /** {@return how many items wait; none wait for the rule that the text as a whole is of} */
    int size() {
        return size;
    }

    /** {@return a node that calls the rule, or repeats it} */
    Node node(int index) {
        return nodes[index];
    }

    /** {@return how often the node has repeated the rule} */
    int count(int index) {
        return counts[index];
    }

    /** {@return the frame of the rule that the node is of} */
    Frame frame(int index) {
        return frames[index];
    }
}
