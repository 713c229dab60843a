package io.hyperion.core.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The values of a template. Python's types are: {@link None}, Boolean, Long and {@link BigInteger} (int), Double (float), String (str),
 * {@link Markup}, List (list), {@link Tuple}, {@link Dict}, {@link Range}, {@link DictView}, {@link Generator}, {@link Undefined},
 * {@link Namespace}, and those that are {@link Callable}.
 */
final class Values {
    private Values() {}

    /**
     * A value of the caller's as one of a template.
     *
     * @throws IllegalArgumentException if it is of another type than those that a template may be given
     */
    static Object of(Context context, Object value) {
        if (value == null) {
            return None.NONE;
        }
        if (value instanceof String || value instanceof Boolean || value instanceof Long || value instanceof Double) {
            return value;
        }
        if (value instanceof BigInteger big) {
            return Numbers.integer(big);
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof BigDecimal decimal) {
            // As JSON has it, a number with a point or an exponent is a float.
            return decimal.scale() == 0 ? Numbers.integer(decimal.unscaledValue()) : (Object) decimal.doubleValue();
        }
        if (value instanceof Float real) {
            return (double) real;
        }
        context.enter();
        Object converted;
        if (value instanceof Map<?, ?> map) {
            Dict dict = new Dict();
            map.forEach((key, item) -> dict.put(context, of(context, key), of(context, item)));
            converted = dict;
        } else if (value instanceof List<?> list) {
            converted = list.stream().map(item -> of(context, item)).toList();
        } else {
            throw new IllegalArgumentException(
                    "a template cannot be given a " + value.getClass().getName());
        }
        context.leave();
        return converted;
    }

    static boolean isText(Object value) {
        return value instanceof String || value instanceof Markup;
    }

    /** The characters of a text, marked as safe or not. */
    static String rawText(Object text) {
        return text instanceof Markup markup ? markup.text() : (String) text;
    }

    static String typeName(Object value) {
        if (value instanceof Builtin) {
            return "builtin_function_or_method";
        }
        if (value instanceof Long || value instanceof BigInteger) {
            return "int";
        }
        if (value instanceof List) {
            return "list";
        }
        if (value instanceof DictView view) {
            return view.kind().typeName();
        }
        Map<Class<?>, String> names = Map.of(
                Boolean.class, "bool",
                Double.class, "float",
                String.class, "str",
                None.class, "NoneType",
                Tuple.class, "tuple",
                Dict.class, "dict",
                Range.class, "range",
                Generator.class, "generator",
                BoundMethod.class, "builtin_function_or_method");
        return names.getOrDefault(value.getClass(), value.getClass().getSimpleName());
    }

    static boolean isTrue(Context context, Object value) {
        if (value instanceof Boolean bool) {
            return bool;
        }
        if (value instanceof String text) {
            return !text.isEmpty();
        }
        if (value instanceof Long number) {
            return number != 0;
        }
        if (value instanceof Double number) {
            return number != 0;
        }
        if (value instanceof LoopContext loop) {
            return loop.length(context) > 0;
        }
        return value != None.NONE
                && !(value instanceof Undefined)
                && Iteration.size(context, value).orElse(1L) != 0;
    }

    static Object call(Context context, Object callee, Arguments arguments) {
        if (callee instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (!(callee instanceof Callable callable)) {
            throw Fault.of("'" + typeName(callee) + "' object is not callable");
        }
        context.enter();
        Object result = callable.call(context, arguments);
        context.leave();
        return result;
    }

    /** Python's {@code str}. */
    static String text(Context context, Object value) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Markup markup) {
            return markup.text();
        }
        if (value instanceof Undefined) {
            return "";
        }
        return repr(context, value);
    }

    /** Python's {@code repr}. */
    static String repr(Context context, Object value) {
        StringBuilder repr = new StringBuilder();
        repr(context, value, repr);
        return context.made(repr.toString());
    }

    private static void repr(Context context, Object value, StringBuilder repr) {
        if (repr.length() > context.longest()) {
            context.requireLength(repr.length());
        }
        if (value instanceof String text) {
            repr.append(Texts.repr(text));
        } else if (value instanceof Boolean bool) {
            repr.append(bool ? "True" : "False");
        } else if (Numbers.isNumber(value)) {
            repr.append(Numbers.text(value));
        } else if (value == None.NONE) {
            repr.append("None");
        } else if (value instanceof Undefined) {
            repr.append("Undefined");
        } else if (value instanceof Markup markup) {
            repr.append("Markup(").append(Texts.repr(markup.text())).append(')');
        } else {
            context.enter();
            container(context, value, repr);
            context.leave();
        }
    }

    private static void container(Context context, Object value, StringBuilder repr) {
        if (value instanceof List<?> list) {
            items(context, list, "[", "]", repr);
        } else if (value instanceof Tuple tuple) {
            items(context, tuple.items(), "(", tuple.items().size() == 1 ? ",)" : ")", repr);
        } else if (value instanceof Dict dict) {
            pairs(context, dict, repr);
        } else if (value instanceof Namespace namespace) {
            repr.append("<Namespace ");
            pairs(context, namespace.attributes(), repr);
            repr.append('>');
        } else if (value instanceof DictView view) {
            repr.append(view.kind().typeName());
            items(context, view.items(), "([", "])", repr);
        } else if (value instanceof Range range) {
            repr.append(range);
        } else if (value instanceof LoopContext loop) {
            repr.append(loop.repr(context));
        } else if (value instanceof Macro macro) {
            repr.append("<Macro ").append(macro.definition().shownName()).append('>');
        } else {
            repr.append('<').append(typeName(value)).append(" object>");
        }
    }

    private static void items(Context context, Collection<?> items, String begin, String end, StringBuilder repr) {
        repr.append(begin);
        boolean first = true;
        for (Object item : items) {
            context.step();
            repr.append(first ? "" : ", ");
            first = false;
            repr(context, item, repr);
        }
        repr.append(end);
    }

    private static void pairs(Context context, Dict dict, StringBuilder repr) {
        repr.append('{');
        boolean first = true;
        for (Object item : dict.items()) {
            context.step();
            List<Object> pair = ((Tuple) item).items();
            repr.append(first ? "" : ", ");
            first = false;
            repr(context, pair.get(0), repr);
            repr.append(": ");
            repr(context, pair.get(1), repr);
        }
        repr.append('}');
    }
}
