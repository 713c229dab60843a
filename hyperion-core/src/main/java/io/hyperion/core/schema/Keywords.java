package io.hyperion.core.schema;

import io.hyperion.api.Excerpts;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.core.schema.Facet.ArrayPart;
import io.hyperion.core.schema.Facet.Contained;
import io.hyperion.core.schema.Facet.ObjectPart;
import io.hyperion.core.schema.Facet.Others;
import io.hyperion.core.schema.RegexParser.RegexException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads the keywords of one schema, all but those that lead to other schemas for the same value. */
final class Keywords {
    /** Those that the expansion of alternatives and references is for. */
    static final Set<String> APPLICATORS = Set.of("$ref", "allOf", "anyOf", "oneOf");

    private static final Set<String> ANNOTATIONS = Set.of(
            "$schema",
            "$id",
            "$anchor",
            "$comment",
            "$defs",
            "$vocabulary",
            "definitions",
            "title",
            "description",
            "default",
            "example",
            "examples",
            "deprecated",
            "readOnly",
            "writeOnly",
            "discriminator",
            "externalDocs",
            "xml");
    private static final Set<String> READ = Set.of(
            "type",
            "nullable",
            "enum",
            "const",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
            "minLength",
            "maxLength",
            "pattern",
            "format",
            "properties",
            "patternProperties",
            "additionalProperties",
            "required",
            "minProperties",
            "maxProperties",
            "propertyNames",
            "unevaluatedProperties",
            "items",
            "prefixItems",
            "additionalItems",
            "minItems",
            "maxItems",
            "uniqueItems",
            "contains",
            "minContains",
            "maxContains");
    private static final Set<String> UNSAYABLE = Set.of(
            "not",
            "if",
            "then",
            "else",
            "dependentRequired",
            "dependentSchemas",
            "dependencies",
            "unevaluatedItems",
            "contentEncoding",
            "contentMediaType",
            "contentSchema",
            "$dynamicRef",
            "$dynamicAnchor",
            "$recursiveRef",
            "$recursiveAnchor");

    private final SchemaDocument document;
    private final Effort effort;
    private final String pointer;
    private final Map<?, ?> schema;
    private final Facet facet;

    private Keywords(SchemaDocument document, Effort effort, String pointer, Map<?, ?> schema, Facet facet) {
        this.document = document;
        this.effort = effort;
        this.pointer = pointer;
        this.schema = schema;
        this.facet = facet;
    }

    /** Adds to a facet what the schema at a pointer asks. */
    static void read(SchemaDocument document, Effort effort, String pointer, Map<?, ?> schema, Facet facet) {
        new Keywords(document, effort, pointer, schema, facet).read();
    }

    private void read() {
        for (Object key : schema.keySet()) {
            String keyword = (String) key;
            effort.spend(pointer.length() + keyword.length());
            if (READ.contains(keyword)) {
                facet.where.put(keyword, at(keyword));
            } else if (UNSAYABLE.contains(keyword)) {
                refuse(keyword);
            } else if (!APPLICATORS.contains(keyword) && !ANNOTATIONS.contains(keyword) && !keyword.startsWith("x-")) {
                throw wrong(
                        keyword,
                        "'" + Excerpts.of(keyword) + "' is not known; did you mean '" + nearest(keyword) + "'?");
            }
        }
        types();
        values();
        numbers();
        texts();
        objects();
        arrays();
    }

    /** Refuses what a grammar cannot say, except where it asks nothing. */
    private void refuse(String keyword) {
        Object value = schema.get(keyword);
        boolean idle =
                switch (keyword) {
                    case "not" -> Boolean.FALSE.equals(value);
                    case "if" -> !has("then") && !has("else");
                    case "then", "else" -> !has("if");
                    case "dependentRequired", "dependentSchemas", "dependencies" ->
                        value instanceof Map<?, ?> map && map.isEmpty();
                    case "unevaluatedItems" -> Boolean.TRUE.equals(value);
                    case "$dynamicAnchor" -> true;
                    case "$recursiveAnchor" -> Boolean.FALSE.equals(value);
                    default -> false;
                };
        if (!idle) {
            throw wrong(keyword, "a grammar cannot say '" + keyword + "'");
        }
    }

    private static String nearest(String keyword) {
        Set<String> known = new TreeSet<>(READ);
        known.addAll(APPLICATORS);
        known.addAll(ANNOTATIONS);
        return known.stream()
                .min(Comparator.comparingInt(each -> distance(keyword, each)))
                .orElseThrow();
    }

    /** {@return how many letters must be changed, put in or taken out: Levenshtein's distance} */
    private static int distance(String a, String b) {
        int length = Math.min(a.length(), 40);
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= length; i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int changed = diagonal
                        + (Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1)) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    private void types() {
        if (!has("type")) {
            checkFlag("nullable");
            return;
        }
        EnumSet<Type> types = EnumSet.noneOf(Type.class);
        List<?> names = schema.get("type") instanceof List<?> list
                ? list
                : List.of(schema.get("type") == null ? "" : schema.get("type"));
        for (Object name : names) {
            types.add(
                    Optional.ofNullable(name)
                            .filter(String.class::isInstance)
                            .flatMap(text -> Type.find((String) text))
                            .orElseThrow(
                                    () -> wrong(
                                            "type",
                                            "'type' must be null, boolean, integer, number, string, array or object, or a list of them")));
        }
        if (checkFlag("nullable")) {
            types.add(Type.NULL);
        }
        facet.only(types);
    }

    private boolean checkFlag(String keyword) {
        if (has(keyword) && !(schema.get(keyword) instanceof Boolean)) {
            throw wrong(keyword, "'" + keyword + "' must be true or false");
        }
        return Boolean.TRUE.equals(schema.get(keyword));
    }

    private void values() {
        if (has("enum")) {
            if (!(schema.get("enum") instanceof List<?> list)) {
                throw wrong("enum", "'enum' must be a list");
            }
            only(list);
        }
        if (has("const")) {
            only(Collections.singletonList(schema.get("const")));
        }
    }

    private void only(List<?> given) {
        Map<String, Object> both = new LinkedHashMap<>();
        for (Object value : given) {
            String key = Json.key(value);
            effort.spend(key.length());
            if (facet.values.map(own -> own.containsKey(key)).orElse(true)) {
                both.put(key, value);
            }
        }
        facet.values = Optional.of(both);
    }

    private void numbers() {
        for (String keyword : List.of("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")) {
            boolean minimum = keyword.endsWith("inimum");
            String flag = minimum ? "exclusiveMinimum" : "exclusiveMaximum";
            if (!has(keyword) || keyword.equals(flag) && schema.get(keyword) instanceof Boolean) {
                // As OpenAPI 3.0 and draft 4 have it, the flag says how the bound beside it is meant.
                continue;
            }
            BigDecimal bound = number(keyword);
            boolean excluded = keyword.equals(flag) || Boolean.TRUE.equals(schema.get(flag));
            facet.numbers = minimum ? facet.numbers.atLeast(bound, excluded) : facet.numbers.atMost(bound, excluded);
        }
        if (has("multipleOf")) {
            BigDecimal step = number("multipleOf");
            if (step.signum() <= 0) {
                throw wrong("multipleOf", "'multipleOf' must be above 0");
            }
            facet.numbers = facet.numbers.multiplesOf(step);
        }
    }

    private BigDecimal number(String keyword) {
        if (schema.get(keyword) instanceof Number number) {
            return Json.decimal(number);
        }
        throw wrong(keyword, "'" + keyword + "' must be a number");
    }

    private void texts() {
        facet.length = facet.length.and(count("minLength", 0), count("maxLength", Facet.UNBOUNDED));
        if (has("pattern")) {
            facet.expressions.put(at("pattern"), expression("pattern", schema.get("pattern")));
        }
        if (has("format")) {
            format();
        }
    }

    private Regex expression(String keyword, Object pattern) {
        if (!(pattern instanceof String text)) {
            throw wrong(keyword, "'" + keyword + "' must be a text");
        }
        // Each character may become a set.
        effort.spend(10L * text.length());
        try {
            return RegexParser.parse(text)
                    .whole()
                    .orElseThrow(() -> wrong(
                            keyword,
                            "'" + keyword + "' has an anchor elsewhere than at the ends, which a grammar cannot say"));
        } catch (RegexException e) {
            throw wrong(keyword, "'" + keyword + "' has " + e.getMessage());
        }
    }

    private void format() {
        Object format = schema.get("format");
        if (!(format instanceof String name)) {
            throw wrong("format", "'format' must be a text");
        }
        switch (name) {
            case "int32" -> integers(Integer.MIN_VALUE, Integer.MAX_VALUE);
            case "int64" -> integers(Long.MIN_VALUE, Long.MAX_VALUE);
            case "float", "double" -> {
                // All numbers that are written are such.
            }
            default ->
                facet.expressions.put(
                        at("format"),
                        Formats.find(name)
                                .orElseThrow(() -> wrong(
                                        "format",
                                        "'format' is none of " + String.join(", ", Formats.names())
                                                + ", int32, int64, float, double")));
        }
    }

    private void integers(long least, long most) {
        facet.numbers = facet.numbers.atLeast(BigDecimal.valueOf(least), false).atMost(BigDecimal.valueOf(most), false);
    }

    private long count(String keyword, long absent) {
        if (!has(keyword)) {
            return absent;
        }
        BigDecimal count = number(keyword);
        if (count.signum() < 0 || !Json.isInteger(count)) {
            throw wrong(keyword, "'" + keyword + "' must be an integer of 0 or more");
        }
        return count.min(BigDecimal.valueOf(Long.MAX_VALUE)).longValueExact();
    }

    private void objects() {
        facet.size = facet.size.and(count("minProperties", 0), count("maxProperties", Facet.UNBOUNDED));
        if (has("required")) {
            if (!(schema.get("required") instanceof List<?> list)) {
                throw wrong("required", "'required' must be a list of names");
            }
            for (Object name : list) {
                if (!(name instanceof String text)) {
                    throw wrong("required", "'required' must be a list of names");
                }
                effort.spend(text.length());
                facet.required.add(text);
            }
        }
        if (has("propertyNames")) {
            facet.names.add(schema("propertyNames"));
        }
        if (has("unevaluatedProperties")) {
            Object value = schema.get("unevaluatedProperties");
            if (!(value instanceof Boolean)) {
                throw wrong(
                        "unevaluatedProperties", "a grammar cannot say 'unevaluatedProperties' but for true and false");
            }
            facet.onlyEvaluated |= Boolean.FALSE.equals(value);
        }
        if (has("properties") || has("patternProperties") || has("additionalProperties")) {
            Map<Regex, String> patterns = new LinkedHashMap<>();
            schemas("patternProperties")
                    .forEach((pattern, value) -> patterns.put(expression("patternProperties", pattern), value));
            facet.objects.add(new ObjectPart(schemas("properties"), patterns, others("additionalProperties")));
        }
    }

    private Map<String, String> schemas(String keyword) {
        Map<String, String> schemas = new LinkedHashMap<>();
        if (has(keyword)) {
            if (!(schema.get(keyword) instanceof Map<?, ?> map)) {
                throw wrong(keyword, "'" + keyword + "' must be an object of schemas");
            }
            for (Object name : map.keySet()) {
                String place = SchemaDocument.child(at(keyword), (String) name);
                effort.spend(place.length());
                schemas.put((String) name, checked(place));
            }
        }
        return schemas;
    }

    private String schema(String keyword) {
        return checked(at(keyword));
    }

    private String checked(String place) {
        document.schema(place);
        return place;
    }

    private Others others(String keyword) {
        if (!has(keyword)) {
            return new Others.Unsaid();
        }
        return Boolean.FALSE.equals(schema.get(keyword)) ? new Others.None() : new Others.Of(schema(keyword));
    }

    private void arrays() {
        facet.items = facet.items.and(count("minItems", 0), count("maxItems", Facet.UNBOUNDED));
        facet.unique |= checkFlag("uniqueItems");
        String list = schema.get("items") instanceof List<?> ? "items" : "prefixItems";
        if (has("items") || has("prefixItems")) {
            Others others = list.equals("items") ? others("additionalItems") : others("items");
            facet.arrays.add(new ArrayPart(prefix(list), others));
        }
        if (has("contains")) {
            if (has("maxContains")) {
                throw wrong("maxContains", "a grammar cannot say 'maxContains'");
            }
            facet.contained.add(new Contained(schema("contains"), count("minContains", 1)));
        }
    }

    private List<String> prefix(String keyword) {
        List<String> schemas = new ArrayList<>();
        if (has(keyword)) {
            if (!(schema.get(keyword) instanceof List<?> list)) {
                throw wrong(keyword, "'" + keyword + "' must be a list of schemas");
            }
            for (int i = 0; i < list.size(); i++) {
                effort.spend(pointer.length());
                schemas.add(checked(at(keyword) + "/" + i));
            }
        }
        return schemas;
    }

    private boolean has(String keyword) {
        return schema.containsKey(keyword);
    }

    private String at(String keyword) {
        return SchemaDocument.child(pointer, keyword);
    }

    private InvalidRequestException wrong(String keyword, String what) {
        return document.wrong(at(keyword), what);
    }
}
