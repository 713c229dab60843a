package io.hyperion.core.schema;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The types of JSON's values as the keyword {@code type} names them; an integer is a number without a fraction. */
enum Type {
    NULL,
    BOOLEAN,
    INTEGER,
    NUMBER,
    STRING,
    ARRAY,
    OBJECT;

    /** {@return the type of a name in the keyword} */
    static Optional<Type> find(String name) {
        return Arrays.stream(values())
                .filter(type -> type.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst();
    }

    /** {@return the type of a value; a number without a fraction is an integer} */
    static Type of(Object value) {
        if (value == null) {
            return NULL;
        } else if (value instanceof Boolean) {
            return BOOLEAN;
        } else if (value instanceof String) {
            return STRING;
        } else if (value instanceof List<?>) {
            return ARRAY;
        } else if (value instanceof Map<?, ?>) {
            return OBJECT;
        }
        BigDecimal number = Json.decimal((Number) value);
        return Json.isInteger(number) ? INTEGER : NUMBER;
    }
}
