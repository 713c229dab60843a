package io.hyperion.core.jinja;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The methods and attributes of Python's list, tuple, dict, range, int and float that read; those of str are {@link StringMethods}. */
final class Methods {
    private static final Map<String, Builtin> DICT = new HashMap<>();
    private static final Map<String, Builtin> SEQUENCE = new HashMap<>();
    private static final Map<String, Builtin> INTEGER = new HashMap<>();
    private static final Map<String, Builtin> REAL = new HashMap<>();

    static {
        define(DICT, "get", "/self /key /default?", (c, a) -> {
            Object value = ((Dict) a[0]).get(c, a[1]);
            return value != null ? value : a[2] != null ? a[2] : None.NONE;
        });
        define(DICT, "items", "/self", (c, a) -> new DictView(DictView.Kind.ITEMS, (Dict) a[0]));
        define(DICT, "keys", "/self", (c, a) -> new DictView(DictView.Kind.KEYS, (Dict) a[0]));
        define(DICT, "values", "/self", (c, a) -> new DictView(DictView.Kind.VALUES, (Dict) a[0]));
        define(DICT, "copy", "/self", (c, a) -> {
            c.allocate(((Dict) a[0]).size());
            return ((Dict) a[0]).copy();
        });
        define(SEQUENCE, "count", "/self /value", (c, a) -> {
            long[] count = {0};
            Iteration.each(c, a[0], item -> count[0] += Operators.same(c, item, a[1]) ? 1 : 0);
            return count[0];
        });
        define(SEQUENCE, "index", "/self /value /start? /stop?", Methods::indexOf);
        define(INTEGER, "bit_length", "/self", (c, a) ->
                (long) Numbers.big(a[0]).abs().bitLength());
        define(INTEGER, "bit_count", "/self", (c, a) ->
                (long) Numbers.big(a[0]).abs().bitCount());
        define(INTEGER, "conjugate", "/self", (c, a) -> Numbers.integer(Numbers.big(a[0])));
        define(REAL, "is_integer", "/self", (c, a) -> Numbers.isWhole((Double) a[0]));
        define(REAL, "conjugate", "/self", (c, a) -> a[0]);
    }

    private Methods() {}

    private static void define(Map<String, Builtin> methods, String name, String parameters, Builtin.Body body) {
        methods.put(name, Builtin.fixed(name, parameters, body));
    }

    /** {@return the method of a value's type, or null} */
    static Builtin of(Object value, String name) {
        if (Values.isText(value)) {
            return StringMethods.BY_NAME.get(name);
        }
        if (value instanceof Dict) {
            return DICT.get(name);
        }
        if (value instanceof List && name.equals("copy")) {
            return Builtin.fixed("copy", "/self", (c, a) -> Iteration.toList(c, a[0]));
        }
        if (value instanceof List || value instanceof Tuple || value instanceof Range) {
            return SEQUENCE.get(name);
        }
        if (Numbers.isInteger(value)) {
            return INTEGER.get(name);
        }
        return value instanceof Double ? REAL.get(name) : null;
    }

    /** {@return the attribute of a value's type that is no method, or null} */
    static Object property(Object value, String name) {
        if (value instanceof Range range) {
            return switch (name) {
                case "start" -> range.start();
                case "stop" -> range.stop();
                case "step" -> range.step();
                default -> null;
            };
        }
        if (!Numbers.isNumber(value)) {
            return null;
        }
        boolean whole = Numbers.isInteger(value);
        return switch (name) {
            case "real" -> whole ? Numbers.integer(Numbers.big(value)) : value;
            case "imag" -> whole ? (Object) 0L : 0.0;
            case "numerator" -> whole ? Numbers.integer(Numbers.big(value)) : null;
            case "denominator" -> whole ? 1L : null;
            default -> null;
        };
    }

    private static Object indexOf(Context context, Object[] a) {
        List<Object> items = a[0] instanceof Range ? Iteration.toList(context, a[0]) : Iteration.items(context, a[0]);
        int size = items.size();
        int start = a[2] == null ? 0 : clip(Numbers.index(a[2]), size);
        int stop = a[3] == null ? size : clip(Numbers.index(a[3]), size);
        for (int i = start; i < stop; i++) {
            context.step();
            if (Operators.same(context, items.get(i), a[1])) {
                return (long) i;
            }
        }
        throw Fault.of(Values.repr(context, a[1]) + " is not in " + Values.typeName(a[0]));
    }

    /** An index of a slice, counted from the end if it is negative, brought into range. */
    static int clip(int index, int size) {
        return Math.max(0, Math.min(size, index < 0 ? index + size : index));
    }

    /** {@return the characters of a text} @throws Fault if it is none */
    static String text(Object value) {
        if (Values.isText(value)) {
            return Values.rawText(value);
        }
        throw value instanceof Undefined undefined
                ? undefined.fault()
                : Fault.of("a string is required, not '" + Values.typeName(value) + "'");
    }

    static double toReal(Object value) {
        if (Numbers.isNumber(value)) {
            return Numbers.real(value);
        }
        throw value instanceof Undefined undefined
                ? undefined.fault()
                : Fault.of("must be real number, not " + Values.typeName(value));
    }
}
