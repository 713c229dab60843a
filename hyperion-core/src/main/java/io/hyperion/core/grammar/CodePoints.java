package io.hyperion.core.grammar;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Sets of characters. */
final class CodePoints {
    private static final Range SURROGATES = new Range(Character.MIN_SURROGATE, Character.MAX_SURROGATE);

    /** All from the first to the last, both included. */
    record Range(int first, int last) {}

    private CodePoints() {}

    /** {@return the characters that are in one of the ranges, as ascending ranges without overlaps; surrogates are left out} */
    static List<Range> of(List<Range> ranges) {
        return without(merged(ranges), SURROGATES);
    }

    /** {@return the characters that are in none of the ranges, as ascending ranges without overlaps; surrogates are left out} */
    static List<Range> notOf(List<Range> ranges) {
        List<Range> rest = new ArrayList<>();
        int from = 0;
        for (Range range : merged(ranges)) {
            if (range.first > from) {
                rest.add(new Range(from, range.first - 1));
            }
            from = range.last + 1;
        }
        if (from <= Character.MAX_CODE_POINT) {
            rest.add(new Range(from, Character.MAX_CODE_POINT));
        }
        return without(rest, SURROGATES);
    }

    private static List<Range> merged(List<Range> ranges) {
        List<Range> sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparingInt(Range::first));
        List<Range> merged = new ArrayList<>();
        for (Range range : sorted) {
            int end = merged.size() - 1;
            if (end >= 0 && range.first <= merged.get(end).last + 1) {
                Range before = merged.get(end);
                merged.set(end, new Range(before.first, Math.max(before.last, range.last)));
            } else {
                merged.add(range);
            }
        }
        return merged;
    }

    private static List<Range> without(List<Range> ranges, Range hole) {
        List<Range> rest = new ArrayList<>();
        for (Range range : ranges) {
            if (range.last < hole.first || range.first > hole.last) {
                rest.add(range);
                continue;
            }
            if (range.first < hole.first) {
                rest.add(new Range(range.first, hole.first - 1));
            }
            if (range.last > hole.last) {
                rest.add(new Range(hole.last + 1, range.last));
            }
        }
        return rest;
    }
}
