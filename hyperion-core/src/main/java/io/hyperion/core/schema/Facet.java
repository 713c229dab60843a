package io.hyperion.core.schema;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All that some schemas without alternatives ask of one value together. It is filled once, keyword by keyword. */
final class Facet {
    /** An upper bound that is none. */
    static final long UNBOUNDED = Long.MAX_VALUE;

    /** The types that the value may have; integers are among numbers, and only {@link Type#INTEGER} is said of integers alone. */
    EnumSet<Type> types = EnumSet.complementOf(EnumSet.of(Type.INTEGER));

    /** The values that are listed, if any are, by their {@linkplain Json#key keys}. */
    Optional<Map<String, Object>> values = Optional.empty();

    NumberRange numbers = NumberRange.all(false);

    Bounds length = new Bounds(0, UNBOUNDED);
    /** What a text must match as a whole, by the pointers of the keywords that say so. */
    final Map<String, Regex> expressions = new LinkedHashMap<>();

    final Set<String> required = new LinkedHashSet<>();
    Bounds size = new Bounds(0, UNBOUNDED);
    final List<ObjectPart> objects = new ArrayList<>();
    /** The pointers of the schemas of names. */
    final List<String> names = new ArrayList<>();

    boolean onlyEvaluated;

    Bounds items = new Bounds(0, UNBOUNDED);
    final List<ArrayPart> arrays = new ArrayList<>();
    final List<Contained> contained = new ArrayList<>();
    boolean unique;

    /** The pointer of a keyword, by its name; of several the last one. */
    final Map<String, String> where = new HashMap<>();

    /** From the least to the greatest, both included. */
    record Bounds(long min, long max) {
        Bounds and(long least, long most) {
            return new Bounds(Math.max(min, least), Math.min(max, most));
        }

        boolean contains(long number) {
            return min <= number && number <= max;
        }

        boolean isEmpty() {
            return min > max;
        }
    }

    /** What a schema says of all that it does not name. */
    sealed interface Others {
        /** Nothing is said. */
        record Unsaid() implements Others {}

        /** There may be none. */
        record None() implements Others {}

        /** They must be of the schema at a pointer. */
        record Of(String schema) implements Others {}
    }

    /** What one schema says of an object: pointers to schemas by name, and by the expression that names match. */
    record ObjectPart(Map<String, String> properties, Map<Regex, String> patterns, Others others) {
        /** {@return whether nothing is said of any property} */
        boolean isEmpty() {
            return properties.isEmpty() && patterns.isEmpty();
        }
    }

    /** What one schema says of an array: pointers to schemas by place. */
    record ArrayPart(List<String> prefix, Others others) {}

    /** The schema at a pointer must match so many items at least. */
    record Contained(String schema, long min) {}

    Facet copy() {
        Facet copy = new Facet();
        copy.types = EnumSet.copyOf(types);
        copy.values = values;
        copy.numbers = numbers;
        copy.length = length;
        copy.expressions.putAll(expressions);
        copy.required.addAll(required);
        copy.size = size;
        copy.objects.addAll(objects);
        copy.names.addAll(names);
        copy.onlyEvaluated = onlyEvaluated;
        copy.items = items;
        copy.arrays.addAll(arrays);
        copy.contained.addAll(contained);
        copy.unique = unique;
        copy.where.putAll(where);
        return copy;
    }

    /** {@return about how much a copy takes} */
    int extent() {
        return required.size() + expressions.size() + objects.size() + names.size() + where.size();
    }

    /** Leaves only some types, where an integer is also a number. */
    void only(EnumSet<Type> given) {
        EnumSet<Type> both = EnumSet.noneOf(Type.class);
        for (Type type : given) {
            boolean number = type == Type.INTEGER || type == Type.NUMBER;
            if (types.contains(type)) {
                both.add(type);
            } else if (number && (types.contains(Type.NUMBER) || types.contains(Type.INTEGER))) {
                both.add(Type.INTEGER);
            }
        }
        if (both.contains(Type.NUMBER)) {
            both.remove(Type.INTEGER);
        }
        types = both;
    }

    /** {@return whether nothing at all is asked} */
    boolean isAny() {
        return where.isEmpty();
    }

    /** {@return the range of the numbers that the value may be} */
    NumberRange range() {
        return types.contains(Type.NUMBER) ? numbers : numbers.onlyIntegers();
    }

    /** {@return how many properties are declared or required, some of them more than once} */
    int properties() {
        return required.size()
                + objects.stream().mapToInt(part -> part.properties().size()).sum();
    }

    /** {@return the names that are declared or required} */
    Set<String> declared() {
        Set<String> declared = new LinkedHashSet<>();
        objects.forEach(part -> declared.addAll(part.properties().keySet()));
        declared.addAll(required);
        return declared;
    }

    /** {@return whether properties that are not declared are written: not beside declared ones, unless a schema asks for them} */
    boolean isOpen() {
        if (onlyEvaluated || objects.stream().anyMatch(part -> part.others() instanceof Others.None)) {
            return false;
        }
        boolean asked = objects.stream().anyMatch(part -> part.others() instanceof Others.Of);
        return asked || required.isEmpty() && objects.stream().allMatch(ObjectPart::isEmpty);
    }

    /** {@return the pointers of all schemas of a property, or nothing if there must not be one of the name} */
    Optional<Set<String>> property(String name, Effort effort) {
        Set<String> schemas = new LinkedHashSet<>();
        boolean evaluated = false;
        for (ObjectPart part : objects) {
            boolean named = false;
            if (part.properties().containsKey(name)) {
                schemas.add(part.properties().get(name));
                named = true;
            }
            for (Map.Entry<Regex, String> pattern : part.patterns().entrySet()) {
                if (pattern.getKey().matches(name, effort)) {
                    schemas.add(pattern.getValue());
                    named = true;
                }
            }
            if (!named && part.others() instanceof Others.None) {
                return Optional.empty();
            } else if (!named && part.others() instanceof Others.Of of) {
                schemas.add(of.schema());
                named = true;
            }
            evaluated |= named;
        }
        return onlyEvaluated && !evaluated ? Optional.empty() : Optional.of(schemas);
    }

    /** {@return the pointers of the schemas of a property that is not declared and matches no pattern} */
    Set<String> others() {
        Set<String> schemas = new LinkedHashSet<>();
        for (ObjectPart part : objects) {
            if (part.others() instanceof Others.Of of) {
                schemas.add(of.schema());
            }
        }
        return schemas;
    }

    /** {@return how many items have a schema of their own} */
    int prefix() {
        return arrays.stream().mapToInt(part -> part.prefix().size()).max().orElse(0);
    }

    /** {@return the pointers of all schemas of the item at a place, or nothing if there must not be one} */
    Optional<Set<String>> item(int place) {
        Set<String> schemas = new LinkedHashSet<>();
        for (ArrayPart part : arrays) {
            if (place < part.prefix().size()) {
                schemas.add(part.prefix().get(place));
            } else if (part.others() instanceof Others.None) {
                return Optional.empty();
            } else if (part.others() instanceof Others.Of of) {
                schemas.add(of.schema());
            }
        }
        return Optional.of(schemas);
    }

    /** {@return the pointer of the first of some keywords that there is} */
    String where(String... keywords) {
        for (String keyword : keywords) {
            if (where.containsKey(keyword)) {
                return where.get(keyword);
            }
        }
        return "";
    }
}
