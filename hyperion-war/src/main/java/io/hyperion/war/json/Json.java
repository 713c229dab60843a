package io.hyperion.war.json;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.util.List;

/** The server's JSON implementation, looked up once: its own static methods look it up on every call. */
public final class Json {
    static final JsonProvider PROVIDER = JsonProvider.provider();

    private Json() {}

    /** {@return a builder of an object whose fields keep their order} */
    public static JsonObjectBuilder object() {
        return PROVIDER.createObjectBuilder();
    }

    /** {@return a builder of a list} */
    public static JsonArrayBuilder list() {
        return PROVIDER.createArrayBuilder();
    }

    /**
     * @param numbers whole numbers
     * @return a builder of a list of them
     */
    public static JsonArrayBuilder numbers(List<Integer> numbers) {
        JsonArrayBuilder list = list();
        numbers.forEach(list::add);
        return list;
    }

    /**
     * @param text a text
     * @return its JSON value
     */
    public static JsonValue value(String text) {
        return PROVIDER.createValue(text);
    }

    /**
     * @param number a number
     * @return its JSON value
     */
    public static JsonValue value(long number) {
        return PROVIDER.createValue(number);
    }
}
