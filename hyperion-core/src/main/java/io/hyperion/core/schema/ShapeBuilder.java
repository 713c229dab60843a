package io.hyperion.core.schema;

import io.hyperion.api.Excerpts;
import io.hyperion.core.grammar.Grammar;
import io.hyperion.core.schema.Facet.Bounds;
import io.hyperion.core.schema.Facet.Contained;
import io.hyperion.core.schema.Facet.ObjectPart;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/** Makes shapes of all values that a schema speaks of. A value has a number, and as many shapes as there are ways to write it. */
final class ShapeBuilder {
    /** The most values that a schema may speak of. */
    private static final int MAX_VALUES = 10_000;

    /** The most items that are held apart, such as by {@code contains}. */
    private static final int MAX_CONTAINED = 100;

    private final SchemaDocument document;
    private final Expander expander;
    private final Effort effort;
    private final Rules rules;
    private final String prefix;
    private final String parameter;
    private final Map<Set<String>, Integer> numbers = new HashMap<>();
    private final List<List<Shape>> shapes = new ArrayList<>();
    private final Deque<Open> open = new ArrayDeque<>();

    /** A value that was spoken of, but has no shapes yet. */
    private record Open(int value, Set<String> schemas) {}

    ShapeBuilder(
            SchemaDocument document, Expander expander, Effort effort, Rules rules, String prefix, String parameter) {
        this.document = document;
        this.expander = expander;
        this.effort = effort;
        this.rules = rules;
        this.prefix = prefix;
        this.parameter = parameter;
    }

    /** {@return the number of the value that all schemas at some pointers are for, and makes the shapes of all that it leads to} */
    int build(Set<String> schemas) {
        int value = value(schemas);
        while (!open.isEmpty()) {
            Open next = open.removeFirst();
            List<Shape> ways = new ArrayList<>();
            for (Facet facet : expander.expand(next.schemas)) {
                ways.addAll(shapes(facet));
            }
            shapes.set(next.value, ways.stream().distinct().toList());
        }
        return value;
    }

    /** {@return the shapes of all values, by their numbers} */
    List<List<Shape>> shapes() {
        return shapes;
    }

    private int value(Set<String> schemas) {
        Set<String> key = new TreeSet<>(schemas);
        Integer known = numbers.get(key);
        if (known == null) {
            known = value(List.of());
            numbers.put(key, known);
            open.add(new Open(known, key));
        }
        return known;
    }

    private int value(List<Shape> ways) {
        if (shapes.size() == MAX_VALUES) {
            throw document.wrong("", "the schema has more than " + MAX_VALUES + " values to tell apart");
        }
        shapes.add(ways);
        return shapes.size() - 1;
    }

    private List<Shape> shapes(Facet facet) {
        if (facet.isAny()) {
            return List.of(new Shape.Any());
        }
        if (facet.values.isPresent()) {
            List<Shape> ways = facet.values.get().values().stream()
                    .filter(value -> expander.admits(facet, value))
                    .map(this::constant)
                    .toList();
            if (ways.isEmpty()) {
                expander.problem(facet.where("enum", "const"), "none of the values listed fits the other keywords");
            }
            return ways;
        }
        List<Shape> ways = new ArrayList<>();
        for (Type type : facet.types) {
            switch (type) {
                case NULL -> ways.add(new Shape.Constant("null"));
                case BOOLEAN -> {
                    ways.add(new Shape.Constant("true"));
                    ways.add(new Shape.Constant("false"));
                }
                case INTEGER, NUMBER -> number(facet).ifPresent(ways::add);
                case STRING -> text(facet).ifPresent(gbnf -> ways.add(new Shape.Scalar(gbnf)));
                case ARRAY -> array(facet).ifPresent(ways::add);
                case OBJECT -> object(facet).ifPresent(ways::add);
            }
        }
        return ways;
    }

    /** A value that is listed; the properties of an object come in any order here too. */
    private Shape constant(Object value) {
        if (value instanceof Map<?, ?> map) {
            List<Shape.Property> properties = new ArrayList<>();
            map.forEach((name, each) ->
                    properties.add(new Shape.Property((String) name, true, value(List.of(constant(each))))));
            return new Shape.Members(properties, Optional.empty(), properties.size(), properties.size());
        } else if (value instanceof List<?> list) {
            List<Integer> items =
                    list.stream().map(each -> value(List.of(constant(each)))).toList();
            return new Shape.Items(items, OptionalInt.empty(), items.size(), items.size());
        } else if (value instanceof String text) {
            return new Shape.Constant(Json.text(text));
        } else if (value instanceof Number number) {
            return new Shape.Constant(Json.text(Json.decimal(number)));
        }
        return new Shape.Constant(String.valueOf(value));
    }

    private Optional<Shape> number(Facet facet) {
        NumberRange range = facet.range();
        if (range.isUnlimited()) {
            return Optional.of(new Shape.Scalar(rules.shared(range.integer() ? Rules.INTEGER : Rules.NUMBER)));
        }
        if (!range.isSaid()) {
            throw document.wrong(
                    facet.where("multipleOf"),
                    "a grammar can say 'multipleOf' only of steps up to 25, with zeros at the end, or where at most 500"
                            + " numbers are left");
        }
        Optional<Shape> way = range.write(this::named).map(Shape.Scalar::new);
        if (way.isEmpty()) {
            expander.problem(
                    facet.where("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf", "format"),
                    "no number of at most 30 digits and 15 decimals is left");
        }
        return way;
    }

    private Optional<String> text(Facet facet) {
        if (facet.length.isEmpty()) {
            expander.problem(facet.where("maxLength"), "'maxLength' is less than 'minLength'");
            return Optional.empty();
        }
        String at = facet.where("maxLength", "minLength");
        if (facet.expressions.isEmpty()) {
            if (facet.length.equals(new Bounds(0, Facet.UNBOUNDED))) {
                return Optional.of(rules.shared(Rules.STRING));
            }
            Bounds length = counted(facet.length, at, "characters");
            String characters = Gbnf.repeat(rules.shared(Rules.CHARACTER), (int) length.min(), (int) length.max());
            return Optional.of("\"\\\"\" " + characters + " \"\\\"\"");
        }
        List<String> pointers = List.copyOf(facet.expressions.keySet());
        List<Regex> expressions = facet.expressions.values().stream().distinct().toList();
        if (expressions.size() > 1) {
            throw document.wrong(
                    pointers.get(pointers.size() - 1),
                    "a grammar cannot say several of 'pattern' and 'format' of one text");
        }
        Regex.Cut cut = expressions.get(0).cut(new Regex.Lengths(facet.length.min(), facet.length.max()));
        if (!cut.isSaid()) {
            throw document.wrong(
                    at,
                    "a grammar cannot say this beside '"
                            + pointers.get(0).substring(pointers.get(0).lastIndexOf('/') + 1)
                            + "': write the length into the pattern");
        }
        if (cut.rest().isEmpty()) {
            expander.problem(at, "no text of the pattern or format has such a length");
        }
        return cut.rest().map(regex -> "\"\\\"\" " + new RegexWriter(this::named).write(regex) + " \"\\\"\"");
    }

    private String named(String text) {
        return rules.named(text, prefix, parameter);
    }

    /** {@return bounds that a repetition can have} */
    private Bounds counted(Bounds bounds, String at, String what) {
        if (bounds.min() > Grammar.MAX_REPETITIONS) {
            throw document.wrong(at, "there can be at most " + Grammar.MAX_REPETITIONS + " " + what);
        }
        return new Bounds(bounds.min(), bounds.max() > Grammar.MAX_REPETITIONS ? Gbnf.UNBOUNDED : bounds.max());
    }

    private Optional<Shape> object(Facet facet) {
        if (facet.size.isEmpty()) {
            expander.problem(facet.where("maxProperties"), "'maxProperties' is less than 'minProperties'");
            return Optional.empty();
        }
        Map<String, Boolean> requiredByName = new LinkedHashMap<>();
        facet.declared().forEach(name -> requiredByName.put(name, facet.required.contains(name)));
        Optional<Shape.Others> others = others(facet, requiredByName);
        List<Shape.Property> properties = new ArrayList<>();
        for (Map.Entry<String, Boolean> entry : requiredByName.entrySet()) {
            Optional<Set<String>> schemas = facet.property(entry.getKey(), effort)
                    .filter(all -> facet.names.stream().allMatch(names -> isName(names, entry.getKey())));
            if (schemas.isPresent()) {
                properties.add(new Shape.Property(entry.getKey(), entry.getValue(), value(schemas.get())));
            } else if (entry.getValue()) {
                expander.problem(
                        facet.where("required"),
                        "the property '" + Excerpts.of(entry.getKey()) + "' is required, but must not be");
                return Optional.empty();
            }
        }
        if (properties.size() >= Grammar.MAX_MEMBERS) {
            throw document.wrong(
                    facet.where("properties", "propertyNames"),
                    "an object can have fewer than " + Grammar.MAX_MEMBERS + " properties");
        }
        int required = facet.required.size();
        String at = facet.where("minProperties", "required");
        if (others.isPresent() && facet.size.min() > required + 1L) {
            throw document.wrong(
                    at, "a grammar cannot say that so many names differ that are not declared in 'properties'");
        }
        if (facet.size.max() < required || others.isEmpty() && facet.size.min() > properties.size()) {
            expander.problem(at, "there cannot be so few or so many properties");
            return Optional.empty();
        }
        Bounds size = counted(facet.size, at, "properties");
        return Optional.of(new Shape.Members(properties, others, (int) size.min(), (int) size.max()));
    }

    private boolean isName(String schema, String name) {
        return expander.expand(Set.of(schema)).stream().anyMatch(facet -> expander.admits(facet, name));
    }

    /** Properties that are not declared. Names that are listed are added to the declared ones instead. */
    private Optional<Shape.Others> others(Facet facet, Map<String, Boolean> requiredByName) {
        List<String> patterns = facet.objects.stream()
                .flatMap(part -> part.patterns().values().stream())
                .toList();
        if (!patterns.isEmpty()) {
            return patterned(facet, requiredByName.keySet());
        }
        if (!facet.isOpen()) {
            return Optional.empty();
        }
        int value = value(facet.others());
        if (facet.names.isEmpty()) {
            return Optional.of(new Shape.Others(otherKeys(requiredByName.keySet()), value));
        }
        String at = facet.where("propertyNames");
        List<Facet> names = expander.expand(Set.copyOf(facet.names)).stream()
                .filter(each -> each.types.contains(Type.STRING))
                .toList();
        if (names.stream().allMatch(each -> each.values.isPresent())) {
            names.stream()
                    .flatMap(each -> each.values.get().values().stream().filter(name -> expander.admits(each, name)))
                    .filter(String.class::isInstance)
                    .forEach(name -> requiredByName.putIfAbsent((String) name, false));
            return Optional.empty();
        }
        if (names.size() > 1 || names.get(0).values.isPresent()) {
            throw document.wrong(at, "a grammar cannot say alternatives in 'propertyNames' but lists of names");
        }
        if (requiredByName.keySet().stream().anyMatch(name -> expander.admits(names.get(0), name))) {
            throw document.wrong(at, "a grammar cannot say 'propertyNames' that match a declared property");
        }
        return key(names.get(0)).map(gbnf -> new Shape.Others(gbnf, value));
    }

    private Optional<String> key(Facet names) {
        if (names.expressions.isEmpty()) {
            // The shortest way of each character, so that a name is not written in two ways.
            names.expressions.put(
                    names.where("minLength", "maxLength", "type"), new Regex.Repeat(Regex.ANY, 0, Gbnf.UNBOUNDED));
        }
        return text(names);
    }

    private Optional<Shape.Others> patterned(Facet facet, Set<String> declared) {
        String at = facet.where("patternProperties");
        Map<Regex, Set<String>> patterns = new LinkedHashMap<>();
        for (ObjectPart part : facet.objects) {
            part.patterns().forEach((regex, schema) -> patterns.computeIfAbsent(regex, key -> new LinkedHashSet<>())
                    .add(schema));
        }
        if (patterns.size() > 1 || !facet.names.isEmpty()) {
            throw document.wrong(
                    at, "a grammar cannot say several of 'patternProperties', or 'propertyNames' beside them");
        }
        Regex pattern = patterns.keySet().iterator().next();
        if (declared.stream().anyMatch(name -> pattern.matches(name, effort))) {
            throw document.wrong(at, "a grammar cannot say 'patternProperties' that match a declared property");
        }
        boolean allowed = facet.objects.stream()
                .allMatch(part -> !(part.others() instanceof Facet.Others.None)
                        || part.patterns().containsKey(pattern));
        if (!allowed) {
            return Optional.empty();
        }
        Set<String> schemas = new LinkedHashSet<>(patterns.get(pattern));
        for (ObjectPart part : facet.objects) {
            if (!part.patterns().containsKey(pattern) && part.others() instanceof Facet.Others.Of of) {
                schemas.add(of.schema());
            }
        }
        String key = "\"\\\"\" " + new RegexWriter(this::named).write(pattern) + " \"\\\"\"";
        return Optional.of(new Shape.Others(key, value(schemas)));
    }

    /** {@return a key that is none of the declared names: a rule for each beginning that some of them have in common} */
    private String otherKeys(Set<String> declared) {
        rules.shared(Rules.KEY);
        if (declared.isEmpty()) {
            return Rules.KEY;
        }
        NameTree tree = new NameTree();
        declared.forEach(tree::add);
        return "\"\\\"\" " + tree.write(this::named) + " \"\\\"\"";
    }

    private Optional<Shape> array(Facet facet) {
        int prefixSize = facet.prefix();
        List<Integer> items = new ArrayList<>();
        Bounds size = facet.items;
        OptionalInt rest = OptionalInt.empty();
        for (int i = 0; i <= prefixSize; i++) {
            Optional<Set<String>> schemas = facet.item(i);
            if (schemas.isEmpty()) {
                size = size.and(0, i);
                break;
            } else if (i < prefixSize) {
                items.add(value(schemas.get()));
            } else {
                rest = OptionalInt.of(value(schemas.get()));
            }
        }
        if (prefixSize > 0 && facet.arrays.stream().noneMatch(part -> part.others() instanceof Facet.Others.Of)) {
            // Nothing is said of more items, so there are none, except where there must be.
            size = size.and(0, Math.max(prefixSize, size.min()));
        }
        if (size.isEmpty()) {
            expander.problem(facet.where("maxItems", "minItems", "items"), "there cannot be so few or so many items");
            return Optional.empty();
        }
        if (!facet.contained.isEmpty()) {
            return Optional.of(containing(facet, size));
        }
        if (facet.unique && size.max() > 1) {
            return distinct(facet, size);
        }
        Bounds counted = counted(size, facet.where("minItems"), "items");
        return Optional.of(new Shape.Items(items, rest, (int) counted.min(), (int) counted.max()));
    }

    private Shape containing(Facet facet, Bounds size) {
        String at = facet.where("contains");
        if (facet.contained.size() > 1 || facet.prefix() > 0 || facet.unique) {
            throw document.wrong(
                    at, "a grammar cannot say 'contains' beside 'prefixItems', 'uniqueItems' or another 'contains'");
        }
        Contained contained = facet.contained.get(0);
        if (contained.min() > MAX_CONTAINED) {
            throw document.wrong(facet.where("minContains"), "'minContains' can be at most " + MAX_CONTAINED);
        }
        Set<String> items = facet.item(0).orElseGet(Set::of);
        Set<String> both = new LinkedHashSet<>(items);
        both.add(contained.schema());
        int wanted = value(both);
        List<Integer> required = new ArrayList<>();
        for (int i = 0; i < contained.min(); i++) {
            required.add(wanted);
        }
        Bounds counted = counted(size.and(required.size(), Facet.UNBOUNDED), facet.where("minItems"), "items");
        if (counted.isEmpty()) {
            throw document.wrong(at, "there cannot be as many items as 'contains' asks for");
        }
        return new Shape.Mixed(
                required, List.of(), OptionalInt.of(value(items)), (int) counted.min(), (int) counted.max());
    }

    private Optional<Shape> distinct(Facet facet, Bounds size) {
        String at = facet.where("uniqueItems");
        Optional<List<String>> values =
                facet.prefix() > 0 ? Optional.empty() : listed(facet.item(0).orElseGet(Set::of));
        if (values.isEmpty()) {
            throw document.wrong(
                    at,
                    "a grammar can say 'uniqueItems' only of items that are listed by 'enum', without 'prefixItems'");
        }
        int count = values.get().size();
        if (size.min() > count) {
            expander.problem(at, "there are not so many different items");
            return Optional.empty();
        }
        if (count > Grammar.MAX_MEMBERS) {
            throw document.wrong(at, "'uniqueItems' can be for at most " + Grammar.MAX_MEMBERS + " listed items");
        }
        if (count == 0) {
            return Optional.of(new Shape.Items(List.of(), OptionalInt.empty(), 0, 0));
        }
        return Optional.of(new Shape.Mixed(
                List.of(), values.get(), OptionalInt.empty(), (int) size.min(), (int) Math.min(size.max(), count)));
    }

    /** {@return all values that some schemas leave, as they are written, if they are listed and none is an object or an array} */
    private Optional<List<String>> listed(Set<String> schemas) {
        List<String> values = new ArrayList<>();
        for (Facet facet : expander.expand(schemas)) {
            if (facet.isAny()
                    || facet.values.isEmpty()
                            && !Set.of(Type.NULL, Type.BOOLEAN).containsAll(facet.types)) {
                return Optional.empty();
            }
            for (Shape shape : shapes(facet)) {
                if (!(shape instanceof Shape.Constant constant)) {
                    return Optional.empty();
                }
                values.add(constant.json());
            }
        }
        return Optional.of(values.stream().distinct().toList());
    }
}
