package io.hyperion.core.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Going through values. */
final class Iteration {
    private Iteration() {}

    static boolean isIterable(Object value) {
        return value instanceof List
                || Values.isText(value)
                || value instanceof Tuple
                || value instanceof Dict
                || value instanceof Range
                || value instanceof DictView
                || value instanceof Generator
                || value instanceof Undefined;
    }

    static Iterator<Object> iterator(Context context, Object value) {
        if (value instanceof Generator generator) {
            return generator;
        }
        if (value instanceof Range range) {
            return range.iterator();
        }
        if (value instanceof List || value instanceof Tuple || Values.isText(value)) {
            return items(context, value).iterator();
        }
        if (value instanceof Dict dict) {
            context.allocate(dict.size());
            return dict.keys().iterator();
        }
        if (value instanceof DictView view) {
            context.allocate(view.dict().size());
            return view.items().iterator();
        }
        if (value instanceof Undefined) {
            return List.of().iterator();
        }
        throw Fault.of("'" + Values.typeName(value) + "' object is not iterable");
    }

    /** The items of a list, tuple or text. */
    @SuppressWarnings("unchecked")
    static List<Object> items(Context context, Object sequence) {
        if (sequence instanceof Tuple tuple) {
            return tuple.items();
        }
        if (Values.isText(sequence)) {
            String text = Values.rawText(sequence);
            context.allocate(text.length());
            return Texts.characters(text);
        }
        return (List<Object>) sequence;
    }

    static void each(Context context, Object value, Consumer<Object> action) {
        Iterator<Object> iterator = iterator(context, value);
        while (iterator.hasNext()) {
            context.step();
            action.accept(iterator.next());
        }
    }

    /** {@return a new list of all items} */
    static List<Object> toList(Context context, Object value) {
        List<Object> list = new ArrayList<>();
        each(context, value, item -> {
            context.allocate(1);
            list.add(item);
        });
        return list;
    }

    /** {@return Python's len; empty if the value has none} */
    static Optional<Long> size(Context context, Object value) {
        if (value instanceof List<?> list) {
            return Optional.of((long) list.size());
        }
        if (Values.isText(value)) {
            String text = Values.rawText(value);
            context.readCharacters(text.length());
            return Optional.of((long) Texts.length(text));
        }
        if (value instanceof Tuple tuple) {
            return Optional.of((long) tuple.items().size());
        }
        if (value instanceof Dict dict) {
            return Optional.of((long) dict.size());
        }
        if (value instanceof DictView view) {
            return Optional.of((long) view.dict().size());
        }
        if (value instanceof Range range) {
            return Optional.of(range.size());
        }
        return value instanceof Undefined ? Optional.of(0L) : Optional.empty();
    }

    static List<Object> unpack(Context context, Object value, int count) {
        if (!isIterable(value)) {
            throw Fault.of("cannot unpack non-iterable " + Values.typeName(value) + " object");
        }
        List<Object> values = new ArrayList<>(count);
        Iterator<Object> iterator = iterator(context, value);
        while (iterator.hasNext()) {
            if (values.size() == count) {
                throw Fault.of("too many values to unpack (expected " + count + ")");
            }
            values.add(iterator.next());
        }
        if (values.size() < count) {
            throw Fault.of("not enough values to unpack (expected " + count + ", got " + values.size() + ")");
        }
        return values;
    }

    /** Those of the items that pass, asked when they are wanted. */
    static Generator filter(Context context, Iterator<Object> items, Predicate<Object> passes) {
        return new Generator(context, () -> {
            while (items.hasNext()) {
                context.step();
                Object item = items.next();
                if (passes.test(item)) {
                    return Optional.of(item);
                }
            }
            return Optional.empty();
        });
    }
}
