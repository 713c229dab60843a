package io.hyperion.core.schema;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A set of Unicode characters; surrogates are none.
 *
 * @param ranges ascending, without overlaps or neighbours
 */
record CharacterSet(List<Range> ranges) {
    static final CharacterSet NONE = new CharacterSet(List.of());
    static final CharacterSet ALL = of(0, Character.MAX_CODE_POINT);

    /** All from the first to the last, both included. */
    record Range(int first, int last) {}

    /** Takes the first and the last character of a range. */
    interface RangeConsumer {
        void accept(int first, int last);
    }

    static CharacterSet of(int first, int last) {
        return union(List.of(new Range(first, last)));
    }

    /** {@return the characters of a text} */
    static CharacterSet of(String characters) {
        return union(characters.codePoints().mapToObj(c -> new Range(c, c)).toList());
    }

    CharacterSet or(CharacterSet other) {
        return anyOf(List.of(this, other));
    }

    /** {@return the characters of some sets together} */
    static CharacterSet anyOf(List<CharacterSet> sets) {
        return union(sets.stream().flatMap(set -> set.ranges.stream()).toList());
    }

    /** {@return all characters that are not in this set} */
    CharacterSet inverse() {
        List<Range> rest = new ArrayList<>();
        int from = 0;
        for (Range range : ranges) {
            if (range.first > from) {
                rest.add(new Range(from, range.first - 1));
            }
            from = range.last + 1;
        }
        if (from <= Character.MAX_CODE_POINT) {
            rest.add(new Range(from, Character.MAX_CODE_POINT));
        }
        return union(rest);
    }

    CharacterSet and(CharacterSet other) {
        return inverse().or(other.inverse()).inverse();
    }

    boolean isEmpty() {
        return ranges.isEmpty();
    }

    boolean contains(int c) {
        int low = 0;
        int high = ranges.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Range range = ranges.get(middle);
            if (c < range.first) {
                high = middle - 1;
            } else if (c > range.last) {
                low = middle + 1;
            } else {
                return true;
            }
        }
        return false;
    }

    void forEachRange(RangeConsumer consumer) {
        ranges.forEach(range -> consumer.accept(range.first, range.last));
    }

    private static CharacterSet union(List<Range> ranges) {
        List<Range> sorted = new ArrayList<>();
        for (Range range : ranges) {
            // Without the surrogates.
            if (range.first < Character.MIN_SURROGATE) {
                sorted.add(new Range(range.first, Math.min(range.last, Character.MIN_SURROGATE - 1)));
            }
            if (range.last > Character.MAX_SURROGATE) {
                sorted.add(new Range(Math.max(range.first, Character.MAX_SURROGATE + 1), range.last));
            }
        }
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
        return new CharacterSet(List.copyOf(merged));
    }
}
