package io.hyperion.core.grammar;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Finds the first of several texts in a text that comes byte by byte: the automaton of Aho and Corasick ("Efficient string matching",
 * 1975). Immutable and safe for use by many threads.
 */
final class Triggers {
    /** Before the first byte. */
    static final int START = 0;

    private static final int NONE = -1;

    /** By byte: its class. All bytes that are in none of the texts are of class 0. */
    private final int[] classes = new int[256];

    private final int classCount;
    /** By state and class: the next state. */
    private final int[] next;
    /** By state: the longest text that ends there, or {@link #NONE}. */
    private final int[] found;

    /**
     * @param texts at least one, none of them empty
     */
    Triggers(List<byte[]> texts) {
        int states = 1;
        int known = 1;
        for (byte[] text : texts) {
            if (text.length == 0) {
                throw new IllegalArgumentException("A trigger must not be empty");
            }
            states += text.length;
            for (byte value : text) {
                if (classes[Byte.toUnsignedInt(value)] == 0) {
                    classes[Byte.toUnsignedInt(value)] = known++;
                }
            }
        }
        classCount = known;
        next = new int[states * classCount];
        found = new int[states];
        Arrays.fill(next, NONE);
        Arrays.fill(found, NONE);
        int last = START;
        for (int index = 0; index < texts.size(); index++) {
            int state = START;
            for (byte value : texts.get(index)) {
                int edge = state * classCount + classes[Byte.toUnsignedInt(value)];
                if (next[edge] == NONE) {
                    next[edge] = ++last;
                }
                state = next[edge];
            }
            if (found[state] == NONE) {
                found[state] = index;
            }
        }
        link();
    }

    /** Fills the edges that lead out of the tree of the texts: to the longest end of what came that is in the tree. */
    private void link() {
        int[] suffixes = new int[found.length];
        Deque<Integer> open = new ArrayDeque<>();
        open.add(START);
        while (!open.isEmpty()) {
            int state = open.remove();
            int suffix = suffixes[state];
            if (found[state] == NONE) {
                found[state] = found[suffix];
            }
            for (int edge = 0; edge < classCount; edge++) {
                int child = next[state * classCount + edge];
                int other = state == START ? START : next[suffix * classCount + edge];
                if (child == NONE) {
                    next[state * classCount + edge] = other;
                } else {
                    suffixes[child] = other;
                    open.add(child);
                }
            }
        }
    }

    /** {@return the state after one more byte} */
    int step(int state, byte value) {
        return next[state * classCount + classes[Byte.toUnsignedInt(value)]];
    }

    /** {@return the index of the text that ends at a state, of several the longest; negative if none does} */
    int found(int state) {
        return found[state];
    }
}
