package io.hyperion.api.json;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import java.lang.reflect.Type;

/**
 * Reads and writes JSON by the JSON-B of the application. Made for one call and closed after it, so that nothing outlives the call
 * that knows classes of an application. Safe for use by several threads.
 */
public final class JsonBinding implements AutoCloseable {
    /** How deeply JSON may be nested: deeper than any type that is read, and far from the end of a stack. */
    public static final int MAX_DEPTH = 200;

    private static final System.Logger LOGGER = System.getLogger(JsonBinding.class.getName());

    private final Jsonb jsonb;

    private JsonBinding(Jsonb jsonb) {
        this.jsonb = jsonb;
    }

    /**
     * {@return a new binding}
     *
     * @throws JsonBindingException if there is no JSON-B on the class path
     */
    public static JsonBinding open() throws JsonBindingException {
        try {
            return new JsonBinding(JsonbBuilder.create(new JsonbConfig().withNullValues(true)));
        } catch (RuntimeException | NoClassDefFoundError e) {
            // Not JsonbException: naming it here would fail by itself where there is no JSON-B.
            throw new JsonBindingException(
                    "There is no provider of Jakarta JSON Binding, such as Eclipse Yasson, on the class path", e);
        }
    }

    /**
     * Reads JSON.
     *
     * @param json the text
     * @param type the type to read it as
     * @return the object
     * @throws JsonBindingException if the text is not one JSON value, is nested deeper than {@value #MAX_DEPTH} levels, does not fit the
     *     type or is {@code null}; or if the type's own code refused it
     */
    public Object read(String json, Type type) throws JsonBindingException {
        requireOneValue(json);
        Object value;
        try {
            value = jsonb.fromJson(json, type);
        } catch (RuntimeException e) {
            // Not JsonbException alone: some of the parser's and the constructors' own exceptions come through.
            throw new JsonBindingException("It does not fit " + type.getTypeName() + ": " + reason(e), e);
        }
        if (value == null) {
            throw new JsonBindingException("It is null, and no " + type.getTypeName());
        }
        return value;
    }

    /**
     * Writes an object.
     *
     * @param value the object, or null
     * @return its JSON; what is null or an empty Optional is written as {@code null}
     * @throws JsonBindingException if it cannot be written, such as for a cycle in it
     */
    public String write(Object value) throws JsonBindingException {
        try {
            return jsonb.toJson(value);
        } catch (RuntimeException e) {
            throw new JsonBindingException("It cannot be written as JSON: " + reason(e), e);
        }
    }

    /** Closes what JSON-B opened. That it failed to is logged. */
    @Override
    public void close() {
        try {
            jsonb.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOGGER.log(System.Logger.Level.WARNING, "JSON-B could not be closed", e);
        }
    }

    /** Readers of JSON call themselves for each level, and JSON-B does not look for more behind the end. */
    private static void requireOneValue(String json) throws JsonBindingException {
        int depth = 0;
        boolean quoted = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == '{' || c == '[')) {
                depth++;
                if (depth > MAX_DEPTH) {
                    throw new JsonBindingException("It is nested deeper than " + MAX_DEPTH + " levels");
                }
            } else if (!quoted && (c == '}' || c == ']')) {
                depth--;
                if (depth == 0 && !json.substring(i + 1).isBlank()) {
                    throw new JsonBindingException("Something follows its end");
                }
            }
        }
    }

    /** {@return what JSON-B says, and what its first cause does: what a constructor threw is only there} */
    private static String reason(RuntimeException e) {
        Throwable first = e;
        while (first.getCause() != null && first.getCause() != first) {
            first = first.getCause();
        }
        String whole = message(e);
        return whole.contains(message(first)) ? whole : whole + " (" + message(first) + ")";
    }

    private static String message(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
