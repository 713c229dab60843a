package io.hyperion.core.schema;

import io.hyperion.core.schema.Facet.Bounds;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes of schemas for one value the alternatives that they leave: references are followed, and alternatives within each other combined. */
final class Expander {
    /** How many schemas may lead to each other for one value. */
    private static final int MAX_CHAIN = 200;

    /** The most alternatives of one value. */
    private static final int MAX_ALTERNATIVES = 1_000;

    /** What it takes to go through a schema, or to compare two alternatives, beside what is in them. */
    private static final int STEP = 50;

    /** How deep properties are looked at to tell alternatives apart. */
    private static final int MAX_TELLING = 4;

    private final SchemaDocument document;
    private final Effort effort;
    private final Map<Set<String>, List<Facet>> known = new HashMap<>();
    private Optional<Problem> problem = Optional.empty();
    /** How many properties are being looked at within each other to tell alternatives apart. */
    private int telling;

    /** Why nothing fits, and where that is said. */
    record Problem(String pointer, String what) {}

    /** A schema that is to be read, and how it was come to. */
    private record Step(String pointer, Optional<Step> from, int depth) {
        Step to(String next) {
            return new Step(next, Optional.of(this), depth + 1);
        }

        boolean leadsBack() {
            for (Optional<Step> step = from; step.isPresent(); step = step.get().from) {
                if (step.get().pointer.equals(pointer)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** One of several schemas that must match: exactly one, or at least one. */
    private record Choice(Step step, String keyword, List<String> options) {}

    /** What is known of a value half-way. */
    private record Draft(Facet facet, Deque<Step> open, Set<String> done, Deque<Choice> choices) {
        /** {@return about how much a copy takes} */
        int extent() {
            return facet.extent() + done.size() + choices.size();
        }

        Draft with(Step step) {
            Deque<Step> one = new ArrayDeque<>(List.of(step));
            return new Draft(facet.copy(), one, new HashSet<>(done), new ArrayDeque<>(choices));
        }
    }

    Expander(SchemaDocument document, Effort effort) {
        this.document = document;
        this.effort = effort;
    }

    /** {@return what all schemas at some pointers leave for one value; empty if nothing does} */
    List<Facet> expand(Set<String> pointers) {
        List<Facet> facets = known.get(pointers);
        if (facets == null) {
            Deque<Step> open = new ArrayDeque<>();
            pointers.forEach(pointer -> open.add(new Step(pointer, Optional.empty(), 0)));
            facets = expand(new Draft(new Facet(), open, new HashSet<>(), new ArrayDeque<>()));
            known.put(Set.copyOf(pointers), facets);
        }
        return facets;
    }

    /** {@return why something did not fit, of all reasons the first} */
    Optional<Problem> problem() {
        return problem;
    }

    void problem(String pointer, String what) {
        if (problem.isEmpty()) {
            problem = Optional.of(new Problem(pointer, what));
        }
    }

    private List<Facet> expand(Draft draft) {
        while (!draft.open.isEmpty()) {
            if (!read(draft.open.removeFirst(), draft)) {
                return List.of();
            }
        }
        if (draft.facet.types.isEmpty()) {
            problem(draft.facet.where("type"), "no type is left that the value could have");
            return List.of();
        }
        if (draft.choices.isEmpty()) {
            return List.of(draft.facet);
        }
        Choice choice = draft.choices.removeFirst();
        List<List<Facet>> ways = new ArrayList<>();
        int total = 0;
        for (String option : choice.options) {
            effort.spend(draft.extent());
            List<Facet> way = expand(draft.with(choice.step.to(option)));
            ways.add(way);
            total += way.size();
            if (total > MAX_ALTERNATIVES) {
                throw document.wrong(
                        SchemaDocument.child(choice.step.pointer, choice.keyword),
                        "'" + choice.keyword + "' makes more than " + MAX_ALTERNATIVES + " alternatives");
            }
        }
        if (choice.keyword.equals("oneOf")) {
            checkApart(choice, ways);
        }
        return ways.stream().flatMap(List::stream).toList();
    }

    /** {@return whether something may still match} */
    private boolean read(Step step, Draft draft) {
        effort.spend(STEP + step.pointer.length());
        if (step.leadsBack()) {
            throw document.wrong(step.pointer, "'$ref' leads back to this schema without a value between");
        }
        if (step.depth > MAX_CHAIN) {
            throw document.wrong(step.pointer, "more than " + MAX_CHAIN + " schemas lead here for the same value");
        }
        if (!draft.done.add(step.pointer)) {
            return true;
        }
        Object schema = document.schema(step.pointer);
        if (schema instanceof Boolean any) {
            if (!any) {
                problem(step.pointer, "the schema 'false' has no value");
            }
            return any;
        }
        Map<?, ?> map = (Map<?, ?>) schema;
        Keywords.read(document, effort, step.pointer, map, draft.facet);
        if (map.containsKey("$ref")) {
            draft.open.add(step.to(document.target(step.pointer, "$ref", map.get("$ref"))));
        }
        if (map.containsKey("allOf")) {
            options(step.pointer, map, "allOf").forEach(option -> draft.open.add(step.to(option)));
        }
        for (String keyword : List.of("anyOf", "oneOf")) {
            if (map.containsKey(keyword)) {
                draft.choices.add(new Choice(step, keyword, options(step.pointer, map, keyword)));
            }
        }
        if (draft.choices.size() > MAX_CHAIN) {
            throw document.wrong(step.pointer, "more than " + MAX_CHAIN + " 'anyOf' or 'oneOf' are for the same value");
        }
        return true;
    }

    private List<String> options(String pointer, Map<?, ?> schema, String keyword) {
        String at = SchemaDocument.child(pointer, keyword);
        if (!(schema.get(keyword) instanceof List<?> list) || list.isEmpty()) {
            throw document.wrong(at, "'" + keyword + "' must be a list of schemas");
        }
        List<String> options = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            effort.spend(at.length());
            options.add(at + "/" + i);
        }
        return options;
    }

    private void checkApart(Choice choice, List<List<Facet>> ways) {
        for (int i = 0; i < ways.size(); i++) {
            for (int j = 0; j < ways.size(); j++) {
                if (i != j && !areApart(ways.get(i), ways.get(j))) {
                    throw document.wrong(
                            SchemaDocument.child(choice.step.pointer, choice.keyword),
                            "'oneOf' can be said only if a value fits one of its schemas at most, which is not plain of "
                                    + Math.min(i, j) + " and " + Math.max(i, j)
                                    + ": use 'anyOf', or a required property with another 'const' in each");
                }
            }
        }
    }

    private boolean areApart(List<Facet> written, List<Facet> read) {
        for (Facet left : written) {
            for (Facet right : read) {
                if (!isApart(left, right)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** {@return whether what is written for one facet certainly does not match another one} */
    private boolean isApart(Facet written, Facet read) {
        effort.spend(STEP + written.extent() + read.extent());
        if (written.values.isPresent()) {
            return written.values.get().values().stream()
                    .noneMatch(value -> admits(written, value) && admits(read, value));
        }
        if (read.values.isPresent()) {
            return read.values.get().values().stream()
                    .noneMatch(value -> admits(written, value) && admits(read, value));
        }
        Facet both = written.copy();
        both.only(read.types);
        return both.types.stream().allMatch(type -> isApart(type, written, read));
    }

    private boolean isApart(Type type, Facet written, Facet read) {
        return switch (type) {
            case NULL, BOOLEAN -> false;
            case INTEGER, NUMBER -> written.range().isApartFrom(read.range());
            case STRING -> areApart(written.length, read.length);
            case ARRAY -> areApart(written.items, read.items);
            case OBJECT -> {
                if (areApart(written.size, read.size)) {
                    yield true;
                }
                effort.spend(written.properties());
                Set<String> declared = written.declared();
                Set<String> present = new HashSet<>(written.required);
                present.addAll(read.required);
                for (String name : present) {
                    boolean never = !declared.contains(name) && !mayHaveOthers(written);
                    if (never || isApart(name, written, read)) {
                        yield true;
                    }
                }
                yield false;
            }
        };
    }

    private static boolean mayHaveOthers(Facet facet) {
        return facet.isOpen()
                || facet.objects.stream().anyMatch(part -> !part.patterns().isEmpty());
    }

    private boolean isApart(String property, Facet written, Facet read) {
        if (telling == MAX_TELLING) {
            // A property may be of the very schema whose alternatives are to be told apart.
            return false;
        }
        telling++;
        try {
            return areApart(property(written, property), property(read, property));
        } finally {
            telling--;
        }
    }

    private List<Facet> property(Facet facet, String name) {
        return facet.property(name, effort).map(this::expand).orElseGet(List::of);
    }

    private static boolean areApart(Bounds a, Bounds b) {
        return a.max() < b.min() || b.max() < a.min();
    }

    /** {@return whether a value matches; in doubt it does not} */
    boolean admits(Facet facet, Object value) {
        effort.spend(STEP);
        Type type = Type.of(value);
        boolean number = type == Type.INTEGER || type == Type.NUMBER;
        if (!facet.types.contains(type) && !(type == Type.INTEGER && facet.types.contains(Type.NUMBER))) {
            return false;
        }
        if (facet.values.isPresent() && !facet.values.get().containsKey(key(value))) {
            return false;
        }
        if (number) {
            BigDecimal decimal = Json.decimal((Number) value);
            return facet.numbers.contains(decimal);
        } else if (value instanceof String text) {
            return facet.length.contains(text.codePointCount(0, text.length()))
                    && facet.expressions.values().stream().allMatch(regex -> regex.matches(text, effort));
        } else if (value instanceof Map<?, ?> map) {
            return admitsObject(facet, map);
        } else if (value instanceof List<?> list) {
            return admitsArray(facet, list);
        }
        return true;
    }

    private boolean admitsObject(Facet facet, Map<?, ?> map) {
        if (!facet.size.contains(map.size()) || !map.keySet().containsAll(facet.required)) {
            return false;
        }
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String name = (String) entry.getKey();
            Optional<Set<String>> schemas = facet.property(name, effort);
            if (schemas.isEmpty()
                    || !admits(schemas.get(), entry.getValue())
                    || !facet.names.stream().allMatch(names -> admits(Set.of(names), name))) {
                return false;
            }
        }
        return true;
    }

    private boolean admitsArray(Facet facet, List<?> list) {
        if (!facet.items.contains(list.size())) {
            return false;
        }
        for (int i = 0; i < list.size(); i++) {
            Optional<Set<String>> schemas = facet.item(i);
            if (schemas.isEmpty() || !admits(schemas.get(), list.get(i))) {
                return false;
            }
        }
        if (facet.unique && list.stream().map(this::key).distinct().count() < list.size()) {
            return false;
        }
        return facet.contained.stream()
                .allMatch(contained -> list.stream()
                                .filter(item -> admits(Set.of(contained.schema()), item))
                                .count()
                        >= contained.min());
    }

    private String key(Object value) {
        String key = Json.key(value);
        effort.spend(key.length());
        return key;
    }

    private boolean admits(Set<String> schemas, Object value) {
        effort.spend(STEP);
        return expand(schemas).stream().anyMatch(facet -> admits(facet, value));
    }
}
