package io.hyperion.war.openapi;

import io.hyperion.api.Parameter;
import io.hyperion.war.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The description of all endpoints, in OpenAPI 3.1: what is written in {@code openapi.json}, with what the code knows better put in. There
 *
 * <ul>
 *   <li>a schema with {@code x-parameter} gets the type, the range and the default of that {@link Parameter}, where it says nothing itself;
 *   <li>a path with {@code x-same-as} becomes the one that it names.
 * </ul>
 *
 * One extension is left to readers: {@code x-events} of a stream tells the JSON of its events by their names, which OpenAPI 3.1 cannot;
 * {@code message} stands for those without a name.
 */
final class Description {
    private static final String FILE = "openapi.json";
    private static final String PARAMETER = "x-parameter";
    private static final String SAME_AS = "x-same-as";
    private static final String PATHS = "paths";

    private Description() {}

    /**
     * {@return the whole description, but for the servers}
     *
     * @throws IllegalStateException if it is not there, or names a parameter or a path that is not
     */
    static JsonObject read() {
        try (InputStream in = Description.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " is missing");
            }
            JsonObject written = Json.read(in);
            JsonObject paths = withCopies(written.getJsonObject(PATHS));
            return filled(Json.object(written).add(PATHS, paths).build());
        } catch (IOException e) {
            throw new UncheckedIOException(FILE + " cannot be read", e);
        }
    }

    private static JsonObject withCopies(JsonObject paths) {
        JsonObjectBuilder all = Json.object();
        paths.forEach((path, item) -> {
            JsonObject methods = item.asJsonObject();
            all.add(path, methods.containsKey(SAME_AS) ? copy(paths, methods.getString(SAME_AS)) : methods);
        });
        return all.build();
    }

    private static JsonObject copy(JsonObject paths, String original) {
        if (!paths.containsKey(original)) {
            throw new IllegalStateException(FILE + " has no path " + original);
        }
        JsonObjectBuilder methods = Json.object();
        paths.getJsonObject(original)
                .forEach((method, operation) -> methods.add(
                        method,
                        Json.object(operation.asJsonObject())
                                // No two operations may have the same.
                                .remove("operationId")
                                .add("description", "The same as `" + original + "`.")));
        return methods.build();
    }

    private static JsonObject filled(JsonObject object) {
        JsonObjectBuilder filled = Json.object();
        if (object.containsKey(PARAMETER)) {
            String name = object.getString(PARAMETER);
            Parameter parameter = Parameter.of(name)
                    .orElseThrow(() -> new IllegalStateException(FILE + " names " + name + ", which is no parameter"));
            describe(parameter, filled);
        }
        object.forEach((name, value) -> {
            if (!name.equals(PARAMETER)) {
                filled.add(name, filled(value));
            }
        });
        return filled.build();
    }

    private static JsonValue filled(JsonValue value) {
        if (value instanceof JsonObject object) {
            return filled(object);
        }
        if (value instanceof JsonArray list) {
            JsonArrayBuilder filled = Json.list();
            list.forEach(item -> filled.add(filled(item)));
            return filled.build();
        }
        return value;
    }

    private static void describe(Parameter parameter, JsonObjectBuilder schema) {
        switch (parameter.type()) {
            case NUMBER, WHOLE -> {
                schema.add("type", parameter.type() == Parameter.Type.WHOLE ? "integer" : "number")
                        .add("minimum", number(parameter.min()))
                        .add("maximum", number(parameter.max()));
                parameter.fallback().ifPresent(value -> schema.add("default", number(value)));
            }
            case BOOLEAN -> {
                schema.add("type", "boolean");
                parameter.fallback().ifPresent(value -> schema.add("default", value == 1));
            }
            case TEXT, LIST -> throw new IllegalStateException(parameter + " has a form of its own");
        }
    }

    /** Without a fraction where there is none. */
    private static JsonValue number(double value) {
        return value == Math.rint(value) ? Json.value((long) value) : Json.value(value);
    }
}
