package io.hyperion.api.bridge;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Values of JSON that an application made, of whatever classes, as such of the JDK. */
final class JsonTrees {
    /** As deep as the api lets JSON be. */
    private static final int MAX_DEPTH = 200;

    private JsonTrees() {}

    /**
     * {@return a copy}
     *
     * @throws InvalidRequestException if it is not made of values of JSON, or is nested too deeply
     */
    static Map<String, Object> tree(String parameter, Map<?, ?> object) {
        return object(parameter, object, 0);
    }

    private static Map<String, Object> object(String parameter, Map<?, ?> object, int depth) {
        Map<String, Object> copy = new LinkedHashMap<>();
        object.forEach((name, value) -> {
            if (!(name instanceof String text)) {
                throw wrong(parameter, "has a name that is no text");
            }
            copy.put(text, value(parameter, value, depth + 1));
        });
        return copy;
    }

    private static Object value(String parameter, Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE,
                    parameter,
                    "'" + parameter + "' may be nested " + MAX_DEPTH + " levels deep, but is nested deeper");
        }
        if (value == null || value instanceof String || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Number number) {
            return number(parameter, number);
        }
        if (value instanceof Map<?, ?> object) {
            return object(parameter, object, depth);
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>(list.size());
            list.forEach(item -> copy.add(value(parameter, item, depth + 1)));
            return copy;
        }
        throw wrong(parameter, "holds a value of " + value.getClass().getName());
    }

    private static Number number(String parameter, Number number) {
        // The JDK's base classes have no class loader; any other would keep its application alive.
        if (number.getClass().getClassLoader() == null) {
            return number;
        }
        try {
            return new BigDecimal(number.toString());
        } catch (NumberFormatException e) {
            throw wrong(parameter, "holds a number of " + number.getClass().getName() + " that is not written as one");
        }
    }

    private static InvalidRequestException wrong(String parameter, String what) {
        return new InvalidRequestException(
                ErrorCode.WRONG_TYPE, parameter, "'" + parameter + "' must be JSON, but " + what);
    }
}
