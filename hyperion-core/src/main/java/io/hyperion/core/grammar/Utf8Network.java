package io.hyperion.core.grammar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compiles a set of characters to nodes that take exactly their UTF-8 bytes. At each node a byte leads to one node at most, so a character
 * that is cut between its bytes is known as far as its bytes tell.
 */
final class Utf8Network {
    /** How many values a continuation byte tells apart. */
    private static final int CONTINUATIONS = 64;

    private static final int FIRST_CONTINUATION = 0x80;
    /** By the number of bytes less one: the first character that needs so many, and the first byte of such a form. */
    private static final int[] FIRST_OF_LENGTH = {0, 0x80, 0x800, 0x10000, Character.MAX_CODE_POINT + 1};

    private static final int[] LEADING = {0, 0xC0, 0xE0, 0xF0};

    private final Maker maker;
    private final Node end;
    /** Nodes of continuation bytes, by what they take. */
    private final Map<Tail, Node> tails = new HashMap<>();

    private record Tail(List<CodePoints.Range> values, int length) {}

    /** Makes a node of edges: the first and the last byte of each, and its target. */
    interface Maker {
        Node.Bytes make(int[] bounds, Node[] targets);
    }

    Utf8Network(Node end, Maker maker) {
        this.end = end;
        this.maker = maker;
    }

    /** {@return the first node, for characters as ascending ranges without overlaps, at least one} */
    Node.Bytes start(List<CodePoints.Range> characters) {
        List<Integer> bounds = new ArrayList<>();
        List<Node> targets = new ArrayList<>();
        for (int tail = 0; tail < LEADING.length; tail++) {
            List<CodePoints.Range> ofLength = cut(characters, FIRST_OF_LENGTH[tail], FIRST_OF_LENGTH[tail + 1] - 1, 0);
            addEdges(ofLength, tail, LEADING[tail], bounds, targets);
        }
        return node(bounds, targets);
    }

    private Node tail(List<CodePoints.Range> values, int length) {
        if (length == 0) {
            return end;
        }
        Tail key = new Tail(values, length);
        Node known = tails.get(key);
        if (known == null) {
            List<Integer> bounds = new ArrayList<>();
            List<Node> targets = new ArrayList<>();
            addEdges(values, length - 1, FIRST_CONTINUATION, bounds, targets);
            known = node(bounds, targets);
            tails.put(key, known);
        }
        return known;
    }

    /** Adds the edges of one byte for values that this byte, counted from a base, and further continuation bytes tell apart. */
    private void addEdges(
            List<CodePoints.Range> values, int continuations, int base, List<Integer> bounds, List<Node> targets) {
        int step = 1;
        for (int i = 0; i < continuations; i++) {
            step *= CONTINUATIONS;
        }
        int next = 0;
        for (CodePoints.Range range : values) {
            for (int digit = Math.max(next, range.first() / step); digit <= range.last() / step; ) {
                List<CodePoints.Range> rest = cut(values, digit * step, (digit + 1) * step - 1, digit * step);
                // Digits that the range covers whole lead to the same node, and most ranges cover many.
                int last = digit;
                if (range.first() <= digit * step) {
                    last = Math.max(digit, (range.last() + 1) / step - 1);
                }
                bounds.add(base + digit);
                bounds.add(base + last);
                targets.add(tail(rest, continuations));
                digit = last + 1;
                next = digit;
            }
        }
    }

    /** {@return the parts of the ranges between two values, both included, less an offset} */
    private static List<CodePoints.Range> cut(List<CodePoints.Range> ranges, int first, int last, int offset) {
        List<CodePoints.Range> parts = new ArrayList<>();
        for (int i = firstEndingAt(ranges, first);
                i < ranges.size() && ranges.get(i).first() <= last;
                i++) {
            parts.add(new CodePoints.Range(
                    Math.max(ranges.get(i).first(), first) - offset,
                    Math.min(ranges.get(i).last(), last) - offset));
        }
        return parts;
    }

    /** {@return the index of the first range that ends at a value or after it} */
    private static int firstEndingAt(List<CodePoints.Range> ranges, int value) {
        int low = 0;
        int high = ranges.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ranges.get(middle).last() < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private Node.Bytes node(List<Integer> bounds, List<Node> targets) {
        return maker.make(bounds.stream().mapToInt(Integer::intValue).toArray(), targets.toArray(Node[]::new));
    }
}
