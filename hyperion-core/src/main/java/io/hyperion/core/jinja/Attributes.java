package io.hyperion.core.jinja;

import java.util.List;
import java.util.Set;

/** What {@code value.name} and {@code value[key]} give: an attribute of Python's type first with the one, an item first with the other. */
final class Attributes {
    /** What every object of Python has, and a template may not touch. */
    private static final Set<String> PRIVATE = Set.of(
            "__class__",
            "__delattr__",
            "__dict__",
            "__dir__",
            "__doc__",
            "__eq__",
            "__format__",
            "__ge__",
            "__getattribute__",
            "__getstate__",
            "__gt__",
            "__hash__",
            "__init__",
            "__init_subclass__",
            "__le__",
            "__lt__",
            "__module__",
            "__ne__",
            "__new__",
            "__reduce__",
            "__reduce_ex__",
            "__repr__",
            "__setattr__",
            "__sizeof__",
            "__str__",
            "__subclasshook__");
    /** What would change a list or a dict. */
    private static final Set<String> CHANGES_LIST =
            Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");

    private static final Set<String> CHANGES_DICT = Set.of("clear", "pop", "popitem", "setdefault", "update");

    private Attributes() {}

    static Object attribute(Context context, Object value, String name) {
        Object member = member(context, value, name);
        if (member != null) {
            return member;
        }
        Object item = value instanceof Dict dict ? dict.get(name) : null;
        return item != null ? item : missing(context, value, name);
    }

    static Object item(Context context, Object value, Object key) {
        if (value instanceof Undefined undefined) {
            throw undefined.fault();
        }
        Object item = find(context, value, key);
        if (item == null && Values.isText(key)) {
            item = member(context, value, Values.rawText(key));
        }
        return item != null ? item : missing(context, value, key);
    }

    /** The item alone, without attributes; null if there is none. */
    private static Object find(Context context, Object value, Object key) {
        if (value instanceof Dict dict) {
            boolean hashable = !(key instanceof List || key instanceof Dict);
            return hashable ? dict.get(context, key) : null;
        }
        if (!Numbers.isInteger(key)) {
            return null;
        }
        if (value instanceof List<?> list) {
            int index = index(key, list.size());
            return index < 0 ? null : list.get(index);
        }
        if (value instanceof Tuple tuple) {
            int index = index(key, tuple.items().size());
            return index < 0 ? null : tuple.items().get(index);
        }
        if (Values.isText(value)) {
            String text = Values.rawText(value);
            context.readCharacters(text.length());
            int index = index(key, Texts.length(text));
            if (index < 0) {
                return null;
            }
            String character = Texts.part(text, index, index + 1);
            return value instanceof Markup ? new Markup(character) : character;
        }
        if (value instanceof Range range) {
            int index = index(key, (int) range.size());
            return index < 0 ? null : range.get(index);
        }
        return null;
    }

    /** {@return the index from the beginning, or -1 if it is out of range} */
    private static int index(Object key, int size) {
        long index = Numbers.index(key);
        if (index < 0) {
            index += size;
        }
        return index >= 0 && index < size ? (int) index : -1;
    }

    /** An attribute of Python's type; null if there is none. */
    static Object member(Context context, Object value, String name) {
        if (value instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (value instanceof Namespace namespace) {
            return namespace.attributes().get(name);
        }
        boolean changes = value instanceof List && CHANGES_LIST.contains(name)
                || value instanceof Dict && CHANGES_DICT.contains(name);
        if (changes || PRIVATE.contains(name)) {
            return new Undefined("access to attribute " + Texts.repr(name) + " of '" + Values.typeName(value)
                    + "' object is unsafe.");
        }
        if (value instanceof LoopContext loop) {
            Object attribute = loop.attribute(name);
            return attribute != null ? attribute : loop.counted(context, name);
        }
        if (value instanceof Tuple tuple && tuple.names().contains(name)) {
            return tuple.items().get(tuple.names().indexOf(name));
        }
        if (value instanceof Cycler cycler) {
            return cycler.attribute(name);
        }
        if (value instanceof Macro macro) {
            return macroAttribute(macro, name);
        }
        Builtin method = Methods.of(value, name);
        return method != null ? new BoundMethod(method, value) : Methods.property(value, name);
    }

    private static Object macroAttribute(Macro macro, String name) {
        MacroDefinition definition = macro.definition();
        return switch (name) {
            case "name" -> definition.name().isEmpty() ? None.NONE : definition.name();
            case "arguments" -> new Tuple(List.copyOf(definition.parameters()));
            case "catch_kwargs" -> definition.special().kwargs();
            case "catch_varargs" -> definition.special().varargs();
            case "caller" -> definition.special().caller();
            default -> null;
        };
    }

    private static Undefined missing(Context context, Object value, Object key) {
        String object = value == None.NONE ? "None" : Values.typeName(value) + " object";
        return new Undefined(
                Values.isText(key)
                        ? "'" + object + "' has no attribute " + Texts.repr(Values.rawText(key))
                        : object + " has no element " + Values.repr(context, key));
    }
}
