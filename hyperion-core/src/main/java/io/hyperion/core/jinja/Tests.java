package io.hyperion.core.jinja;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The tests after {@code is}. */
final class Tests {
    static final Map<String, Builtin> BY_NAME = all();

    private Tests() {}

    private static Map<String, Builtin> all() {
        Map<String, Builtin> all = new HashMap<>();
        kinds(all);
        define(all, "defined", "/value", (c, a) -> !(a[0] instanceof Undefined));
        define(all, "undefined", "/value", (c, a) -> a[0] instanceof Undefined);
        define(all, "none", "/value", (c, a) -> a[0] == None.NONE);
        define(all, "true", "/value", (c, a) -> Boolean.TRUE.equals(a[0]));
        define(all, "false", "/value", (c, a) -> Boolean.FALSE.equals(a[0]));
        define(all, "lower", "value", (c, a) -> StringMethods.isLower(text(c, a[0])));
        define(all, "upper", "value", (c, a) -> StringMethods.isUpper(text(c, a[0])));
        define(all, "escaped", "value", (c, a) -> a[0] instanceof Markup);
        define(all, "odd", "value", (c, a) -> remainder(c, a[0], 2L, 1L));
        define(all, "even", "value", (c, a) -> remainder(c, a[0], 2L, 0L));
        define(all, "divisibleby", "value num", (c, a) -> remainder(c, a[0], a[1], 0L));
        define(all, "sameas", "value other", (c, a) -> isSame(a[0], a[1]));
        define(all, "in", "value seq", (c, a) -> Operators.contains(c, a[1], a[0]));
        define(all, "filter", "value", (c, a) -> Filters.BY_NAME.containsKey(Dict.lookup(c, a[0])));
        define(all, "test", "value", (c, a) -> isTest(Dict.lookup(c, a[0])));
        comparison(all, "==", "eq", "equalto");
        comparison(all, "!=", "ne");
        comparison(all, "<", "lt", "lessthan");
        comparison(all, "<=", "le");
        comparison(all, ">", "gt", "greaterthan");
        comparison(all, ">=", "ge");
        return Map.copyOf(all);
    }

    private static void kinds(Map<String, Builtin> all) {
        define(all, "boolean", "/value", (c, a) -> a[0] instanceof Boolean);
        define(all, "integer", "/value", (c, a) -> Numbers.isInteger(a[0]) && !(a[0] instanceof Boolean));
        define(all, "float", "/value", (c, a) -> a[0] instanceof Double);
        define(all, "number", "/value", (c, a) -> Numbers.isNumber(a[0]));
        define(all, "string", "/value", (c, a) -> Values.isText(a[0]));
        define(all, "mapping", "/value", (c, a) -> a[0] instanceof Dict);
        define(all, "iterable", "/value", (c, a) -> Iteration.isIterable(a[0]) || a[0] instanceof LoopContext);
        define(all, "callable", "/value", (c, a) -> a[0] instanceof Callable || a[0] instanceof Undefined);
        define(
                all,
                "sequence",
                "/value",
                (c, a) -> a[0] instanceof List
                        || a[0] instanceof Tuple
                        || a[0] instanceof Dict
                        || a[0] instanceof Range
                        || a[0] instanceof Undefined
                        || Values.isText(a[0]));
    }

    private static String text(Context context, Object value) {
        String text = Values.text(context, value);
        context.readCharacters(text.length());
        return text;
    }

    private static boolean isTest(Object name) {
        return BY_NAME.containsKey(name);
    }

    private static void define(Map<String, Builtin> all, String name, String parameters, Builtin.Body body) {
        all.put(name, Builtin.fixed(name, parameters, body));
    }

    private static void comparison(Map<String, Builtin> all, String operator, String... names) {
        Builtin test = Builtin.fixed(operator, "/a /b", (c, a) -> Operators.compares(c, operator, a[0], a[1]));
        all.put(operator, test);
        for (String name : names) {
            all.put(name, test);
        }
    }

    private static boolean remainder(Context context, Object value, Object divisor, Object rest) {
        return Operators.equal(context, Operators.apply(context, "%", value, divisor), rest);
    }

    /** Identity: of numbers and texts, which are the same object in Python only by chance, equality within a type. */
    private static boolean isSame(Object left, Object right) {
        boolean simple = left instanceof String || left instanceof Long || left instanceof Boolean;
        return left == right || simple && left.equals(right);
    }
}
