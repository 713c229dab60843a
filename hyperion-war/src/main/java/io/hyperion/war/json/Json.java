package io.hyperion.war.json;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.io.InputStream;
import java.util.List;

/** The server's JSON implementation, looked up once: its own static methods look it up on every call. */
public final class Json {
    static final JsonProvider PROVIDER = JsonProvider.provider();

    private Json() {}

    /** {@return a builder of an object whose fields keep their order} */
    public static JsonObjectBuilder object() {
        return PROVIDER.createObjectBuilder();
    }

    /**
     * @param fields the fields to begin with
     * @return a builder of an object that has them, in their order
     */
    public static JsonObjectBuilder object(JsonObject fields) {
        return PROVIDER.createObjectBuilder(fields);
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
     * @param texts texts
     * @return a builder of a list of them
     */
    public static JsonArrayBuilder texts(List<String> texts) {
        JsonArrayBuilder list = list();
        texts.forEach(list::add);
        return list;
    }

    /**
     * @param values what {@link Fields#any} gives for a list
     * @return the list
     */
    public static JsonArray list(List<?> values) {
        return PROVIDER.createArrayBuilder(values).build();
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

    /**
     * @param number a finite number
     * @return its JSON value
     */
    public static JsonValue value(double number) {
        return PROVIDER.createValue(number);
    }

    /**
     * Reads what belongs to the program. What others send is {@link JsonInput}'s.
     *
     * @param in an object in UTF-8
     * @return the object
     * @throws jakarta.json.JsonException if it is none
     */
    public static JsonObject read(InputStream in) {
        try (JsonReader reader = PROVIDER.createReader(in)) {
            return reader.readObject();
        }
    }
}
