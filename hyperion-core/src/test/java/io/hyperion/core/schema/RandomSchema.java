package io.hyperion.core.schema;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A random schema of all keywords that a grammar can say, with random values that fit it.
 *
 * @param schema a map, or true
 * @param values makes values
 */
public record RandomSchema(Object schema, RandomSchema.Values values) {
    /** Makes a value; the deeper it already is, the smaller. */
    public interface Values {
        Object next(Random random, int depth);
    }

    /** A pattern, and texts that it matches. */
    private record Pattern(String text, List<String> examples) {}

    private static final int MAX_DEPTH = 3;
    private static final List<String> NAMES =
            List.of("id", "name", "i", "city", "Größe", "a b", "quo\"te", "tags", "x-1", "idea", "\uD83D\uDE00");
    private static final List<Pattern> PATTERNS = List.of(
            new Pattern("^[A-Z]{2,3}-\\d{1,4}$", List.of("AB-1", "XYZ-2025")),
            new Pattern("^(?:red|green|bl(?:ue|ack))$", List.of("red", "black")),
            new Pattern("\\d\\d", List.of("a11b", "42")),
            new Pattern("^\\S+@[\\w.]+$", List.of("a@b", "\u00e9\"@x.y")),
            new Pattern("^[^\"]*\"[\\\\/]$", List.of("\"\\", "ab\"/")),
            new Pattern("^a|z$", List.of("abc", "xyz", "a")),
            new Pattern("^\\s?.{0,5}\\.$", List.of(" ab.", ".")),
            new Pattern("^[\\u00e0-\\u00ff\\uD83D\\uDE00]{1,3}$", List.of("\u00e4\u00f6", "\uD83D\uDE00")));
    private static final Map<String, List<String>> FORMATS = Map.of(
            "date", List.of("2024-02-29", "1999-12-31", "2000-02-29"),
            "time", List.of("00:00:00Z", "23:59:59.25+02:00"),
            "date-time", List.of("2025-03-21T12:00:00Z", "2024-02-29T01:02:03.004-05:00"),
            "uuid", List.of(new UUID(7, 9).toString(), "A987FBC9-4BED-3078-8F07-9141BA07C9F3"),
            "ipv4", List.of("0.0.0.0", "255.249.199.9"),
            "ipv6", List.of("::", "2001:db8::1", "1:2:3:4:5:6:7:8", "fe80::1:2"),
            "hostname", List.of("localhost", "www.Example-1.org"),
            "uri", List.of("https://example.org:80/a%20b/c?d=e#f"),
            "duration", List.of("P1Y2M3DT4H5M6S", "PT5M", "P3W", "P1D"));

    /** {@return a random schema of any type} */
    public static RandomSchema of(long seed) {
        return new Maker(new Random(seed)).root();
    }

    /** {@return a random value as JSON: names in any order, blanks after commas and colons or not} */
    String value(Random random) {
        return write(values.next(random, 0), random.nextBoolean() ? " " : "");
    }

    private static String write(Object value, String blank) {
        if (value instanceof Map<?, ?> map) {
            List<String> members = new ArrayList<>();
            map.forEach((name, each) -> members.add(Schemas.write(name) + ":" + blank + write(each, blank)));
            return "{" + String.join("," + blank, members) + "}";
        } else if (value instanceof List<?> list) {
            return "["
                    + String.join(
                            "," + blank,
                            list.stream().map(each -> write(each, blank)).toList()) + "]";
        }
        return value instanceof BigDecimal number ? number.toPlainString() : Schemas.write(value);
    }

    private static Map<String, Object> map(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return map;
    }

    /** A name with a schema, of which values may have it. */
    private record Property(String name, boolean required, RandomSchema schema) {}

    private static final class Maker {
        private final Random random;
        private final Map<String, Object> definitions = new LinkedHashMap<>();

        Maker(Random random) {
            this.random = random;
        }

        RandomSchema root() {
            RandomSchema root = any(0);
            if (!(root.schema instanceof Map<?, ?> schema)) {
                return new RandomSchema(map(), root.values);
            }
            Map<String, Object> whole = map("$schema", "https://json-schema.org/draft/2020-12/schema");
            schema.forEach((key, value) -> whole.put((String) key, value));
            if (!definitions.isEmpty()) {
                whole.put("$defs", definitions);
            }
            return new RandomSchema(whole, root.values);
        }

        private RandomSchema any(int depth) {
            if (depth < MAX_DEPTH && random.nextInt(depth == 0 ? 8 : 3) > 0) {
                return switch (random.nextInt(10)) {
                    case 0, 1, 2, 3 -> object(depth);
                    case 4, 5 -> array(depth);
                    case 6 -> anyOf(depth);
                    case 7 -> oneOf(depth);
                    case 8 -> allOf(depth);
                    default -> reference(depth);
                };
            }
            return switch (random.nextInt(12)) {
                case 0, 1, 2 -> text();
                case 3, 4 -> integer();
                case 5, 6 -> number();
                case 7 -> listed();
                case 8 -> types();
                case 9 -> new RandomSchema(map("type", "boolean"), (r, d) -> r.nextBoolean());
                case 10 -> new RandomSchema(map("type", "null"), (r, d) -> null);
                default ->
                    random.nextInt(3) > 0
                            ? listed()
                            : new RandomSchema(random.nextBoolean() ? map() : true, (r, d) -> free(r, 0));
            };
        }

        private static Object free(Random r, int depth) {
            return switch (r.nextInt(depth < 2 ? 7 : 5)) {
                case 0 -> null;
                case 1 -> r.nextBoolean();
                case 2 -> r.nextInt(2_000_000) - 1_000_000;
                case 3 -> new BigDecimal(r.nextInt(20_000) * 10 + 1).movePointLeft(1 + r.nextInt(4));
                case 4 -> characters(r, r.nextInt(6));
                case 5 -> List.of(String.valueOf(free(r, depth + 1)), r.nextInt(10));
                default -> map("k\n" + r.nextInt(10), free(r, depth + 1));
            };
        }

        private static String characters(Random r, int count) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < count; i++) {
                text.appendCodePoint("aZ 9\"\\/\n\t\u00e9\u6f22\uD83D\uDE00{}[],:"
                        .codePoints()
                        .skip(r.nextInt(18))
                        .findFirst()
                        .orElse('b'));
            }
            return text.toString();
        }

        private RandomSchema text() {
            switch (random.nextInt(4)) {
                case 0 -> {
                    Pattern pattern = PATTERNS.get(random.nextInt(PATTERNS.size()));
                    return new RandomSchema(
                            map("type", "string", "pattern", pattern.text),
                            (r, d) -> pattern.examples.get(r.nextInt(pattern.examples.size())));
                }
                case 1 -> {
                    String format = FORMATS.keySet().stream()
                            .sorted()
                            .skip(random.nextInt(FORMATS.size()))
                            .findFirst()
                            .orElseThrow();
                    List<String> examples = FORMATS.get(format);
                    return new RandomSchema(
                            map("type", "string", "format", format),
                            (r, d) -> examples.get(r.nextInt(examples.size())));
                }
                default -> {
                    int min = random.nextInt(4);
                    int max = min + random.nextInt(10);
                    Map<String, Object> schema = map("type", "string");
                    if (random.nextBoolean()) {
                        schema.put("minLength", min);
                    }
                    if (random.nextInt(8) > 0) {
                        schema.put("maxLength", max);
                    }
                    return new RandomSchema(schema, (r, d) -> characters(r, min + r.nextInt(max - min + 1)));
                }
            }
        }

        private RandomSchema integer() {
            int step = random.nextInt(4) == 0
                    ? List.of(1, 2, 3, 7, 10, 25, 100, 300).get(random.nextInt(8))
                    : 1;
            long low = (long) (random.nextGaussian() * Math.pow(10, random.nextInt(9)));
            long high = low + step + (long) (random.nextDouble() * Math.pow(10, random.nextInt(9)));
            Map<String, Object> schema = map("type", "integer");
            if (random.nextBoolean()) {
                schema.put(random.nextBoolean() ? "minimum" : "exclusiveMinimum", low - 1);
            }
            if (random.nextBoolean()) {
                schema.put(random.nextBoolean() ? "maximum" : "exclusiveMaximum", high + 1);
            }
            if (step > 1) {
                schema.put("multipleOf", step);
            }
            return new RandomSchema(schema, (r, d) -> {
                long value = low + (long) (r.nextDouble() * (high - low));
                long multiple = Math.floorDiv(value, step) * step;
                return multiple < low ? multiple + step : multiple;
            });
        }

        private RandomSchema number() {
            int decimals = random.nextInt(4);
            long low = (long) (random.nextGaussian() * Math.pow(10, random.nextInt(6)));
            long high = low + 2 + (long) (random.nextDouble() * Math.pow(10, random.nextInt(6)));
            Map<String, Object> schema = map("type", "number");
            if (random.nextBoolean()) {
                schema.put(
                        random.nextBoolean() ? "minimum" : "exclusiveMinimum", BigDecimal.valueOf(low - 1, decimals));
            }
            if (random.nextBoolean()) {
                schema.put(
                        random.nextBoolean() ? "maximum" : "exclusiveMaximum", BigDecimal.valueOf(high + 1, decimals));
            }
            if (random.nextInt(4) == 0) {
                schema.put("multipleOf", BigDecimal.ONE.movePointLeft(decimals));
            }
            return new RandomSchema(
                    schema, (r, d) -> BigDecimal.valueOf(low + (long) (r.nextDouble() * (high - low)), decimals));
        }

        private RandomSchema listed() {
            List<Object> values = IntStream.rangeClosed(0, random.nextInt(4))
                    .mapToObj(i -> free(random, 0))
                    .collect(Collectors.toCollection(ArrayList::new));
            if (values.size() == 1) {
                return new RandomSchema(map("const", values.get(0)), (r, d) -> values.get(0));
            }
            return new RandomSchema(map("enum", values), (r, d) -> values.get(r.nextInt(values.size())));
        }

        private RandomSchema types() {
            return new RandomSchema(
                    map("type", List.of("integer", "string", "null"), "minimum", 0, "maxLength", 3),
                    (r, d) -> List.of(r.nextInt(1000), characters(r, r.nextInt(4)))
                            .get(r.nextInt(2)));
        }

        private RandomSchema object(int depth) {
            List<String> names = new ArrayList<>(NAMES);
            Collections.shuffle(names, random);
            List<Property> properties = new ArrayList<>();
            for (int i = random.nextInt(5); i >= 0; i--) {
                properties.add(new Property(names.get(i), random.nextBoolean(), any(depth + 1)));
            }
            Map<String, Object> schema = map("type", "object");
            properties(schema, properties);
            switch (random.nextInt(6)) {
                case 0 -> schema.put("additionalProperties", false);
                case 1 -> {
                    limit(schema, properties.size());
                    schema.put("additionalProperties", map("type", "integer"));
                    return new RandomSchema(schema, objects(properties, "other"));
                }
                case 2 -> {
                    limit(schema, properties.size());
                    schema.put("patternProperties", map("^n[0-9]{1,3}$", map("type", "integer")));
                    return new RandomSchema(schema, objects(properties, "n12"));
                }
                case 3 -> {
                    Map<String, Object> keys = map("type", "object");
                    keys.put("propertyNames", map("enum", List.of("red", "green", "bl\"ue")));
                    keys.put("additionalProperties", properties.get(0).schema.schema);
                    keys.put("minProperties", 1);
                    RandomSchema of = properties.get(0).schema;
                    return new RandomSchema(keys, (r, d) -> map("green", of.values.next(r, d + 1)));
                }
                case 4 -> {
                    int required =
                            (int) properties.stream().filter(Property::required).count();
                    schema.put("minProperties", random.nextInt(properties.size() + 1));
                    schema.put("maxProperties", Math.max(required, random.nextInt(properties.size() + 2)));
                    long min = ((Number) schema.get("minProperties")).longValue();
                    long max = ((Number) schema.get("maxProperties")).longValue();
                    schema.put("maxProperties", Math.max(min, max));
                    Values values = objects(properties, "");
                    return new RandomSchema(
                            schema, (r, d) -> sized(values, Math.max(min, required), Math.max(min, max), r, d));
                }
                default -> {
                    // Nothing is said of other properties.
                }
            }
            return new RandomSchema(schema, objects(properties, ""));
        }

        private void limit(Map<String, Object> schema, int declared) {
            if (random.nextInt(8) > 0) {
                schema.put("maxProperties", declared + 1 + random.nextInt(2));
            }
        }

        private static Object sized(Values values, long min, long max, Random r, int depth) {
            while (true) {
                Map<?, ?> value = (Map<?, ?>) values.next(r, Math.min(depth, MAX_DEPTH));
                if (value.size() >= min && value.size() <= max) {
                    return value;
                }
            }
        }

        private static void properties(Map<String, Object> schema, List<Property> properties) {
            Map<String, Object> byName = map();
            properties.forEach(property -> byName.put(property.name, property.schema.schema));
            schema.put("properties", byName);
            List<String> required = properties.stream()
                    .filter(Property::required)
                    .map(Property::name)
                    .toList();
            if (!required.isEmpty()) {
                schema.put("required", required);
            }
        }

        /** {@return objects of properties in any order, and an integer of another name, if there is one} */
        private static Values objects(List<Property> properties, String other) {
            return (r, d) -> {
                List<Property> chosen = new ArrayList<>();
                for (Property property : properties) {
                    if (property.required || d <= MAX_DEPTH && r.nextBoolean()) {
                        chosen.add(property);
                    }
                }
                Collections.shuffle(chosen, r);
                Map<String, Object> value = map();
                if (!other.isEmpty() && r.nextBoolean()) {
                    value.put(other, r.nextInt(100));
                }
                chosen.forEach(property -> value.put(property.name, property.schema.values.next(r, d + 1)));
                return value;
            };
        }

        private RandomSchema array(int depth) {
            RandomSchema items = any(depth + 1);
            int min = random.nextInt(3);
            int max = min + random.nextInt(4);
            Map<String, Object> schema = map("type", "array");
            switch (random.nextInt(6)) {
                case 0 -> {
                    List<RandomSchema> prefix = List.of(any(depth + 1), any(depth + 1));
                    schema.put(
                            "prefixItems",
                            prefix.stream().map(RandomSchema::schema).toList());
                    schema.put("items", random.nextBoolean() ? false : items.schema);
                    schema.put("minItems", 1);
                    return new RandomSchema(schema, (r, d) -> IntStream.rangeClosed(0, r.nextInt(2))
                            .mapToObj(i -> prefix.get(i).values.next(r, d + 1))
                            .collect(Collectors.toCollection(ArrayList::new)));
                }
                case 1 -> {
                    schema.put("items", map("enum", List.of("a", "b", "c", 4)));
                    schema.put("uniqueItems", true);
                    schema.put("minItems", min);
                    return new RandomSchema(schema, (r, d) -> {
                        List<Object> all = new ArrayList<>(List.of("a", "b", "c", 4));
                        Collections.shuffle(all, r);
                        return all.subList(0, min + r.nextInt(5 - min));
                    });
                }
                case 2 -> {
                    schema.put("items", map("type", "integer"));
                    schema.put("contains", map("minimum", 10, "maximum", 99));
                    schema.put("maxItems", max + 1);
                    return new RandomSchema(schema, (r, d) -> {
                        List<Object> all = new ArrayList<>(List.of(10 + r.nextInt(90)));
                        for (int i = r.nextInt(max + 1); i > 0; i--) {
                            all.add(r.nextInt(1000));
                        }
                        Collections.shuffle(all, r);
                        return all;
                    });
                }
                default -> {
                    schema.put("items", items.schema);
                    if (random.nextBoolean()) {
                        schema.put("minItems", min);
                    }
                    if (random.nextInt(8) > 0) {
                        schema.put("maxItems", max);
                    }
                    return new RandomSchema(
                            schema, (r, d) -> IntStream.range(0, d > MAX_DEPTH ? min : min + r.nextInt(max - min + 1))
                                    .mapToObj(i -> items.values.next(r, d + 1))
                                    .collect(Collectors.toCollection(ArrayList::new)));
                }
            }
        }

        private RandomSchema anyOf(int depth) {
            List<RandomSchema> options = List.of(any(depth + 1), any(depth + 1));
            return new RandomSchema(
                    map("anyOf", options.stream().map(RandomSchema::schema).toList()),
                    (r, d) -> options.get(r.nextInt(2)).values.next(r, d + 1));
        }

        /** Objects that a property tells apart, or types. */
        private RandomSchema oneOf(int depth) {
            if (random.nextBoolean()) {
                return new RandomSchema(
                        map(
                                "oneOf",
                                List.of(
                                        map("type", "string", "maxLength", 4),
                                        map("type", "integer"),
                                        map("type", "null"))),
                        (r, d) -> r.nextBoolean() ? characters(r, 3) : r.nextInt(10));
            }
            List<Object> options = new ArrayList<>();
            List<Values> values = new ArrayList<>();
            for (String kind : List.of("circle", "square")) {
                List<Property> properties = List.of(
                        new Property("kind", true, new RandomSchema(map("const", kind), (r, d) -> kind)),
                        new Property("size", random.nextBoolean(), any(depth + 1)));
                Map<String, Object> option = map("type", "object");
                properties(option, properties);
                options.add(option);
                values.add(objects(properties, ""));
            }
            return new RandomSchema(
                    map("oneOf", options), (r, d) -> values.get(r.nextInt(2)).next(r, d));
        }

        private RandomSchema allOf(int depth) {
            if (random.nextBoolean()) {
                return new RandomSchema(
                        map(
                                "type",
                                "integer",
                                "allOf",
                                List.of(map("minimum", -20), map("type", "number", "maximum", 1234))),
                        (r, d) -> r.nextInt(1255) - 20);
            }
            List<Property> left = List.of(new Property("left", random.nextBoolean(), any(depth + 1)));
            List<Property> right = List.of(
                    new Property("right", random.nextBoolean(), any(depth + 1)), new Property("both", true, integer()));
            Map<String, Object> first = map("type", "object");
            properties(first, left);
            Map<String, Object> second = map();
            properties(second, right);
            List<Property> all = new ArrayList<>(left);
            all.addAll(right);
            return new RandomSchema(map("allOf", List.of(first, second)), objects(all, ""));
        }

        private RandomSchema reference(int depth) {
            String name = "d" + definitions.size();
            if (random.nextBoolean()) {
                definitions.put(name, true);
                RandomSchema target = any(depth + 1);
                definitions.put(name, target.schema);
                return new RandomSchema(map("$ref", "#/$defs/" + name), target.values);
            }
            // A tree of itself.
            RandomSchema leaf = integer();
            Map<String, Object> self = map("$ref", "#/$defs/" + name);
            definitions.put(
                    name,
                    map(
                            "type",
                            "object",
                            "properties",
                            map("value", leaf.schema, "children", map("type", "array", "items", self, "maxItems", 2)),
                            "required",
                            List.of("value")));
            Values[] tree = new Values[1];
            tree[0] = (r, d) -> {
                Map<String, Object> value = map();
                if (d < 3) {
                    value.put("children", List.of(tree[0].next(r, d + 1)));
                }
                value.put("value", leaf.values.next(r, d));
                return value;
            };
            return new RandomSchema(self, tree[0]);
        }
    }
}
