package io.hyperion.core.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Predicate;

/** The filters after {@code |}, other than those that lay out text, which are {@link TextFilters}. */
final class Filters {
    static final Map<String, Builtin> BY_NAME = all();

    private Filters() {}

    private static Map<String, Builtin> all() {
        Map<String, Builtin> all = new HashMap<>();
        TextFilters.addTo(all);
        numbers(all);
        ends(all);
        lists(all);
        choices(all);
        define(all, "default", "value default_value? boolean?", Filters::orDefault);
        all.put("d", all.get("default"));
        define(all, "attr", "obj name", (c, a) -> {
            Object member = Attributes.member(c, a[0], Methods.text(a[1]));
            return member != null
                    ? member
                    : new Undefined("'" + Values.typeName(a[0]) + " object' has no attribute "
                            + Texts.repr(Methods.text(a[1])));
        });
        define(all, "tojson", "value ensure_ascii? indent? separators? sort_keys?", Json::dump);
        define(all, "length", "/value", (c, a) -> Iteration.size(c, a[0])
                .or(() -> a[0] instanceof LoopContext loop ? Optional.of(loop.length(c)) : Optional.empty())
                .orElseThrow(() -> Fault.of("object of type '" + Values.typeName(a[0]) + "' has no len()")));
        all.put("count", all.get("length"));
        return Map.copyOf(all);
    }

    static void define(Map<String, Builtin> all, String name, String parameters, Builtin.Body body) {
        all.put(name, Builtin.fixed(name, parameters, body));
    }

    static boolean isGiven(Object argument) {
        return argument != null && argument != None.NONE;
    }

    static boolean isSet(Context context, Object argument) {
        return argument != null && Values.isTrue(context, argument);
    }

    private static Object orDefault(Context context, Object[] a) {
        boolean replace = a[0] instanceof Undefined || isSet(context, a[2]) && !Values.isTrue(context, a[0]);
        return replace ? (a[1] == null ? "" : a[1]) : a[0];
    }

    // Numbers

    private static void numbers(Map<String, Builtin> all) {
        define(all, "abs", "/value", (c, a) -> {
            if (!Numbers.isNumber(a[0])) {
                throw a[0] instanceof Undefined undefined
                        ? undefined.fault()
                        : Fault.of("bad operand type for abs(): '" + Values.typeName(a[0]) + "'");
            }
            return a[0] instanceof Double real
                    ? (Object) Math.abs(real)
                    : Numbers.integer(Numbers.big(a[0]).abs());
        });
        define(all, "int", "value default? base?", Filters::toInteger);
        define(all, "float", "value default?", (c, a) -> {
            Optional<Object> number = real(c, a[0]);
            return number.orElse(a[1] == null ? (Object) 0.0 : a[1]);
        });
        define(all, "round", "value precision? method?", Filters::round);
        define(all, "sum", "iterable attribute? start?", (c, a) -> {
            Function<Object, Object> key = isGiven(a[1]) ? key(c, a[1], true, Optional.empty()) : item -> item;
            Object[] sum = {a[2] == null ? 0L : a[2]};
            if (Values.isText(sum[0])) {
                throw Fault.of("sum() can't sum strings [use ''.join(seq) instead]");
            }
            Iteration.each(c, a[0], item -> sum[0] = Operators.apply(c, "+", sum[0], key.apply(item)));
            return sum[0];
        });
    }

    private static Optional<Object> real(Context context, Object value) {
        if (Numbers.isNumber(value)) {
            return Optional.of(Numbers.real(value));
        }
        if (value instanceof Undefined undefined) {
            throw undefined.fault();
        }
        context.allocate(Values.isText(value) ? Values.rawText(value).length() : 0);
        return Values.isText(value)
                ? Numbers.parseReal(Values.rawText(value)).map(number -> (Object) number)
                : Optional.empty();
    }

    private static Object toInteger(Context context, Object[] a) {
        Object otherwise = a[1] == null ? 0L : a[1];
        if (Numbers.isInteger(a[0])) {
            return Numbers.integer(Numbers.big(a[0]));
        }
        if (a[0] instanceof Double real) {
            return real.isNaN() || real.isInfinite() ? notWhole(real, otherwise) : Numbers.truncate(real);
        }
        if (Values.isText(a[0])) {
            String text = Values.rawText(a[0]);
            context.allocate(text.length());
            int base = a[2] == null ? 10 : Numbers.index(a[2]);
            Optional<Object> whole =
                    base == 0 || base >= 2 && base <= 36 ? Numbers.parseInteger(text, base) : Optional.empty();
            if (whole.isPresent()) {
                return whole.get();
            }
        }
        Optional<Object> number = real(context, a[0]);
        if (number.isEmpty()) {
            return otherwise;
        }
        double real = (Double) number.get();
        return Double.isNaN(real) || Double.isInfinite(real) ? otherwise : Numbers.truncate(real);
    }

    /** Jinja2 catches the overflow of infinity and the error of NaN only when it reads them from text. */
    private static Object notWhole(double value, Object otherwise) {
        if (Double.isInfinite(value)) {
            throw Fault.of("cannot convert float infinity to integer");
        }
        return otherwise;
    }

    private static Object round(Context context, Object[] a) {
        String method = a[2] == null ? "common" : Methods.text(a[2]);
        int precision = a[1] == null || a[1] == None.NONE ? 0 : Numbers.index(a[1]);
        Methods.toReal(a[0]);
        if (method.equals("common")) {
            return rounded(a[0], precision);
        }
        if (!method.equals("ceil") && !method.equals("floor")) {
            throw Fault.of("method must be common, ceil or floor");
        }
        Object scale = Numbers.calculate("**", 10L, (long) precision);
        double scaled = Numbers.real(Numbers.calculate("*", a[0], scale));
        Object whole = Numbers.truncate(method.equals("ceil") ? Math.ceil(scaled) : Math.floor(scaled));
        return Numbers.calculate("/", whole, scale);
    }

    private static Object rounded(Object value, int precision) {
        if (value instanceof Double real) {
            if (real.isNaN() || real.isInfinite() || precision > 350) {
                return real;
            }
            if (precision < -350) {
                return Math.copySign(0.0, real);
            }
            double rounded = new BigDecimal(real)
                    .setScale(precision, RoundingMode.HALF_EVEN)
                    .doubleValue();
            return Math.copySign(rounded, real);
        }
        if (precision >= 0) {
            return Numbers.integer(Numbers.big(value));
        }
        return precision < -Numbers.MAX_DIGITS * 5
                ? 0L
                : Numbers.integer(new BigDecimal(Numbers.big(value))
                        .setScale(precision, RoundingMode.HALF_EVEN)
                        .toBigInteger());
    }

    // First, last, smallest

    private static void ends(Map<String, Builtin> all) {
        define(all, "first", "seq", (c, a) -> {
            Iterator<Object> items = Iteration.iterator(c, a[0]);
            return items.hasNext() ? items.next() : new Undefined("No first item, sequence was empty.");
        });
        define(all, "last", "seq", (c, a) -> {
            List<Object> items = reversible(c, a[0]);
            return items.isEmpty() ? new Undefined("No last item, sequence was empty.") : items.get(items.size() - 1);
        });
        define(all, "random", "seq", (c, a) -> {
            List<Object> items = reversible(c, a[0]);
            return items.isEmpty()
                    ? new Undefined("No random item, sequence was empty.")
                    : items.get(ThreadLocalRandom.current().nextInt(items.size()));
        });
        define(all, "min", "value case_sensitive? attribute?", (c, a) -> extreme(c, a, false));
        define(all, "max", "value case_sensitive? attribute?", (c, a) -> extreme(c, a, true));
        define(all, "reverse", "value", (c, a) -> {
            if (Values.isText(a[0])) {
                String text = Values.rawText(a[0]);
                return Markup.like(
                        a[0], c.made(new StringBuilder(text).reverse().toString()));
            }
            List<Object> items = Iteration.toList(c, a[0]);
            Collections.reverse(items);
            return a[0] instanceof Generator ? items : Generator.of(c, items.iterator());
        });
    }

    private static List<Object> reversible(Context context, Object value) {
        if (value instanceof Generator || !Iteration.isIterable(value)) {
            throw Fault.of("'" + Values.typeName(value) + "' object is not reversible");
        }
        return Iteration.toList(context, value);
    }

    private static Object extreme(Context context, Object[] a, boolean largest) {
        Function<Object, Object> key = key(context, a[2], isSet(context, a[1]), Optional.empty());
        Object[] best = new Object[2];
        Iteration.each(context, a[0], item -> {
            Object value = key.apply(item);
            boolean better = best[0] == null
                    || (largest ? Operators.less(context, best[1], value) : Operators.less(context, value, best[1]));
            if (better) {
                best[0] = item;
                best[1] = value;
            }
        });
        return best[0] == null ? new Undefined("No aggregated item, sequence was empty.") : best[0];
    }

    // Lists

    private static void lists(Map<String, Builtin> all) {
        define(all, "list", "value", (c, a) -> Iteration.toList(c, a[0]));
        define(all, "items", "value", (c, a) -> {
            if (!(a[0] instanceof Dict) && !(a[0] instanceof Undefined)) {
                throw Fault.of("Can only get item pairs from a mapping.");
            }
            return Generator.of(
                    c,
                    a[0] instanceof Dict dict
                            ? dict.items().iterator()
                            : List.of().iterator());
        });
        define(all, "dictsort", "value case_sensitive? by? reverse?", Filters::dictSort);
        define(all, "sort", "value reverse? case_sensitive? attribute?", (c, a) -> {
            List<Object> items = Iteration.toList(c, a[0]);
            List<Object> keys = new ArrayList<>(items.size());
            Function<Object, Object> key = keys(c, a[3], isSet(c, a[2]));
            items.forEach(item -> keys.add(key.apply(item)));
            return Operators.sort(c, keys, items, isSet(c, a[1]));
        });
        define(all, "unique", "value case_sensitive? attribute?", (c, a) -> {
            Function<Object, Object> key = key(c, a[2], isSet(c, a[1]), Optional.empty());
            Set<Object> seen = new HashSet<>();
            return Iteration.filter(c, Iteration.iterator(c, a[0]), item -> seen.add(Dict.lookup(c, key.apply(item))));
        });
        define(all, "groupby", "value attribute default? case_sensitive?", Filters::groupBy);
        define(all, "batch", "value linecount fill_with?", Filters::batch);
        define(all, "slice", "value slices fill_with?", Filters::slice);
    }

    /** {@return what gives an attribute of an item, or the item itself, in lower case unless case matters} */
    private static Function<Object, Object> key(
            Context context, Object attribute, boolean caseSensitive, Optional<Object> otherwise) {
        List<Object> path = path(attribute);
        return item -> {
            Object value = item;
            for (Object part : path) {
                value = Attributes.item(context, value, part);
                if (value instanceof Undefined && otherwise.isPresent()) {
                    value = otherwise.get();
                }
            }
            return caseSensitive ? value : ignoreCase(context, value);
        };
    }

    private static Object ignoreCase(Context context, Object value) {
        return Values.isText(value) ? context.made(Values.rawText(value).toLowerCase(Locale.ROOT)) : value;
    }

    private static List<Object> path(Object attribute) {
        if (!isGiven(attribute)) {
            return List.of();
        }
        if (!Values.isText(attribute)) {
            return List.of(attribute);
        }
        List<Object> path = new ArrayList<>();
        for (String part : Values.rawText(attribute).split("\\.", -1)) {
            boolean number = !part.isEmpty() && part.chars().allMatch(c -> c >= '0' && c <= '9');
            path.add(number ? Numbers.parseInteger(part, 10).orElseThrow() : part);
        }
        return path;
    }

    /** As {@link #key}, of several attributes with commas between them. */
    private static Function<Object, Object> keys(Context context, Object attributes, boolean caseSensitive) {
        List<Function<Object, Object>> all = new ArrayList<>();
        if (Values.isText(attributes)) {
            for (String attribute : Values.rawText(attributes).split(",", -1)) {
                all.add(key(context, attribute, caseSensitive, Optional.empty()));
            }
        } else {
            all.add(key(context, attributes, caseSensitive, Optional.empty()));
        }
        return item -> {
            context.allocate(all.size());
            List<Object> values = new ArrayList<>(all.size());
            all.forEach(one -> values.add(one.apply(item)));
            return values;
        };
    }

    private static Object dictSort(Context context, Object[] a) {
        Dict dict = dict(a[0]);
        String by = a[2] == null ? "key" : Methods.text(a[2]);
        if (!by.equals("key") && !by.equals("value")) {
            throw Fault.of("You can only sort by either \"key\" or \"value\"");
        }
        List<Object> keys = new ArrayList<>();
        for (Object value : by.equals("key") ? dict.keys() : dict.values()) {
            keys.add(isSet(context, a[1]) ? value : ignoreCase(context, value));
        }
        return Operators.sort(context, keys, dict.items(), isSet(context, a[3]));
    }

    static Dict dict(Object value) {
        if (value instanceof Dict dict) {
            return dict;
        }
        throw value instanceof Undefined undefined
                ? undefined.fault()
                : Fault.of("'" + Values.typeName(value) + "' object has no attribute 'items'");
    }

    private static Object groupBy(Context context, Object[] a) {
        Optional<Object> otherwise = isGiven(a[2]) ? Optional.of(a[2]) : Optional.empty();
        boolean caseSensitive = isSet(context, a[3]);
        Function<Object, Object> key = key(context, a[1], caseSensitive, otherwise);
        Function<Object, Object> shown = key(context, a[1], true, otherwise);
        List<Object> items = Iteration.toList(context, a[0]);
        List<Object> keys = new ArrayList<>();
        items.forEach(item -> keys.add(key.apply(item)));
        List<Object> groups = new ArrayList<>();
        List<Object> group = new ArrayList<>();
        Object current = null;
        for (Object item : Operators.sort(context, keys, items, false)) {
            Object next = key.apply(item);
            if (current == null || !Operators.same(context, current, next)) {
                group = new ArrayList<>();
                groups.add(new Tuple(List.of(shown.apply(item), group), List.of("grouper", "list")));
                current = next;
            }
            group.add(item);
        }
        context.allocate(items.size() * 2L);
        return groups;
    }

    private static Object batch(Context context, Object[] a) {
        Iterator<Object> items = Iteration.iterator(context, a[0]);
        int size = Numbers.index(a[1]);
        return new Generator(context, () -> {
            List<Object> batch = new ArrayList<>();
            while (items.hasNext() && (batch.isEmpty() || batch.size() != size)) {
                context.allocate(1);
                batch.add(items.next());
            }
            if (batch.isEmpty()) {
                return Optional.empty();
            }
            if (isGiven(a[2]) && batch.size() < size) {
                context.allocate(size - batch.size());
                batch.addAll(Collections.nCopies(size - batch.size(), a[2]));
            }
            return Optional.of(batch);
        });
    }

    private static Object slice(Context context, Object[] a) {
        int slices = Numbers.index(a[1]);
        List<Object> items = Iteration.toList(context, a[0]);
        if (slices == 0) {
            throw Fault.of("integer division or modulo by zero");
        }
        int[] next = {0, 0};
        return new Generator(context, () -> {
            int number = next[0]++;
            if (number >= slices) {
                return Optional.empty();
            }
            int extra = items.size() % slices;
            int end = next[1] + items.size() / slices + (number < extra ? 1 : 0);
            List<Object> slice = new ArrayList<>(items.subList(next[1], end));
            next[1] = end;
            if (isGiven(a[2]) && number >= extra) {
                slice.add(a[2]);
            }
            context.allocate(slice.size());
            return Optional.of(slice);
        });
    }

    // What goes through all items

    private static void choices(Map<String, Builtin> all) {
        all.put("map", Builtin.free("map", Filters::map));
        all.put("select", Builtin.free("select", (c, a) -> choose(c, a, false, true)));
        all.put("reject", Builtin.free("reject", (c, a) -> choose(c, a, false, false)));
        all.put("selectattr", Builtin.free("selectattr", (c, a) -> choose(c, a, true, true)));
        all.put("rejectattr", Builtin.free("rejectattr", (c, a) -> choose(c, a, true, false)));
    }

    /** Nothing is done before the first item is wanted, and nothing at all with what is empty. */
    private static Generator lazily(
            Context context, Object values, Function<Iterator<Object>, Iterator<Object>> transformation) {
        List<Iterator<Object>> started = new ArrayList<>(1);
        return new Generator(context, () -> {
            if (started.isEmpty()) {
                started.add(
                        Values.isTrue(context, values)
                                ? transformation.apply(Iteration.iterator(context, values))
                                : List.of().iterator());
            }
            Iterator<Object> items = started.get(0);
            return items.hasNext() ? Optional.of(items.next()) : Optional.empty();
        });
    }

    private static Object map(Context context, Arguments arguments) {
        Object values = arguments.positional().get(0);
        Arguments rest = arguments.from(1);
        return lazily(context, values, items -> {
            Function<Object, Object> function = mapping(context, rest);
            return Generator.of(context, new Iterator<Object>() {
                @Override
                public boolean hasNext() {
                    return items.hasNext();
                }

                @Override
                public Object next() {
                    context.step();
                    return function.apply(items.next());
                }
            });
        });
    }

    private static Function<Object, Object> mapping(Context context, Arguments arguments) {
        Object attribute = arguments.named().get("attribute");
        if (arguments.positional().isEmpty() && attribute != null) {
            Object otherwise = arguments.named().get("default");
            for (String name : arguments.named().keySet()) {
                if (!name.equals("attribute") && !name.equals("default")) {
                    throw Fault.of("Unexpected keyword argument " + Texts.repr(name));
                }
            }
            return key(context, attribute, true, isGiven(otherwise) ? Optional.of(otherwise) : Optional.empty());
        }
        if (arguments.positional().isEmpty()) {
            throw Fault.of("map requires a filter argument");
        }
        String name = Methods.text(arguments.positional().get(0));
        Builtin filter = BY_NAME.get(name);
        if (filter == null) {
            throw Fault.of("No filter named " + Texts.repr(name) + ".");
        }
        return item -> filter.apply(context, arguments.from(1).first(item));
    }

    private static Object choose(Context context, Arguments arguments, boolean byAttribute, boolean keep) {
        Object values = arguments.positional().get(0);
        Arguments rest = arguments.from(1);
        return lazily(context, values, items -> {
            Predicate<Object> test = predicate(context, rest, byAttribute);
            return Iteration.filter(context, items, item -> test.test(item) == keep);
        });
    }

    private static Predicate<Object> predicate(Context context, Arguments arguments, boolean byAttribute) {
        List<Object> positional = arguments.positional();
        int names = byAttribute ? 1 : 0;
        if (positional.size() < names) {
            throw Fault.of("Missing parameter for attribute name");
        }
        Function<Object, Object> key =
                byAttribute ? key(context, positional.get(0), true, Optional.empty()) : item -> item;
        if (positional.size() == names) {
            return item -> Values.isTrue(context, key.apply(item));
        }
        String name = Methods.text(positional.get(names));
        Builtin test = Tests.BY_NAME.get(name);
        if (test == null) {
            throw Fault.of("No test named " + Texts.repr(name) + ".");
        }
        return item -> Values.isTrue(
                context, test.apply(context, arguments.from(names + 1).first(key.apply(item))));
    }
}
