package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.war.it.Wire.Answer;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GET /models and GET /health, with broken models beside a sound one. */
interface ModelsBehaviour extends Behaviour {
    @Test
    @DisplayName("models lists all, the broken ones with their reasons")
    default void list() {
        wire().post("/generate", "{" + SHORT + "}");
        Answer answer = wire().get("/models");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().getJsonArray("models").stream()
                        .map(JsonValue::asJsonObject)
                        .map(model -> model.getString("name") + " " + model.getString("state")))
                .contains(
                        "default loaded",
                        "missing failed",
                        "text failed",
                        "truncated failed",
                        "foreign failed",
                        "misconfigured failed");
    }

    @Test
    @DisplayName("models tells of one what its file says")
    default void sound() {
        JsonObject model = wire().get("/models/" + Fixture.SOUND).json();

        assertThat(model.getBoolean("default")).isTrue();
        assertThat(model.getString("architecture")).isEqualTo("llama");
        assertThat(model.getInt("context_size")).isPositive();
        assertThat(model.getInt("slots")).isPositive();
        assertThat(model.getInt("trained_context_length")).isPositive();
        assertThat(model.getInt("vocabulary_size")).isPositive();
        assertThat(model.getInt("parameters")).isPositive();
        assertThat(model.getInt("size")).isPositive();
        assertThat(model.getString("quantization")).isNotEmpty();
        assertThat(model.keySet()).contains("chat_template").doesNotContain("reason");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "missing,no file",
        "text,GGUF",
        "truncated,truncated.gguf",
        "foreign,zzzzz",
        "misconfigured,hyperion.models.misconfigured"
    })
    @DisplayName("a broken model is shown as failed with its reason, which requests get too, and the server lives")
    default void broken(String name, String reason) {
        JsonObject model = wire().get("/models/" + name).json();
        assertThat(model.getString("state")).isEqualTo("failed");
        assertThat(model.getString("reason")).containsIgnoringCase(reason);

        Answer refused = wire().post("/generate", "{'model':'" + name + "','prompt':'x'}");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.error().getString("code")).isEqualTo("HYP-6001");
        assertThat(refused.error().getString("message")).contains(model.getString("reason"));

        assertThat(wire().post("/generate", "{" + SHORT + "}").status()).isEqualTo(200);
    }

    @Test
    @DisplayName("an unknown model is told the known ones")
    default void unknown() {
        Answer one = wire().get("/models/nope");
        assertThat(one.status()).isEqualTo(404);
        assertThat(one.error().getString("code")).isEqualTo("HYP-2001");
        assertThat(one.error().getString("message")).contains("nope", "default", "single", "missing");
        Answer request = wire().post("/generate", "{'model':'nope','prompt':'x'}");
        assertThat(request.status()).isEqualTo(404);
        assertThat(request.error()).isEqualTo(one.error());
    }

    @Test
    @DisplayName("health is good as long as one model serves")
    default void health() {
        Answer answer = wire().get("/health");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().getString("status")).isEqualTo("ok");
        assertThat(answer.json().getJsonObject("models").getInt("failed")).isGreaterThanOrEqualTo(5);
        assertThat(answer.json().getJsonObject("models").keySet())
                .containsExactly("absent", "downloading", "ready", "loading", "loaded", "unloading", "failed");
    }
}
