package io.hyperion.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes in values of JSON as Java's: String, Number, Boolean, List, Map with String keys, and null. */
final class JsonValues {
    /** Deeper than anybody writes, and far from the end of a stack. */
    static final int MAX_DEPTH = 200;

    private JsonValues() {}

    /**
     * {@return an unmodifiable copy of an object, whatever is in it included}
     *
     * @throws InvalidRequestException if it holds what is not a value of JSON, a text that is not valid, or is nested too deeply
     */
    static Map<String, Object> copy(String parameter, Map<?, ?> object) {
        return copy(parameter, object, 0);
    }

    private static Map<String, Object> copy(String parameter, Map<?, ?> object, int depth) {
        Map<String, Object> copy = new LinkedHashMap<>();
        object.forEach((key, value) -> {
            if (!(key instanceof String name)) {
                throw wrong(parameter, "has a name that is no text");
            }
            Texts.requireValid(parameter, name);
            copy.put(name, copyValue(parameter, value, depth + 1));
        });
        // Not Map.copyOf: a value may be null, and the order counts.
        return Collections.unmodifiableMap(copy);
    }

    private static Object copyValue(String parameter, Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE,
                    parameter,
                    "'" + parameter + "' may be nested " + MAX_DEPTH + " levels deep, but is nested deeper");
        }
        if (value instanceof String text) {
            Texts.requireValid(parameter, text);
            return text;
        }
        if (value instanceof Map<?, ?> object) {
            return copy(parameter, object, depth);
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>(list.size());
            list.forEach(item -> copy.add(copyValue(parameter, item, depth + 1)));
            return Collections.unmodifiableList(copy);
        }
        if (value == null || value instanceof Boolean || value instanceof Number) {
            return value;
        }
        throw wrong(parameter, "holds a value of " + value.getClass().getName());
    }

    private static InvalidRequestException wrong(String parameter, String what) {
        return new InvalidRequestException(
                ErrorCode.WRONG_TYPE, parameter, "'" + parameter + "' must be JSON, but " + what);
    }
}
