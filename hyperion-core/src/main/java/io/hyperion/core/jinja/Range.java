package io.hyperion.core.jinja;

import java.util.Iterator;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Python's range.
 *
 * @param step not 0
 */
record Range(long start, long stop, long step) {
    /** As many items as Jinja2's sandbox allows. */
    private static final long MAX_SIZE = 100_000;

    private static final int MAX_BITS = 53;

    static Range of(List<Object> arguments) {
        if (arguments.isEmpty() || arguments.size() > 3) {
            throw Fault.of("range expected 1 to 3 arguments, got " + arguments.size());
        }
        long first = bound(arguments.get(0));
        Range range = arguments.size() == 1
                ? new Range(0, first, 1)
                : new Range(first, bound(arguments.get(1)), arguments.size() == 3 ? bound(arguments.get(2)) : 1);
        if (range.step == 0) {
            throw Fault.of("range() arg 3 must not be zero");
        }
        if (range.size() > MAX_SIZE) {
            throw Fault.limit("Range too big. The sandbox blocks ranges larger than MAX_RANGE (" + MAX_SIZE + ").");
        }
        return range;
    }

    private static long bound(Object value) {
        Numbers.index(value);
        if (Numbers.big(value).bitLength() > MAX_BITS) {
            throw Fault.limit("the bounds of a range have at most " + MAX_BITS + " bits");
        }
        return Numbers.big(value).longValue();
    }

    long size() {
        long span = step > 0 ? stop - start : start - stop;
        long stride = Math.abs(step);
        return span <= 0 ? 0 : (span + stride - 1) / stride;
    }

    Object get(long index) {
        return start + index * step;
    }

    /** What two ranges of the same size must have in common to be equal. */
    List<Object> bounds() {
        long size = size();
        return size == 0 ? List.of() : List.of(get(0), get(size - 1));
    }

    Iterator<Object> iterator() {
        return LongStream.range(0, size()).mapToObj(this::get).iterator();
    }

    @Override
    public String toString() {
        return "range(" + start + ", " + stop + (step == 1 ? "" : ", " + step) + ")";
    }
}
