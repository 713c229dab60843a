package io.hyperion.war.apihost;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.war.json.Fields;
import io.hyperion.war.openapi.Described;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The description of API Host's protocol")
class ApiHostDescriptionTests {
    /** The models are looked for when all has been read. */
    private static final ApiHostFormat FORMAT = new ApiHostFormat(token -> {}, () -> {
        throw new ModelNotFoundException(ErrorCode.MODEL_NOT_FOUND, "There is no model here");
    });

    @Test
    @DisplayName("has each field of a request, and the values that it may have")
    void request() {
        Described.here()
                .assertIsReadAsDescribed(
                        "/api",
                        FORMAT.fields(),
                        "{'task':'text_generation','repo_id':'r','file_name':'f','inputs':[{'role':'user','content':'x'}]}",
                        withoutOrder(FORMAT::read));
    }

    /** The order of roles is told in words only: a role that is known, but not in its place, is what the description allows. */
    private static Consumer<Fields> withoutOrder(Consumer<Fields> reader) {
        return fields -> {
            try {
                reader.accept(fields);
            } catch (InvalidRequestException refusal) {
                boolean known = refusal.getMessage().matches(".*but is '(system|assistant)'.*|The last message.*");
                if (!known) {
                    throw refusal;
                }
            }
        };
    }
}
