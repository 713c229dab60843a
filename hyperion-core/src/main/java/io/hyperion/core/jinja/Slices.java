package io.hyperion.core.jinja;

import java.util.ArrayList;
import java.util.List;

/** Python's slices: {@code sequence[start:stop:step]}. */
final class Slices {
    private Slices() {}

    static Object of(Context context, Object value, Object start, Object stop, Object step) {
        if (value instanceof Undefined undefined) {
            throw undefined.fault();
        }
        boolean sliceable =
                value instanceof List || value instanceof Tuple || value instanceof Range || Values.isText(value);
        if (!sliceable) {
            throw Fault.of(
                    value instanceof Dict
                            ? "unhashable type: 'slice'"
                            : "'" + Values.typeName(value) + "' object is not subscriptable");
        }
        int by = step == None.NONE ? 1 : index(step);
        if (by == 0) {
            throw Fault.of("slice step cannot be zero");
        }
        int size = Iteration.size(context, value).orElseThrow().intValue();
        int from = bound(start, size, by, by > 0 ? 0 : size - 1);
        int to = bound(stop, size, by, by > 0 ? size : -1);
        if (by == 1 && Values.isText(value)) {
            String part = from < to ? Texts.part(Values.rawText(value), from, to) : "";
            context.allocate(part.length());
            return value instanceof Markup ? new Markup(part) : part;
        }
        if (value instanceof Range range) {
            return new Range(range.start() + from * range.step(), range.start() + to * range.step(), range.step() * by);
        }
        return pick(context, value, from, to, by);
    }

    private static Object pick(Context context, Object value, int from, int to, int by) {
        List<Object> items = Iteration.items(context, value);
        List<Object> picked = new ArrayList<>();
        for (long i = from; by > 0 ? i < to : i > to; i += by) {
            picked.add(items.get((int) i));
        }
        context.allocate(picked.size());
        if (Values.isText(value)) {
            StringBuilder text = new StringBuilder(picked.size());
            picked.forEach(text::append);
            return value instanceof Markup ? new Markup(text.toString()) : text.toString();
        }
        return value instanceof Tuple ? new Tuple(picked) : picked;
    }

    private static int index(Object value) {
        if (!Numbers.isInteger(value)) {
            throw value instanceof Undefined undefined
                    ? undefined.fault()
                    : Fault.of("slice indices must be integers or None or have an __index__ method");
        }
        return Numbers.index(value);
    }

    private static int bound(Object value, int size, int step, int absent) {
        if (value == None.NONE) {
            return absent;
        }
        long index = index(value);
        if (index < 0) {
            index += size;
        }
        int lowest = step > 0 ? 0 : -1;
        int highest = step > 0 ? size : size - 1;
        return (int) Math.max(lowest, Math.min(highest, index));
    }
}
