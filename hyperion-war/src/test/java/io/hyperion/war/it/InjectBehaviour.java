package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code @Inject HyperionClient} in code that runs in the server: in the WAR itself, and in another one that has only the api. */
interface InjectBehaviour extends Behaviour {
    /** Whose code it is. */
    enum Application {
        HYPERION,
        CONSUMER
    }

    /** {@return the way to the other application} */
    Wire consumer();

    private Wire of(Application application) {
        return application == Application.HYPERION ? wire() : consumer();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("an injected client generates blocking, asynchronous and streaming, the same as over HTTP")
    default void injected(Application application) {
        String output = wire().post("/generate", "{" + SHORT + "}").json().getString("output");

        JsonObject texts = of(application).get("/injected").json();

        assertThat(texts.getString("blocking")).isEqualTo(output);
        assertThat(texts.getString("asynchronous")).isEqualTo(output);
        assertThat(texts.getJsonArray("streamed").getValuesAs(JsonString.class).stream()
                        .map(JsonString::getString)
                        .collect(Collectors.joining()))
                .isEqualTo(output);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("an injected client is of the default model or of a named one, and so is one that is looked up")
    default void injectedModels(Application application) {
        JsonObject models = of(application).get("/injected/models").json();

        assertThat(models.getString("injected")).isEqualTo(Fixture.SOUND);
        assertThat(models.getString("qualified")).isEqualTo(Fixture.SINGLE);
        assertThat(models.getString("lookedUp")).isEqualTo(Fixture.SOUND);
        assertThat(models.getString("lookedUpByName")).isEqualTo(Fixture.SINGLE);
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("an injected client streams as the text is made, and cancels")
    default void injectedCancel(Application application) {
        JsonObject told = of(application).get("/injected/cancelled").json();

        assertThat(told.getString("first")).isNotEmpty();
        assertThat(told.getBoolean("endedBefore")).isFalse();
        assertThat(told.getString("finishReason")).isEqualTo("CANCELLED");
        assertSingleIsFree();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    @DisplayName("an injected client throws the errors of the API")
    default void injectedErrors(Application application) {
        JsonObject error = of(application).get("/injected/unknown").json();

        assertThat(error.getString("type")).isEqualTo("ModelNotFoundException");
        assertThat(error.getString("code")).isEqualTo("HYP-2001");
    }
}
