package io.hyperion.api.json;

import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
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
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/** Makes random objects of the types of {@link Shop}, such as obey their constraints, and knows nothing of schemas. */
final class RandomObjects {
    private static final String LETTERS = "abc XYZ\"\\/\n\u0001äß€\u2028😀";

    private final Random random;
    private final Map<Class<?>, Supplier<Object>> scalars;
    private int depth;

    RandomObjects(long seed) {
        random = new Random(seed);
        scalars = scalars();
    }

    Object next(Class<?> type) {
        return next(type, Map.of());
    }

    private Object next(Type type, Map<TypeVariable<?>, Type> variables) {
        if (type instanceof TypeVariable<?> variable) {
            return next(variables.get(variable), variables);
        }
        if (type instanceof ParameterizedType parameterized) {
            return generic(parameterized, variables);
        }
        Class<?> raw = (Class<?>) type;
        if (raw == int[].class) {
            return random.ints(random.nextInt(4)).toArray();
        }
        if (raw == String[][].class) {
            return new String[][] {{text(), text()}, {}};
        }
        if (raw.isEnum()) {
            return raw.getEnumConstants()[random.nextInt(raw.getEnumConstants().length)];
        }
        if (raw == Shop.Line.class) {
            return new Shop.Line(
                    text(),
                    1 + random.nextInt(Integer.MAX_VALUE),
                    decimal().abs().add(BigDecimal.ONE));
        }
        if (raw == Shop.Invoice.class) {
            return new Shop.Invoice(
                    "AB-" + random.nextInt(1_000_000),
                    date(),
                    List.of((Shop.Line) next(Shop.Line.class)),
                    Optional.of("short").filter(text -> random.nextBoolean()),
                    Shop.Currency.CHF,
                    random.nextBoolean());
        }
        return raw.isRecord() ? record(raw, variables) : scalars.get(raw).get();
    }

    private Object generic(ParameterizedType type, Map<TypeVariable<?>, Type> variables) {
        Class<?> raw = (Class<?>) type.getRawType();
        Type[] arguments = type.getActualTypeArguments();
        depth++;
        try {
            // Trees must end.
            int size = depth > 3 ? 0 : random.nextInt(3);
            if (raw == Optional.class) {
                return size == 0 ? Optional.empty() : Optional.of(next(arguments[0], variables));
            }
            List<Object> items = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                items.add(next(arguments[arguments.length - 1], variables));
            }
            if (raw == List.class) {
                return items;
            }
            if (raw == Set.class) {
                // One at most: two would be written in an order that is not kept.
                return new HashSet<>(items.subList(0, Math.min(1, size)));
            }
            if (raw == Map.class) {
                Map<Object, Object> map = new LinkedHashMap<>();
                items.forEach(item -> map.put(
                        arguments[0] == String.class
                                ? "key " + random.nextInt() + "ä😀"
                                : next(arguments[0], variables),
                        item));
                return map;
            }
            Map<TypeVariable<?>, Type> inner = new LinkedHashMap<>();
            for (int i = 0; i < arguments.length; i++) {
                inner.put(raw.getTypeParameters()[i], arguments[i]);
            }
            return record(raw, inner);
        } finally {
            depth--;
        }
    }

    private Object record(Class<?> raw, Map<TypeVariable<?>, Type> variables) {
        RecordComponent[] components = raw.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            AnnotatedType type = components[i].getAnnotatedType();
            values[i] =
                    type.getType() == String.class && raw == Shop.Pages.class ? "x" : next(type.getType(), variables);
        }
        try {
            Constructor<?> constructor = raw.getDeclaredConstructor(types);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private Map<Class<?>, Supplier<Object>> scalars() {
        Map<Class<?>, Supplier<Object>> makers = new LinkedHashMap<>();
        makers.put(boolean.class, random::nextBoolean);
        makers.put(byte.class, () -> (byte) random.nextInt());
        makers.put(Short.class, () -> (short) random.nextInt());
        makers.put(int.class, random::nextInt);
        makers.put(Integer.class, random::nextInt);
        makers.put(Long.class, random::nextLong);
        makers.put(BigInteger.class, () -> new BigInteger(100, random).negate());
        makers.put(float.class, random::nextFloat);
        makers.put(Double.class, () -> random.nextGaussian() * 1e30);
        makers.put(BigDecimal.class, this::decimal);
        makers.put(
                OptionalInt.class, () -> random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(random.nextInt()));
        makers.put(OptionalLong.class, () -> OptionalLong.of(random.nextLong()));
        makers.put(OptionalDouble.class, () -> OptionalDouble.of(random.nextDouble()));
        makers.put(String.class, this::text);
        makers.put(char.class, () -> "aZ ä€\"".charAt(random.nextInt(6)));
        makers.put(UUID.class, () -> new UUID(random.nextLong(), random.nextLong()));
        makers.put(URI.class, () -> URI.create("https://example.com/" + random.nextInt()));
        makers.put(
                Object.class,
                () -> List.of(Map.of("a", text()), random.nextBoolean(), new BigDecimal(random.nextInt())));
        makers.put(LocalDate.class, this::date);
        makers.put(LocalTime.class, this::time);
        makers.put(LocalDateTime.class, () -> date().atTime(time()));
        makers.put(OffsetDateTime.class, () -> date().atTime(time()).atOffset(offset()));
        makers.put(OffsetTime.class, () -> time().atOffset(offset()));
        makers.put(ZonedDateTime.class, () -> ZonedDateTime.of(date(), time(), offset()));
        makers.put(Instant.class, () -> date().atTime(time()).toInstant(ZoneOffset.UTC));
        makers.put(YearMonth.class, () -> YearMonth.from(date()));
        makers.put(Duration.class, () -> Duration.ofNanos(random.nextLong()));
        makers.put(Period.class, () -> Period.of(random.nextInt(30) - 10, random.nextInt(30), random.nextInt(30)));
        return makers;
    }

    private BigDecimal decimal() {
        return new BigDecimal(new BigInteger(60, random), random.nextInt(20));
    }

    private String text() {
        StringBuilder text = new StringBuilder("x");
        int[] letters = LETTERS.codePoints().toArray();
        for (int i = random.nextInt(10); i > 0; i--) {
            text.appendCodePoint(letters[random.nextInt(letters.length)]);
        }
        return text.toString();
    }

    private LocalDate date() {
        return LocalDate.ofEpochDay(random.nextInt(1_000_000));
    }

    private LocalTime time() {
        return LocalTime.ofSecondOfDay(random.nextInt(86_400))
                .plusNanos(random.nextBoolean() ? 0 : random.nextInt(1_000_000_000));
    }

    private ZoneOffset offset() {
        return ZoneOffset.ofTotalSeconds(60 * (random.nextInt(1200) - 600));
    }
}
