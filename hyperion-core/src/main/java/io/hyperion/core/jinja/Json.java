package io.hyperion.core.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Writes JSON as Python's {@code json.dumps} does. Used for one value. */
final class Json {
    private final Context context;
    private final boolean ascii;
    private final Optional<String> indent;
    private final String itemSeparator;
    private final String keySeparator;
    private final boolean sorted;
    private final StringBuilder out = new StringBuilder();

    private Json(Context context, boolean ascii, Optional<String> indent, Tuple separators, boolean sorted) {
        this.context = context;
        this.ascii = ascii;
        this.indent = indent;
        this.sorted = sorted;
        itemSeparator = Methods.text(separators.items().get(0));
        keySeparator = Methods.text(separators.items().get(1));
    }

    /** @param arguments the value, then ensure_ascii, indent, separators and sort_keys, of which null is not given */
    static String dump(Context context, Object[] arguments) {
        boolean given = arguments[2] != null && arguments[2] != None.NONE;
        Optional<String> indent = given ? Optional.of(indent(context, arguments[2])) : Optional.empty();
        Tuple separators = arguments[3] == null || arguments[3] == None.NONE
                ? Tuple.of(given ? "," : ", ", ": ")
                : new Tuple(Iteration.unpack(context, arguments[3], 2));
        Json json = new Json(
                context,
                arguments[1] != null && Values.isTrue(context, arguments[1]),
                indent,
                separators,
                arguments[4] != null && Values.isTrue(context, arguments[4]));
        json.value(arguments[0], 0);
        return context.made(json.out.toString());
    }

    private static String indent(Context context, Object value) {
        if (Values.isText(value)) {
            return Values.rawText(value);
        }
        int width = Math.max(0, Numbers.index(value));
        context.requireLength(width);
        return " ".repeat(width);
    }

    private void value(Object value, int depth) {
        context.step();
        if (Values.isText(value)) {
            string(Values.rawText(value));
        } else if (value instanceof Boolean || Numbers.isNumber(value)) {
            out.append(number(value));
        } else if (value == None.NONE) {
            out.append("null");
        } else if (value instanceof List || value instanceof Tuple) {
            List<Object> items = Iteration.items(context, value);
            context.enter();
            begin('[');
            for (int i = 0; i < items.size(); i++) {
                separate(i, depth);
                value(items.get(i), depth + 1);
            }
            end(']', items.size(), depth);
            context.leave();
        } else if (value instanceof Dict dict) {
            context.enter();
            object(dict, depth);
            context.leave();
        } else {
            throw Fault.of("Object of type " + Values.typeName(value) + " is not JSON serializable");
        }
    }

    private void object(Dict dict, int depth) {
        List<Object> items = dict.items();
        if (sorted) {
            List<Object> keys = new ArrayList<>(dict.keys());
            items = Operators.sort(context, keys, items, false);
        }
        begin('{');
        int count = 0;
        for (Object item : items) {
            List<Object> pair = ((Tuple) item).items();
            separate(count++, depth);
            string(key(pair.get(0)));
            out.append(keySeparator);
            value(pair.get(1), depth + 1);
        }
        end('}', count, depth);
    }

    private static String key(Object key) {
        if (Values.isText(key)) {
            return Values.rawText(key);
        }
        if (key == None.NONE) {
            return "null";
        }
        if (Numbers.isNumber(key)) {
            return number(key);
        }
        throw Fault.of("keys must be str, int, float, bool or None, not " + Values.typeName(key));
    }

    private static String number(Object value) {
        if (value instanceof Double real && (real.isNaN() || real.isInfinite())) {
            return real.isNaN() ? "NaN" : real > 0 ? "Infinity" : "-Infinity";
        }
        return Numbers.text(value);
    }

    private void begin(char bracket) {
        out.append(bracket);
    }

    private void separate(int index, int depth) {
        out.append(index == 0 ? "" : itemSeparator);
        newLine(depth + 1);
    }

    private void end(char bracket, int count, int depth) {
        if (count > 0) {
            newLine(depth);
        }
        out.append(bracket);
    }

    private void newLine(int depth) {
        if (indent.isPresent()) {
            long width = (long) indent.get().length() * depth;
            requireRoom(width);
            out.append('\n').append(String.join("", Collections.nCopies(depth, indent.get())));
        }
    }

    private void requireRoom(long more) {
        if (out.length() + more > context.longest()) {
            context.requireLength(out.length() + more);
        }
    }

    private void string(String text) {
        requireRoom(text.length());
        context.readCharacters(text.length());
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < ' ' || ascii && c > '~') {
                        out.append("\\u").append(String.format("%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
