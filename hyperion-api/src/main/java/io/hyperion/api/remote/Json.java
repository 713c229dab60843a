package io.hyperion.api.remote;

import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** Reads and writes JSON. The provider is looked up once for each client: that takes far longer than most uses of it. */
final class Json {
    /** Deeper than anything that is sent here, and far from the end of a stack. */
    private static final int MAX_DEPTH = 200;

    private final JsonProvider provider;

    private Json(JsonProvider provider) {
        this.provider = provider;
    }

    static Json open() {
        try {
            return new Json(JsonProvider.provider());
        } catch (RuntimeException | NoClassDefFoundError e) {
            // Not JsonException: naming it here would fail by itself where there is no JSON-P.
            throw new EngineException(
                    ErrorCode.ENGINE_FAILURE,
                    "There is no provider of Jakarta JSON Processing, such as Eclipse Parsson or Eclipse Yasson with it, on the class path",
                    e);
        }
    }

    JsonObjectBuilder object() {
        return provider.createObjectBuilder();
    }

    JsonArrayBuilder list() {
        return provider.createArrayBuilder();
    }

    JsonArrayBuilder numbers(List<Integer> numbers) {
        JsonArrayBuilder list = list();
        numbers.forEach(list::add);
        return list;
    }

    JsonArrayBuilder texts(List<String> texts) {
        JsonArrayBuilder list = list();
        texts.forEach(list::add);
        return list;
    }

    /** The JSON of Java's values of JSON. */
    JsonValue value(String parameter, Object value) {
        return value(parameter, value, 0);
    }

    private JsonValue value(String parameter, Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE,
                    parameter,
                    "'" + parameter + "' is nested deeper than " + MAX_DEPTH + " levels");
        }
        if (value == null) {
            return JsonValue.NULL;
        }
        if (value instanceof Boolean truth) {
            return truth ? JsonValue.TRUE : JsonValue.FALSE;
        }
        if (value instanceof String text) {
            return provider.createValue(text);
        }
        if (value instanceof Number number) {
            return number(parameter, number);
        }
        if (value instanceof List<?> list) {
            JsonArrayBuilder items = list();
            list.forEach(item -> items.add(value(parameter, item, depth + 1)));
            return items.build();
        }
        if (value instanceof Map<?, ?> map) {
            JsonObjectBuilder fields = object();
            map.forEach((name, field) -> fields.add(String.valueOf(name), value(parameter, field, depth + 1)));
            return fields.build();
        }
        throw new InvalidRequestException(
                ErrorCode.WRONG_TYPE,
                parameter,
                "'" + parameter + "' must be JSON, but holds a value of "
                        + value.getClass().getName());
    }

    private JsonValue number(String parameter, Number number) {
        if (number instanceof BigDecimal decimal) {
            return provider.createValue(decimal);
        }
        if (number instanceof BigInteger whole) {
            return provider.createValue(whole);
        }
        if (number instanceof Long || number instanceof Integer || number instanceof Short || number instanceof Byte) {
            return provider.createValue(number.longValue());
        }
        if (!Double.isFinite(number.doubleValue())) {
            throw new InvalidRequestException(
                    ErrorCode.WRONG_TYPE, parameter, "'" + parameter + "' holds " + number + ", which JSON cannot say");
        }
        return provider.createValue(number.doubleValue());
    }

    /**
     * Reads what a server sent.
     *
     * @param source where it is from
     * @param text the text
     * @return the value
     * @throws EngineException ({@link ErrorCode#FOREIGN_ANSWER}) if it is no JSON
     */
    Answer read(String source, String text) {
        requireShallow(source, text);
        try (JsonReader reader = provider.createReader(new StringReader(text))) {
            return new Answer(source, reader.readValue());
        } catch (RuntimeException e) {
            // Not JsonException alone: some of the parsers' own exceptions come through.
            throw new EngineException(ErrorCode.FOREIGN_ANSWER, "What " + source + " sent is no JSON", e);
        }
    }

    /** Readers of JSON call themselves for each level. */
    private static void requireShallow(String source, String text) {
        int depth = 0;
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == '{' || c == '[')) {
                depth++;
            } else if (!quoted && (c == '}' || c == ']')) {
                depth--;
            }
            if (depth > MAX_DEPTH) {
                throw new EngineException(
                        ErrorCode.FOREIGN_ANSWER,
                        "What " + source + " sent is nested deeper than " + MAX_DEPTH + " levels");
            }
        }
    }
}
