package io.hyperion.core.jinja;

/** Python's {@code pprint}, of what fits on a line; longer values are not broken into several. */
final class PrettyPrint {
    private PrettyPrint() {}

    static String format(Context context, Object value) {
        return Values.repr(context, sorted(context, value));
    }

    /** Dicts are shown by key. */
    private static Object sorted(Context context, Object value) {
        if (!(value instanceof Dict dict)) {
            return value;
        }
        Dict sorted = new Dict();
        for (Object item : Operators.sort(context, dict.keys(), dict.items(), false)) {
            Tuple pair = (Tuple) item;
            sorted.put(context, pair.items().get(0), pair.items().get(1));
        }
        return sorted;
    }
}
