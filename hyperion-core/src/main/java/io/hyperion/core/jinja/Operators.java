package io.hyperion.core.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Python's operators. */
final class Operators {
    private Operators() {}

    static Object apply(Context context, String operator, Object left, Object right) {
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            return Numbers.calculate(operator, left, right);
        }
        if (operator.equals("%") && Values.isText(left)) {
            return Printf.format(context, left, right);
        }
        if (left instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (right instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (operator.equals("+")) {
            return add(context, left, right);
        }
        if (operator.equals("*") && Numbers.isInteger(right) && isSequence(left)) {
            return repeat(context, left, Numbers.index(right));
        }
        if (operator.equals("*") && Numbers.isInteger(left) && isSequence(right)) {
            return repeat(context, right, Numbers.index(left));
        }
        throw unsupported(operator, left, right);
    }

    private static Fault unsupported(String operator, Object left, Object right) {
        return Fault.of("unsupported operand type(s) for " + operator + ": '" + Values.typeName(left) + "' and '"
                + Values.typeName(right) + "'");
    }

    private static boolean isSequence(Object value) {
        return Values.isText(value) || value instanceof List || value instanceof Tuple;
    }

    private static Object add(Context context, Object left, Object right) {
        if (Values.isText(left) && Values.isText(right)) {
            if (left instanceof Markup || right instanceof Markup) {
                return new Markup(context.made(Markup.escape(context, left).text()
                        + Markup.escape(context, right).text()));
            }
            String a = (String) left;
            String b = (String) right;
            context.requireLength((long) a.length() + b.length());
            return a.concat(b);
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            return joined(context, a, b);
        }
        if (left instanceof Tuple a && right instanceof Tuple b) {
            return new Tuple(joined(context, a.items(), b.items()));
        }
        if (Values.isText(left)) {
            throw Fault.of("can only concatenate str (not \"" + Values.typeName(right) + "\") to str");
        }
        if (left instanceof List || left instanceof Tuple) {
            String type = Values.typeName(left);
            throw Fault.of("can only concatenate " + type + " (not \"" + Values.typeName(right) + "\") to " + type);
        }
        throw unsupported("+", left, right);
    }

    private static List<Object> joined(Context context, List<?> a, List<?> b) {
        context.allocate((long) a.size() + b.size());
        List<Object> all = new ArrayList<>(a.size() + b.size());
        all.addAll(a);
        all.addAll(b);
        return all;
    }

    private static Object repeat(Context context, Object sequence, int times) {
        int count = Math.max(0, times);
        if (Values.isText(sequence)) {
            String text = Values.rawText(sequence);
            context.requireLength((long) text.length() * count);
            String repeated = text.isEmpty() ? "" : text.repeat(count);
            return sequence instanceof Markup ? new Markup(repeated) : repeated;
        }
        List<?> items = sequence instanceof Tuple tuple ? tuple.items() : (List<?>) sequence;
        context.allocate((long) items.size() * count);
        List<Object> repeated = new ArrayList<>(items.size() * count);
        for (int i = 0; i < count && !items.isEmpty(); i++) {
            repeated.addAll(items);
        }
        return sequence instanceof Tuple ? new Tuple(repeated) : repeated;
    }

    static Object sign(String operator, Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (!Numbers.isNumber(value)) {
            throw Fault.of("bad operand type for unary " + operator + ": '" + Values.typeName(value) + "'");
        }
        if (operator.equals("-")) {
            return Numbers.negate(value);
        }
        return value instanceof Boolean bool ? (Object) (bool ? 1L : 0L) : value;
    }

    static boolean compares(Context context, String operator, Object left, Object right) {
        return switch (operator) {
            case "==" -> equal(context, left, right);
            case "!=" -> !equal(context, left, right);
            case "in" -> contains(context, right, left);
            case "not in" -> !contains(context, right, left);
            default -> orders(context, operator, left, right);
        };
    }

    static boolean equal(Context context, Object left, Object right) {
        if (left == right) {
            return !(left instanceof Double real) || !real.isNaN();
        }
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            return Numbers.compare(left, right).orElse(1) == 0;
        }
        if (Values.isText(left) && Values.isText(right)) {
            String a = Values.rawText(left);
            context.readCharacters(a.length());
            return a.equals(Values.rawText(right));
        }
        context.enter();
        boolean equal = equalContainers(context, left, right);
        context.leave();
        return equal;
    }

    private static boolean equalContainers(Context context, Object left, Object right) {
        if (left instanceof List<?> a && right instanceof List<?> b) {
            return equalItems(context, a, b);
        }
        if (left instanceof Tuple a && right instanceof Tuple b) {
            return equalItems(context, a.items(), b.items());
        }
        if (left instanceof Dict a && right instanceof Dict b) {
            if (a.size() != b.size()) {
                return false;
            }
            for (Object item : a.items()) {
                List<Object> pair = ((Tuple) item).items();
                Object other = b.get(context, pair.get(0));
                if (other == null || !same(context, pair.get(1), other)) {
                    return false;
                }
            }
            return true;
        }
        if (left instanceof Range a && right instanceof Range b) {
            return a.equals(b) || a.size() == b.size() && equalItems(context, a.bounds(), b.bounds());
        }
        return left instanceof Undefined && right instanceof Undefined;
    }

    private static boolean equalItems(Context context, List<?> a, List<?> b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            context.step();
            if (!same(context, a.get(i), b.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Equality as containers have it: something is always itself. */
    static boolean same(Context context, Object left, Object right) {
        return left == right || equal(context, left, right);
    }

    private static boolean orders(Context context, String operator, Object left, Object right) {
        Optional<Integer> order = compare(context, operator, left, right);
        return order.isPresent()
                && switch (operator) {
                    case "<" -> order.get() < 0;
                    case "<=" -> order.get() <= 0;
                    case ">" -> order.get() > 0;
                    default -> order.get() >= 0;
                };
    }

    static boolean less(Context context, Object left, Object right) {
        return orders(context, "<", left, right);
    }

    private static Optional<Integer> compare(Context context, String operator, Object left, Object right) {
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            return Numbers.compare(left, right);
        }
        if (Values.isText(left) && Values.isText(right)) {
            String a = Values.rawText(left);
            context.readCharacters(a.length());
            return Optional.of(Texts.compare(a, Values.rawText(right)));
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            return compareItems(context, operator, a, b);
        }
        if (left instanceof Tuple a && right instanceof Tuple b) {
            return compareItems(context, operator, a.items(), b.items());
        }
        if (left instanceof Undefined undefined) {
            throw undefined.fault();
        }
        if (right instanceof Undefined undefined) {
            throw undefined.fault();
        }
        throw Fault.of("'" + operator + "' not supported between instances of '" + Values.typeName(left) + "' and '"
                + Values.typeName(right) + "'");
    }

    private static Optional<Integer> compareItems(Context context, String operator, List<?> a, List<?> b) {
        context.enter();
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            context.step();
            if (!same(context, a.get(i), b.get(i))) {
                Optional<Integer> order = compare(context, operator, a.get(i), b.get(i));
                context.leave();
                return order;
            }
        }
        context.leave();
        return Optional.of(Integer.compare(a.size(), b.size()));
    }

    static boolean contains(Context context, Object container, Object value) {
        if (Values.isText(container)) {
            if (!Values.isText(value)) {
                throw Fault.of("'in <string>' requires string as left operand, not " + Values.typeName(value));
            }
            String text = Values.rawText(container);
            String part = Values.rawText(value);
            context.readCharacters((long) text.length() + part.length());
            return new Finder(part).next(text, 0) >= 0;
        }
        if (container instanceof Dict dict) {
            return dict.get(context, value) != null;
        }
        if (container instanceof DictView view && view.kind() == DictView.Kind.KEYS) {
            return view.dict().get(context, value) != null;
        }
        if (!Iteration.isIterable(container)) {
            throw Fault.of("argument of type '" + Values.typeName(container) + "' is not iterable");
        }
        Iterator<Object> items = Iteration.iterator(context, container);
        while (items.hasNext()) {
            context.step();
            if (same(context, items.next(), value)) {
                return true;
            }
        }
        return false;
    }

    /** Sorts as Python does: stable, by less-than alone. {@return a new list} */
    static List<Object> sort(Context context, List<Object> keys, List<Object> values, boolean reverse) {
        Integer[] order = new Integer[keys.size()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        Integer[] sorted = mergeSort(context, keys, order, reverse);
        context.allocate(sorted.length);
        List<Object> result = new ArrayList<>(sorted.length);
        for (Integer index : sorted) {
            result.add(values.get(index));
        }
        return result;
    }

    /** Merges runs that double in length. Unlike {@link Collections#sort} it ends whatever is less than what, as with NaN. */
    private static Integer[] mergeSort(Context context, List<Object> keys, Integer[] order, boolean reverse) {
        Integer[] from = order;
        Integer[] to = new Integer[order.length];
        for (int run = 1; run < order.length; run *= 2) {
            for (int start = 0; start < order.length; start += 2 * run) {
                int middle = Math.min(start + run, order.length);
                int end = Math.min(start + 2 * run, order.length);
                int left = start;
                int right = middle;
                for (int i = start; i < end; i++) {
                    context.step();
                    boolean takeRight = left >= middle
                            || right < end && isLess(context, keys.get(from[right]), keys.get(from[left]), reverse);
                    to[i] = takeRight ? from[right++] : from[left++];
                }
            }
            Integer[] sorted = to;
            to = from;
            from = sorted;
        }
        return from;
    }

    private static boolean isLess(Context context, Object a, Object b, boolean reverse) {
        return reverse ? less(context, b, a) : less(context, a, b);
    }
}
