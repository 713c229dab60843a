package io.hyperion.core.sampling;

import java.util.Arrays;

/** Finds the largest of many values with one look at each. It keeps its memory for the next time. */
final class Largest {
    /** A heap with the smallest on top: the value in the upper half in an order of whole numbers, the smaller index being larger. */
    private final long[] heap;

    private int count;

    /**
     * @param limit how many; 0 for none
     */
    Largest(int limit) {
        heap = new long[limit];
    }

    /**
     * Finds them.
     *
     * @param values the values, no NaN; negative infinity counts as none
     */
    void find(float[] values) {
        count = 0;
        int i = 0;
        for (; i < values.length && count < heap.length; i++) {
            if (values[i] != Float.NEGATIVE_INFINITY) {
                heap[count++] = key(values[i], i);
            }
        }
        if (i < values.length && count > 0) {
            for (int top = count / 2 - 1; top >= 0; top--) {
                siftDown(top);
            }
            float smallest = value(heap[0]);
            for (; i < values.length; i++) {
                if (values[i] > smallest) {
                    heap[0] = key(values[i], i);
                    siftDown(0);
                    smallest = value(heap[0]);
                }
            }
        }
        Arrays.sort(heap, 0, count);
    }

    /** {@return how many were found: all that there were, or the limit} */
    int count() {
        return count;
    }

    /** {@return the index of the value of a rank: 0 is the largest} */
    int index(int rank) {
        return ~(int) heap[count - 1 - rank];
    }

    private void siftDown(int from) {
        long moved = heap[from];
        int hole = from;
        int child = 2 * hole + 1;
        while (child < count) {
            if (child + 1 < count && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= moved) {
                break;
            }
            heap[hole] = heap[child];
            hole = child;
            child = 2 * hole + 1;
        }
        heap[hole] = moved;
    }

    private static long key(float value, int index) {
        return (long) ordered(Float.floatToRawIntBits(value)) << 32 | ~index & 0xFFFF_FFFFL;
    }

    private static float value(long key) {
        return Float.intBitsToFloat(ordered((int) (key >> 32)));
    }

    /** Bits of floats to whole numbers in the same order, and back. */
    private static int ordered(int bits) {
        return bits ^ bits >> 31 & 0x7FFF_FFFF;
    }
}
