package io.hyperion.api.remote;

import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.JsonValue.ValueType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Something that a server sent, taken field by field. What is missing or of another type is an {@link EngineException}
 * ({@link ErrorCode#FOREIGN_ANSWER}).
 *
 * @param source where it is from
 * @param json what it is
 */
record Answer(String source, JsonValue json) {
    boolean has(String name) {
        return find(name).isPresent();
    }

    boolean isList(String name) {
        return find(name).filter(JsonArray.class::isInstance).isPresent();
    }

    private Optional<JsonValue> find(String name) {
        if (!(json instanceof JsonObject object)) {
            throw foreign("is no object");
        }
        return Optional.ofNullable(object.get(name)).filter(value -> value.getValueType() != ValueType.NULL);
    }

    private <T> Optional<T> find(String name, Class<T> type, String kind) {
        return find(name).map(value -> {
            if (!type.isInstance(value)) {
                throw foreign("has a '" + name + "' that is no " + kind);
            }
            return type.cast(value);
        });
    }

    EngineException foreign(String what) {
        return new EngineException(
                ErrorCode.FOREIGN_ANSWER, "The answer of " + source + " is not Hyperion's: it " + what);
    }

    private EngineException missing(String name) {
        return foreign("has no '" + name + "'");
    }

    Optional<String> textIfAny(String name) {
        return find(name, JsonString.class, "text").map(JsonString::getString);
    }

    String text(String name) {
        return textIfAny(name).orElseThrow(() -> missing(name));
    }

    OptionalDouble numberIfAny(String name) {
        return find(name, JsonNumber.class, "number").stream()
                .mapToDouble(JsonNumber::doubleValue)
                .findFirst();
    }

    double number(String name) {
        return numberIfAny(name).orElseThrow(() -> missing(name));
    }

    long wholeOfLong(String name) {
        return whole(name, find(name, JsonNumber.class, "number").orElseThrow(() -> missing(name)));
    }

    private long whole(String name, JsonNumber number) {
        try {
            return number.longValueExact();
        } catch (ArithmeticException e) {
            throw foreign("has a '" + name + "' that is no whole number");
        }
    }

    int whole(String name) {
        return inRange(name, wholeOfLong(name));
    }

    /** A whole number that is not negative; 0 if it is missing. */
    int index(String name) {
        int index = has(name) ? whole(name) : 0;
        if (index < 0) {
            throw foreign("has a negative '" + name + "'");
        }
        return index;
    }

    private int inRange(String name, long value) {
        if (value != (int) value) {
            throw foreign("has a '" + name + "' that is too large");
        }
        return (int) value;
    }

    boolean truth(String name) {
        return truthIfAny(name).orElseThrow(() -> missing(name));
    }

    Optional<Boolean> truthIfAny(String name) {
        return find(name).map(value -> {
            ValueType type = value.getValueType();
            if (type != ValueType.TRUE && type != ValueType.FALSE) {
                throw foreign("has a '" + name + "' that is neither true nor false");
            }
            return type == ValueType.TRUE;
        });
    }

    Optional<Answer> objectIfAny(String name) {
        return find(name, JsonObject.class, "object").map(object -> new Answer(source, object));
    }

    Answer object(String name) {
        return objectIfAny(name).orElseThrow(() -> missing(name));
    }

    /** The items of a field; none if it is missing. */
    List<Answer> items(String name) {
        return find(name, JsonArray.class, "list").stream()
                .flatMap(list -> new Answer(source, list).items().stream())
                .toList();
    }

    List<Answer> items() {
        if (!(json instanceof JsonArray list)) {
            throw foreign("is no list");
        }
        return list.stream().map(item -> new Answer(source, item)).toList();
    }

    /** The whole numbers of a field; none if it is missing. */
    List<Integer> wholes(String name) {
        return items(name).stream()
                .map(item -> {
                    if (!(item.json() instanceof JsonNumber number)) {
                        throw foreign("has a '" + name + "' that is no list of numbers");
                    }
                    return inRange(name, whole(name, number));
                })
                .toList();
    }

    /** The texts of a field; none if it is missing. */
    List<String> texts(String name) {
        return items(name).stream()
                .map(item -> {
                    if (!(item.json() instanceof JsonString text)) {
                        throw foreign("has a '" + name + "' that is no list of texts");
                    }
                    return text.getString();
                })
                .toList();
    }

    /** A value of a set of constants, by its name in lower case. */
    <E extends Enum<E>> E constant(String name, Class<E> type) {
        String text = text(name);
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(text)) {
                return constant;
            }
        }
        throw foreign("has a '" + name + "' that is not known");
    }
}
