package io.hyperion.war.llamacpp;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.war.json.Fields;
import io.hyperion.war.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Optional;

/**
 * Which fields of a result are wanted.
 *
 * @param paths names of fields, those of fields within fields with slashes between them; empty for the whole result
 */
record ResponseFields(List<String> paths) {
    static final String NAME = "response_fields";

    private static final int MAX_PATHS = 256;
    private static final int MAX_LENGTH = 256;

    ResponseFields {
        paths = List.copyOf(paths);
    }

    /**
     * @param fields the fields of a request
     * @return what its {@code response_fields} ask for
     * @throws InvalidRequestException if they are no list of texts, or too many or too long
     */
    static ResponseFields read(Fields fields) {
        List<String> paths = fields.texts(NAME).orElse(List.of());
        if (paths.size() > MAX_PATHS || paths.stream().anyMatch(path -> path.length() > MAX_LENGTH)) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE,
                    NAME,
                    "'" + NAME + "' may have at most " + MAX_PATHS + " names of at most " + MAX_LENGTH + " characters");
        }
        return new ResponseFields(paths);
    }

    /**
     * @param result a result
     * @return the wanted fields, each by its whole path; one that the result does not have is left out
     */
    JsonObject select(JsonObject result) {
        if (paths.isEmpty()) {
            return result;
        }
        JsonObjectBuilder selected = Json.object();
        for (String path : paths) {
            find(result, path).ifPresent(value -> selected.add(path, value));
        }
        return selected.build();
    }

    private static Optional<JsonValue> find(JsonObject result, String path) {
        Optional<JsonValue> found = Optional.of(result);
        for (String name : path.split("/", -1)) {
            found = found.filter(JsonObject.class::isInstance)
                    .map(JsonObject.class::cast)
                    .map(object -> object.get(name));
        }
        return found;
    }
}
