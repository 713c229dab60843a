package io.hyperion.api.json;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The JSON Schema (2020-12) of a Java type, such that JSON-B reads whatever fits it, with its default mapping.
 *
 * <p>An object has all of its fields and no others: what a type leaves open ({@link Optional}, {@code @Nullable},
 * {@code @JsonbProperty(nillable = true)}) may be {@code null}, but is there, since JSON-B 2.0 makes no record of less. Constraints of Bean
 * Validation are part of the schema. What a schema cannot say is refused, never left out.
 */
public final class JsonSchemas {
    /** The largest number of records and beans that a type may consist of. */
    public static final int MAX_DEFINITIONS = 256;

    private static final String HOURS = "-?[0-9]{1,15}H";
    private static final String MINUTES = "-?[0-9]{1,2}M";
    private static final String SECONDS = "-?[0-9]{1,2}(?:\\.[0-9]{1,9})?S";
    private static final String AMOUNT = "-?[0-9]{1,9}";

    /** Yasson 2.0 parses the keys of maps a second time, unescaped: it reads {@code a"b} as {@code a}. */
    private static final String KEYS = "^[^\"\\\\\\u0000-\\u001F]*$";

    private static final Map<Class<?>, Map<String, Object>> SCALARS = scalars();

    private static final Set<Class<?>> COLLECTIONS = Set.of(
            Iterable.class,
            Collection.class,
            List.class,
            ArrayList.class,
            LinkedList.class,
            Set.class,
            HashSet.class,
            LinkedHashSet.class,
            SortedSet.class,
            NavigableSet.class,
            TreeSet.class,
            Queue.class,
            Deque.class,
            ArrayDeque.class,
            PriorityQueue.class);

    private static final Set<Class<?>> MAPS =
            Set.of(Map.class, HashMap.class, LinkedHashMap.class, SortedMap.class, NavigableMap.class, TreeMap.class);

    private static final Map<Class<?>, Class<?>> OPTIONALS =
            Map.of(OptionalInt.class, int.class, OptionalLong.class, long.class, OptionalDouble.class, double.class);

    private static final Set<String> PLATFORM = Set.of("java", "javax", "jakarta", "jdk", "sun");

    private final JavaType root;
    private final Map<JavaType, String> references = new HashMap<>();
    private final Map<String, Object> definitions = new LinkedHashMap<>();

    private JsonSchemas(JavaType root) {
        this.root = root;
    }

    /**
     * The schema of a class.
     *
     * @param type a class; of a generic one, its variables stand for their bounds
     * @return the schema as values of JSON; unmodifiable at its top
     * @throws UnsupportedTypeException if a schema cannot say the type, or JSON-B cannot read it
     */
    public static Map<String, Object> of(Class<?> type) throws UnsupportedTypeException {
        return new JsonSchemas(JavaType.of(type)).make();
    }

    /**
     * The schema of a type.
     *
     * @param type the type
     * @return the schema as values of JSON; unmodifiable at its top
     * @throws UnsupportedTypeException if a schema cannot say the type, or JSON-B cannot read it
     */
    public static Map<String, Object> of(AnnotatedType type) throws UnsupportedTypeException {
        return new JsonSchemas(JavaType.of(type, Map.of())).make();
    }

    private Map<String, Object> make() throws UnsupportedTypeException {
        String path = root.raw().isArray() ? "[]" : root.raw().getSimpleName();
        Map<String, Object> schema;
        if (isObject(root.raw())) {
            // In place and not by reference: templates show a tool's parameters by their "properties".
            references.put(key(root), "#");
            schema = object(root, path);
            describe(root, schema);
        } else {
            schema = schema(root, path);
        }
        if (!definitions.isEmpty()) {
            schema.put("$defs", definitions);
        }
        return Collections.unmodifiableMap(schema);
    }

    private Map<String, Object> schema(JavaType type, String path) throws UnsupportedTypeException {
        if (type.raw() == Optional.class) {
            JavaType content = type.argument(0);
            return nullable(schema(content.with(type.annotations()), path));
        }
        Class<?> number = OPTIONALS.get(type.raw());
        if (number != null) {
            return nullable(schema(JavaType.of(number).with(type.annotations()), path));
        }
        Map<String, Object> schema = Constraints.add(type.annotations(), plain(type, path), path);
        describe(type, schema);
        return isNullable(type) ? nullable(schema) : schema;
    }

    private static void describe(JavaType type, Map<String, Object> schema) {
        for (Annotation annotation : type.annotations()) {
            if (annotation instanceof Description description) {
                schema.put("description", description.value());
                return;
            }
        }
        Description description = type.raw().getAnnotation(Description.class);
        if (description != null && !schema.containsKey("$ref")) {
            schema.put("description", description.value());
        }
    }

    private static boolean isNullable(JavaType type) {
        boolean marked = Properties.isNillable(type)
                || type.annotations().stream()
                        .anyMatch(annotation ->
                                annotation.annotationType().getSimpleName().equals("Nullable"));
        return marked && !type.raw().isPrimitive() && !Constraints.forbidNull(type.annotations());
    }

    private static Map<String, Object> nullable(Map<String, Object> schema) {
        return object("anyOf", List.of(schema, object("type", "null")));
    }

    private Map<String, Object> plain(JavaType type, String path) throws UnsupportedTypeException {
        Class<?> raw = type.raw();
        Map<String, Object> scalar = SCALARS.get(raw);
        if (scalar != null) {
            return new LinkedHashMap<>(scalar);
        }
        if (raw.isEnum()) {
            return object("type", "string", "enum", constants(raw, path));
        }
        if (raw.isArray() || COLLECTIONS.contains(raw)) {
            return object("type", "array", "items", schema(type.argument(0), path + "[]"));
        }
        if (MAPS.contains(raw)) {
            return map(type, path);
        }
        if (!isObject(raw)) {
            throw new UnsupportedTypeException(
                    path + " is of " + raw.getTypeName() + ", which has no JSON Schema here");
        }
        return reference(type, path);
    }

    private static List<String> constants(Class<?> raw, String path) throws UnsupportedTypeException {
        List<String> names = Arrays.stream(raw.getEnumConstants())
                .map(constant -> ((Enum<?>) constant).name())
                .toList();
        if (names.isEmpty()) {
            throw new UnsupportedTypeException(path + " is of " + raw.getTypeName() + ", which has no constant");
        }
        return names;
    }

    private Map<String, Object> map(JavaType type, String path) throws UnsupportedTypeException {
        JavaType key = type.arguments().isEmpty() ? JavaType.of(String.class) : type.argument(0);
        if (!key.annotations().isEmpty()) {
            throw new UnsupportedTypeException(path + " has annotations on its keys, which a schema cannot say");
        }
        Map<String, Object> value = schema(type.argument(1), path + "{}");
        if (key.raw() == String.class) {
            return object("type", "object", "propertyNames", Map.of("pattern", KEYS), "additionalProperties", value);
        }
        if (!key.raw().isEnum()) {
            throw new UnsupportedTypeException(path + " has keys of "
                    + key.raw().getTypeName() + "; those of a map must be texts or constants of an enum");
        }
        Map<String, Object> properties = new LinkedHashMap<>();
        constants(key.raw(), path).forEach(name -> properties.put(name, value));
        return object("type", "object", "properties", properties, "additionalProperties", false);
    }

    /** Records and beans, and nothing of the platform: what JSON-B makes of that is an accident. */
    private static boolean isObject(Class<?> raw) {
        return !raw.isPrimitive()
                && !raw.isArray()
                && !raw.isEnum()
                && !raw.isAnnotation()
                && !PLATFORM.contains(raw.getName().split("\\.", 2)[0])
                && !Iterable.class.isAssignableFrom(raw)
                && !Map.class.isAssignableFrom(raw);
    }

    private Map<String, Object> reference(JavaType type, String path) throws UnsupportedTypeException {
        String reference = references.get(key(type));
        if (reference == null) {
            if (definitions.size() == MAX_DEFINITIONS) {
                throw new UnsupportedTypeException(path + " is of more than " + MAX_DEFINITIONS + " types");
            }
            String name = freeName(type.raw());
            reference = "#/$defs/" + name;
            references.put(key(type), reference);
            // Holds the place: the type may contain itself.
            definitions.put(name, Map.of());
            Map<String, Object> definition = object(type, path);
            describe(type.withoutAnnotations(), definition);
            definitions.put(name, definition);
        }
        return object("$ref", reference);
    }

    private String freeName(Class<?> raw) {
        String simple = raw.getSimpleName().replaceAll("[^A-Za-z0-9_]", "_");
        String name = simple;
        for (int i = 2; definitions.containsKey(name); i++) {
            name = simple + i;
        }
        return name;
    }

    private Map<String, Object> object(JavaType type, String path) throws UnsupportedTypeException {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (Property property : Properties.of(type, path)) {
            properties.put(property.name(), schema(property.type(), path + "." + property.name()));
        }
        return object(
                "type",
                "object",
                "properties",
                properties,
                "required",
                List.copyOf(properties.keySet()),
                "additionalProperties",
                false);
    }

    private static JavaType key(JavaType type) {
        return type.withoutAnnotations();
    }

    private static Map<Class<?>, Map<String, Object>> scalars() {
        Map<Class<?>, Map<String, Object>> scalars = new HashMap<>();
        Map<String, Object> truth = object("type", "boolean");
        scalars.put(boolean.class, truth);
        scalars.put(Boolean.class, truth);
        scalars.put(byte.class, whole(Byte.MIN_VALUE, Byte.MAX_VALUE));
        scalars.put(Byte.class, whole(Byte.MIN_VALUE, Byte.MAX_VALUE));
        scalars.put(short.class, whole(Short.MIN_VALUE, Short.MAX_VALUE));
        scalars.put(Short.class, whole(Short.MIN_VALUE, Short.MAX_VALUE));
        scalars.put(int.class, whole(Integer.MIN_VALUE, Integer.MAX_VALUE));
        scalars.put(Integer.class, whole(Integer.MIN_VALUE, Integer.MAX_VALUE));
        scalars.put(long.class, whole(Long.MIN_VALUE, Long.MAX_VALUE));
        scalars.put(Long.class, whole(Long.MIN_VALUE, Long.MAX_VALUE));
        scalars.put(BigInteger.class, object("type", "integer"));
        for (Class<?> type :
                List.of(float.class, Float.class, double.class, Double.class, BigDecimal.class, Number.class)) {
            scalars.put(type, object("type", "number"));
        }
        scalars.put(String.class, object("type", "string"));
        scalars.put(CharSequence.class, object("type", "string"));
        // One UTF-16 character, which a character of JSON Schema beyond U+FFFF is not.
        scalars.put(char.class, pattern("[\\u0000-\\uD7FF\\uE000-\\uFFFF]"));
        scalars.put(Character.class, scalars.get(char.class));
        scalars.put(Object.class, Map.of());
        scalars.put(LocalDate.class, format("date"));
        scalars.put(OffsetDateTime.class, format("date-time"));
        scalars.put(ZonedDateTime.class, format("date-time"));
        scalars.put(Instant.class, format("date-time"));
        scalars.put(OffsetTime.class, format("time"));
        // "date-time" and "time" have an offset; those without are in OpenAPI's registry of formats.
        scalars.put(LocalDateTime.class, format("date-time-local"));
        scalars.put(LocalTime.class, format("time-local"));
        scalars.put(UUID.class, format("uuid"));
        scalars.put(URI.class, format("uri"));
        scalars.put(YearMonth.class, pattern("[0-9]{4}-(?:0[1-9]|1[0-2])"));
        // As java.time writes them; the format "duration" mixes the two.
        scalars.put(Duration.class, pattern("PT" + parts(HOURS, MINUTES, SECONDS)));
        scalars.put(Period.class, pattern("P" + parts(AMOUNT + "Y", AMOUNT + "M", AMOUNT + "D")));
        return Map.copyOf(scalars);
    }

    /** {@return the pattern of three parts of which each may be missing, but not all} */
    private static String parts(String first, String second, String third) {
        return "(?:" + first + "(?:" + second + ")?(?:" + third + ")?|" + second + "(?:" + third + ")?|" + third + ")";
    }

    private static Map<String, Object> whole(long minimum, long maximum) {
        return object("type", "integer", "minimum", minimum, "maximum", maximum);
    }

    private static Map<String, Object> format(String format) {
        return object("type", "string", "format", format);
    }

    private static Map<String, Object> pattern(String pattern) {
        return object("type", "string", "pattern", "^" + pattern + "$");
    }

    private static Map<String, Object> object(Object... keysAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            object.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return object;
    }
}
