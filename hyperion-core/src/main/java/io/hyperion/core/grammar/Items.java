package io.hyperion.core.grammar;

import java.util.Arrays;

/** A set of items, each a node, a count of repetitions and a frame, that keeps the order in which they were added. */
final class Items {
    private Node[] nodes = new Node[64];
    private int[] counts = new int[64];
    private Frame[] frames = new Frame[64];
    private int size;
    /** Open addressing: indices of items, valid where the stamp is the present one. */
    private int[] slots = new int[256];

    private int[] stamps = new int[256];
    private int stamp = 1;

    void clear() {
        size = 0;
        stamp++;
        if (stamp == 0) {
            Arrays.fill(stamps, 0);
            stamp = 1;
        }
    }

    int size() {
        return size;
    }

    Node node(int index) {
        return nodes[index];
    }

    int count(int index) {
        return counts[index];
    }

    Frame frame(int index) {
        return frames[index];
    }

    void add(Node node, int count, Frame frame) {
        int slot = slot(node, count, frame);
        if (stamps[slot] == stamp) {
            return;
        }
        if (size == nodes.length) {
            grow();
            slot = slot(node, count, frame);
        }
        stamps[slot] = stamp;
        slots[slot] = size;
        nodes[size] = node;
        counts[size] = count;
        frames[size] = frame;
        size++;
    }

    boolean contains(Node node, int count, Frame frame) {
        return stamps[slot(node, count, frame)] == stamp;
    }

    /** {@return the hash of an item, as good in its low bits as in its high ones} */
    static long hash(Node node, int count, Frame frame) {
        long hash = ((long) frame.id() << 32 | node.id()) * 0x9E3779B97F4A7C15L + count;
        hash = (hash ^ hash >>> 32) * 0xD6E8FEB86659FD93L;
        return hash ^ hash >>> 32;
    }

    /** {@return where an item is, or else where it belongs} */
    private int slot(Node node, int count, Frame frame) {
        int mask = slots.length - 1;
        int slot = (int) hash(node, count, frame) & mask;
        while (stamps[slot] == stamp) {
            int index = slots[slot];
            if (nodes[index] == node && counts[index] == count && frames[index] == frame) {
                break;
            }
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        int capacity = 2 * size;
        nodes = Arrays.copyOf(nodes, capacity);
        counts = Arrays.copyOf(counts, capacity);
        frames = Arrays.copyOf(frames, capacity);
        slots = new int[4 * capacity];
        stamps = new int[4 * capacity];
        for (int i = 0; i < size; i++) {
            int slot = slot(nodes[i], counts[i], frames[i]);
            stamps[slot] = stamp;
            slots[slot] = i;
        }
    }
}
