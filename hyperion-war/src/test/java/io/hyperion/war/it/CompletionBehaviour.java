package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.war.it.Wire.Answer;
import io.hyperion.war.it.Wire.Event;
import io.hyperion.war.it.Wire.Events;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** POST /completion. */
interface CompletionBehaviour extends Behaviour {
    String COMPLETION = "'prompt':'Once upon a time','n_predict':24,'temperature':0";

    @Test
    @DisplayName("completion answers as llama.cpp's server does, with generate's text")
    default void completes() {
        JsonObject reply = wire().post("/completion", "{" + COMPLETION + "}").json();
        JsonObject generated = wire().post("/generate", "{" + SHORT + "}").json();

        assertThat(reply.getString("content")).isEqualTo(generated.getString("output"));
        assertThat(reply.getBoolean("stop")).isTrue();
        assertThat(reply.getString("model")).isEqualTo(Fixture.SOUND);
        assertThat(reply.getString("prompt")).isEqualTo("Once upon a time");
        assertThat(reply.getInt("tokens_predicted")).isEqualTo(generated.getInt("completion_tokens"));
        assertThat(reply.getInt("tokens_evaluated")).isEqualTo(generated.getInt("prompt_tokens"));
        assertThat(reply.getBoolean("stopped_limit"))
                .isEqualTo(generated.getString("finish_reason").equals("length"));
        assertThat(reply.getBoolean("stopped_word")).isFalse();
        assertThat(reply.getString("stopping_word")).isEmpty();
        assertThat(reply.getBoolean("truncated")).isFalse();
        assertThat(reply.getJsonObject("generation_settings").getInt("n_predict"))
                .isEqualTo(24);
        assertThat(reply.getJsonObject("generation_settings").getInt("n_ctx")).isPositive();
        assertThat(reply.getJsonObject("timings").getInt("predicted_n")).isEqualTo(reply.getInt("tokens_predicted"));
        assertThat(reply.getJsonObject("timings")
                        .getJsonNumber("predicted_per_second")
                        .doubleValue())
                .isPositive();
    }

    @Test
    @DisplayName("completion tells the word it stopped at")
    default void stopsAtWord() {
        JsonObject reply =
                wire().post("/completion", "{" + COMPLETION + ",'stop':[' ']}").json();

        assertThat(reply.getBoolean("stopped_word")).isTrue();
        assertThat(reply.getString("stopping_word")).isEqualTo(" ");
        assertThat(reply.getBoolean("stopped_eos")).isFalse();
        assertThat(reply.getString("content")).doesNotContain(" ");
    }

    @Test
    @DisplayName("completion streams nameless events, the last of which says stop")
    default void streams() throws IOException {
        JsonObject single = wire().post("/completion", "{" + COMPLETION + "}").json();
        try (Events stream = wire().stream("/completion", "{" + COMPLETION + ",'stream':true}")) {
            List<Event> events = stream.all();
            Event end = events.get(events.size() - 1);

            assertThat(events).allMatch(event -> event.name().isEmpty());
            assertThat(events.subList(0, events.size() - 1))
                    .isNotEmpty()
                    .allMatch(event ->
                            event.data().keySet().size() == 2 && !event.data().getBoolean("stop"));
            assertThat(events.stream()
                            .map(event -> event.data().getString("content"))
                            .collect(Collectors.joining()))
                    .isEqualTo(single.getString("content"));
            assertThat(end.data().getBoolean("stop")).isTrue();
            assertThat(end.data().keySet()).isEqualTo(single.keySet());
        }
    }

    @Test
    @DisplayName("completion fails in llama.cpp's words, before and behind its door")
    default void fails() {
        Answer range = wire().post("/completion", "{'prompt':'x','top_p':2}");
        assertThat(range.status()).isEqualTo(400);
        assertThat(range.json().getJsonObject("error").getInt("code")).isEqualTo(400);
        assertThat(range.json().getJsonObject("error").getString("type")).isEqualTo("invalid_request_error");
        assertThat(range.json().getJsonObject("error").getString("message")).contains("'top_p'", "1");

        Answer unknown = wire().post("/completion", "{'prompt':'x','model':'nope'}");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.json().getJsonObject("error").getString("type")).isEqualTo("not_found_error");

        Answer broken = wire().post("/completion", "{'prompt':'x','model':'missing'}");
        assertThat(broken.status()).isEqualTo(503);
        assertThat(broken.json().getJsonObject("error").getString("type")).isEqualTo("unavailable_error");

        Answer method = wire().get("/completion");
        assertThat(method.status()).isEqualTo(405);
        assertThat(method.json().getJsonObject("error").getInt("code")).isEqualTo(405);

        Answer tokens = wire().post("/completion", "{'prompt':[1,2,3]}");
        assertThat(tokens.status()).isEqualTo(400);
        assertThat(tokens.json().getJsonObject("error").getString("message")).contains("'prompt'", "not supported yet");
    }
}
