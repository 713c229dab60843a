package io.hyperion.api.json;

import jakarta.validation.constraints.AssertFalse;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Negative;
import jakarta.validation.constraints.NegativeOrZero;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Null;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.lang.annotation.Annotation;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Brings the constraints of Jakarta Bean Validation 3.0 into a schema. Those of other groups than the default one do not count. A class
 * of Bean Validation is touched only for an annotation that is there, and so are the classes.
 */
final class Constraints {
    private static final String CONSTRAINT = "jakarta.validation.Constraint";
    private static final String DEFAULT_GROUP = "jakarta.validation.groups.Default";
    private static final Set<String> NEVER_NULL = Set.of("NotNull", "NotBlank", "NotEmpty");

    /** Beyond it, a number of digits is no limit. */
    private static final int MAX_DIGITS = 300;

    private final Map<String, Object> schema;
    private final String path;

    private Constraints(Map<String, Object> schema, String path) {
        this.schema = schema;
        this.path = path;
    }

    /**
     * {@return the schema with the constraints among the annotations}
     *
     * @throws UnsupportedTypeException if one cannot be said, or does not belong to such a value
     */
    static Map<String, Object> add(List<Annotation> annotations, Map<String, Object> schema, String path)
            throws UnsupportedTypeException {
        Constraints constraints = new Constraints(schema, path);
        boolean nothing = false;
        for (Annotation annotation : annotations) {
            if (isConstraint(annotation) && isInDefaultGroup(annotation)) {
                nothing |= annotation instanceof Null;
                constraints.add(annotation);
            }
        }
        return nothing ? new LinkedHashMap<>(Map.of("type", "null")) : schema;
    }

    /** {@return whether one of the constraints forbids null} */
    static boolean forbidNull(List<Annotation> annotations) {
        return annotations.stream()
                .filter(Constraints::isConstraint)
                .anyMatch(annotation ->
                        NEVER_NULL.contains(annotation.annotationType().getSimpleName()));
    }

    /** A list of constraints of one kind, as of a repeated annotation, is not marked as one, but is in one. */
    private static boolean isConstraint(Annotation annotation) {
        Class<?> type = annotation.annotationType();
        return Properties.isMarked(annotation, CONSTRAINT)
                || type.getDeclaringClass() != null
                        && type.getDeclaringClass().isAnnotation()
                        && type.getDeclaringClass().getPackageName().equals("jakarta.validation.constraints");
    }

    private static boolean isInDefaultGroup(Annotation annotation) throws UnsupportedTypeException {
        if (!Properties.isMarked(annotation, CONSTRAINT)) {
            return true;
        }
        try {
            // Every constraint has this attribute, but they have no type in common that would declare it.
            Class<?>[] groups =
                    (Class<?>[]) annotation.annotationType().getMethod("groups").invoke(annotation);
            return groups.length == 0
                    || List.of(groups).stream()
                            .anyMatch(group -> group.getName().equals(DEFAULT_GROUP));
        } catch (ReflectiveOperationException e) {
            throw new UnsupportedTypeException("@" + annotation.annotationType().getName() + " has no groups: " + e);
        }
    }

    private void add(Annotation annotation) throws UnsupportedTypeException {
        if (annotation instanceof NotNull || annotation instanceof Null) {
            return;
        }
        if (annotation instanceof Size size) {
            size(annotation, size.min(), size.max());
        } else if (annotation instanceof NotEmpty) {
            size(annotation, 1, Integer.MAX_VALUE);
        } else if (annotation instanceof NotBlank) {
            notBlank(annotation);
        } else if (annotation instanceof Pattern pattern) {
            requireType(annotation, "string");
            if (pattern.flags().length > 0) {
                throw unsupported(annotation, "has flags, which a schema cannot say");
            }
            Optional<String> obstacle = Patterns.obstacle(pattern.regexp());
            if (obstacle.isPresent()) {
                throw unsupported(annotation, obstacle.get());
            }
            put(annotation, "pattern", Patterns.whole(pattern.regexp()));
        } else if (annotation instanceof Email email) {
            requireType(annotation, "string");
            if (!email.regexp().equals(".*") || email.flags().length > 0) {
                throw unsupported(annotation, "has a pattern of its own: use @Pattern alone");
            }
            put(annotation, "format", "email");
        } else if (annotation instanceof AssertTrue || annotation instanceof AssertFalse) {
            requireType(annotation, "boolean");
            put(annotation, "const", annotation instanceof AssertTrue);
        } else {
            number(annotation);
        }
    }

    private void number(Annotation annotation) throws UnsupportedTypeException {
        if (annotation instanceof Min min) {
            minimum(annotation, BigDecimal.valueOf(min.value()), true);
        } else if (annotation instanceof Max max) {
            maximum(annotation, BigDecimal.valueOf(max.value()), true);
        } else if (annotation instanceof DecimalMin min) {
            minimum(annotation, new BigDecimal(min.value()), min.inclusive());
        } else if (annotation instanceof DecimalMax max) {
            maximum(annotation, new BigDecimal(max.value()), max.inclusive());
        } else if (annotation instanceof Positive) {
            minimum(annotation, BigDecimal.ZERO, false);
        } else if (annotation instanceof PositiveOrZero) {
            minimum(annotation, BigDecimal.ZERO, true);
        } else if (annotation instanceof Negative) {
            maximum(annotation, BigDecimal.ZERO, false);
        } else if (annotation instanceof NegativeOrZero) {
            maximum(annotation, BigDecimal.ZERO, true);
        } else if (annotation instanceof Digits digits) {
            digits(annotation, digits.integer(), digits.fraction());
        } else {
            throw unsupported(annotation, "cannot be said by a schema");
        }
    }

    private void digits(Annotation annotation, int integer, int fraction) throws UnsupportedTypeException {
        if ("string".equals(schema.get("type"))) {
            String whole = "-?[0-9]{1," + integer + "}";
            put(
                    annotation,
                    "pattern",
                    fraction == 0 ? "^" + whole + "$" : "^" + whole + "(?:\\.[0-9]{1," + fraction + "})?$");
            return;
        }
        // Integer.MAX_VALUE is written for "any number of them".
        if (integer <= MAX_DIGITS) {
            BigDecimal bound = BigDecimal.TEN.pow(integer);
            minimum(annotation, bound.negate(), false);
            maximum(annotation, bound, false);
        }
        requireNumber(annotation);
        if (!isWhole() && fraction <= MAX_DIGITS) {
            put(annotation, "multipleOf", BigDecimal.ONE.movePointLeft(fraction));
        }
    }

    private void notBlank(Annotation annotation) throws UnsupportedTypeException {
        requireType(annotation, "string");
        // Begins with what is no space: so it can be said beside a length, which "somewhere" cannot.
        put(annotation, "pattern", "^\\S[\\s\\S]*$");
    }

    private void size(Annotation annotation, int min, int max) throws UnsupportedTypeException {
        String what =
                switch (String.valueOf(schema.get("type"))) {
                    case "string" -> "Length";
                    case "array" -> "Items";
                    case "object" -> "Properties";
                    default -> throw misplaced(annotation);
                };
        if (min > 0) {
            schema.merge("min" + what, min, (a, b) -> Math.max((int) a, (int) b));
        }
        if (max < Integer.MAX_VALUE) {
            schema.merge("max" + what, max, (a, b) -> Math.min((int) a, (int) b));
        }
    }

    private void minimum(Annotation annotation, BigDecimal bound, boolean inclusive) throws UnsupportedTypeException {
        requireNumber(annotation);
        if (isWhole()) {
            BigInteger least = bound.setScale(0, RoundingMode.CEILING).toBigInteger();
            boolean excluded = !inclusive && bound.compareTo(new BigDecimal(least)) == 0;
            bound("minimum", new BigDecimal(excluded ? least.add(BigInteger.ONE) : least), 1);
        } else {
            bound(inclusive ? "minimum" : "exclusiveMinimum", bound, 1);
        }
    }

    private void maximum(Annotation annotation, BigDecimal bound, boolean inclusive) throws UnsupportedTypeException {
        requireNumber(annotation);
        if (isWhole()) {
            BigInteger most = bound.setScale(0, RoundingMode.FLOOR).toBigInteger();
            boolean excluded = !inclusive && bound.compareTo(new BigDecimal(most)) == 0;
            bound("maximum", new BigDecimal(excluded ? most.subtract(BigInteger.ONE) : most), -1);
        } else {
            bound(inclusive ? "maximum" : "exclusiveMaximum", bound, -1);
        }
    }

    /** Sets a bound, unless a narrower one is there. */
    private void bound(String keyword, BigDecimal value, int direction) {
        Object known = schema.get(keyword);
        if (known == null || value.compareTo(new BigDecimal(known.toString())) * direction > 0) {
            schema.put(keyword, plainNumber(value));
        }
    }

    private static Number plainNumber(BigDecimal value) {
        boolean fitsLong = value.stripTrailingZeros().scale() <= 0
                && value.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0;
        return fitsLong ? (Number) value.longValueExact() : value;
    }

    private void put(Annotation annotation, String keyword, Object value) throws UnsupportedTypeException {
        if (schema.putIfAbsent(keyword, value) != null) {
            throw unsupported(annotation, "says '" + keyword + "' a second time");
        }
    }

    private boolean isWhole() {
        return "integer".equals(schema.get("type"));
    }

    private void requireNumber(Annotation annotation) throws UnsupportedTypeException {
        if (!isWhole()) {
            requireType(annotation, "number");
        }
    }

    private void requireType(Annotation annotation, String type) throws UnsupportedTypeException {
        if (!type.equals(schema.get("type"))) {
            throw misplaced(annotation);
        }
    }

    private UnsupportedTypeException misplaced(Annotation annotation) {
        return unsupported(annotation, "does not belong to a value of this type");
    }

    private UnsupportedTypeException unsupported(Annotation annotation, String why) {
        return new UnsupportedTypeException(
                path + ": @" + annotation.annotationType().getSimpleName() + " " + why);
    }
}
