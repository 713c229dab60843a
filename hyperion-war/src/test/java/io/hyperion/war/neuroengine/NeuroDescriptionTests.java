package io.hyperion.war.neuroengine;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.war.json.JsonInput;
import io.hyperion.war.openapi.Described;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The description of NeuroEngine's protocol")
class NeuroDescriptionTests {
    @Test
    @DisplayName("has each field of a request, and the values that it may have")
    void request() {
        Described described = Described.here();
        Map<String, String> fields = described.fields(described.post("/neuroengine/{name}"));

        assertThat(fields.keySet()).containsExactlyInAnyOrderElementsOf(NeuroRequest.FIELDS);
        // That one is no part of a generation.
        fields.remove("command");
        fields.forEach((name, pointer) -> described.assertFieldIsReadAsDescribed(
                name, pointer, "{'message':'x','gettokens':1}", request -> NeuroRequest.read("tiny", request, false)));
    }

    @Test
    @DisplayName("has the defaults that a request without the fields gets")
    void defaults() {
        Described described = Described.here();
        String sound = "{'message':'x'}".replace('\'', '"');
        NeuroRequest without = NeuroRequest.read("tiny", JsonInput.object(sound), false);
        NeuroRequest with = NeuroRequest.read(
                "tiny", JsonInput.object(described.withDefaults(described.post("/neuroengine/{name}"), sound)), false);

        assertThat(with.request().parameters()).isEqualTo(without.request().parameters());
        assertThat(with.request().prompt()).isEqualTo(without.request().prompt());
        assertThat(with.getTokens()).isEqualTo(without.getTokens());
    }
}
