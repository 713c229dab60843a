package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** {@code @Inject HyperionClient} in code that runs in the server. */
interface InjectBehaviour extends Behaviour {
    @Test
    @DisplayName("an injected client generates blocking, asynchronous and streaming, the same as over HTTP")
    default void injected() {
        String output = wire().post("/generate", "{" + SHORT + "}").json().getString("output");

        JsonObject texts = wire().get("/injected").json();

        assertThat(texts.getString("blocking")).isEqualTo(output);
        assertThat(texts.getString("asynchronous")).isEqualTo(output);
        assertThat(texts.getJsonArray("streamed").getValuesAs(JsonString.class).stream()
                        .map(JsonString::getString)
                        .collect(Collectors.joining()))
                .isEqualTo(output);
    }

    @Test
    @DisplayName("an injected client throws the errors of the API")
    default void injectedErrors() {
        JsonObject error = wire().get("/injected/unknown").json();

        assertThat(error.getString("type")).isEqualTo("ModelNotFoundException");
        assertThat(error.getString("code")).isEqualTo("HYP-2001");
    }
}
