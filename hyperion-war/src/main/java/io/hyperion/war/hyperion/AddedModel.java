package io.hyperion.war.hyperion;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.war.json.Fields;
import io.hyperion.war.json.Json;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A model that somebody adds.
 *
 * @param name its name
 * @param settings what would stand behind {@code hyperion.models.<name>.} in the configuration
 */
record AddedModel(String name, SortedMap<String, String> settings) {
    private static final String NAME = "name";

    /**
     * Reads the fields {@code name} and, with {@code _} for {@code -}, all keys of a model: texts, numbers and booleans as they are, lists of
     * texts as texts with commas between them, other lists as JSON. The fields of an object are the keys behind its own:
     * {@code "defaults":{"top_k":1}}.
     *
     * @param fields what was sent; whether there are such keys, and their values are right, is not looked at
     * @return the model
     * @throws InvalidRequestException if a value is none that a key can have
     */
    static AddedModel read(Fields fields) {
        String name = fields.requireText(NAME);
        SortedMap<String, String> settings = new TreeMap<>();
        for (String field : fields.names()) {
            String key = field.replace('_', '-');
            if (field.equals(NAME) || !fields.has(field)) {
                continue;
            }
            if (fields.isObject(field)) {
                Fields inner = fields.object(field).orElseThrow();
                for (String part : inner.names()) {
                    value(inner, part).ifPresent(value -> put(settings, inner, part, key + "." + part, value));
                }
            } else {
                value(fields, field).ifPresent(value -> put(settings, fields, field, key, value));
            }
        }
        return new AddedModel(name, settings);
    }

    private static void put(SortedMap<String, String> settings, Fields fields, String field, String key, String value) {
        if (settings.putIfAbsent(key, value) != null) {
            throw new InvalidRequestException(
                    ErrorCode.CONFLICT, fields.parameter(field), "'" + key + "' is there under two names");
        }
    }

    private static Optional<String> value(Fields fields, String field) {
        return fields.any(field).map(value -> {
            if (value instanceof List<?> list) {
                return list.stream().allMatch(String.class::isInstance)
                        ? joined(fields, field)
                        : Json.list(list).toString();
            }
            if (value instanceof Double number && number == Math.rint(number)) {
                return new BigDecimal(number).toPlainString();
            }
            if (value instanceof String || value instanceof Number || value instanceof Boolean) {
                return value.toString();
            }
            throw fields.wrongType(field, "a string, a number, true, false or a list");
        });
    }

    private static String joined(Fields fields, String field) {
        List<String> texts = fields.texts(field).orElseThrow();
        if (texts.stream().anyMatch(text -> text.contains(","))) {
            throw new InvalidRequestException(
                    ErrorCode.UNKNOWN_VALUE,
                    fields.parameter(field),
                    "'" + fields.place(field) + "' must hold no text with a comma in it");
        }
        return String.join(",", texts);
    }
}
