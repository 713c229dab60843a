package io.hyperion.war.llamacpp;

import io.hyperion.war.json.Fields;
import java.util.Optional;

/** Which model a request is for: a client of llama.cpp's server, which has but one, can name it in the address that it is given. */
final class ModelName {
    /** The field, and the parameter of the query. */
    static final String NAME = "model";

    private ModelName() {}

    /**
     * @param parameter the parameter of the query, or null
     * @return the name; empty if there is none
     */
    static Optional<String> ofQuery(String parameter) {
        return Optional.ofNullable(parameter).filter(name -> !name.isEmpty());
    }

    /**
     * @param fields the fields of a request
     * @param query what its query names
     * @return the name: the field's before that of the query; empty for the default model
     */
    static Optional<String> of(Fields fields, Optional<String> query) {
        return fields.text(NAME).or(() -> query);
    }
}
