package io.hyperion.api;

import java.util.Map;

/** What form the text of a completion has. */
public sealed interface ResponseFormat {
    /** Any text. */
    ResponseFormat TEXT = Any.TEXT;

    /** The text of a JSON object. */
    ResponseFormat JSON_OBJECT = Any.JSON_OBJECT;

    /** A form without further detail. */
    enum Any implements ResponseFormat {
        /** Any text. */
        TEXT,
        /** The text of a JSON object. */
        JSON_OBJECT
    }

    /**
     * The text of a JSON value that a schema describes. The model cannot write anything else; only a limit of tokens may cut it short.
     *
     * @param schema the JSON Schema as values of JSON: String, Number, Boolean, List, Map, and null; unmodifiable
     */
    record JsonSchema(Map<String, Object> schema) implements ResponseFormat {
        /**
         * @throws InvalidRequestException (parameter {@code response_format}) if it is not made of values of JSON
         */
        public JsonSchema {
            schema = JsonValues.copy("response_format", schema);
        }
    }
}
