package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.war.it.Wire.Answer;
import io.hyperion.war.it.Wire.Event;
import io.hyperion.war.it.Wire.Events;
import jakarta.json.JsonArray;
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
    }

    @Test
    @DisplayName("completion goes on from tokens as from their text, and from a mixture of both")
    default void tokens() {
        JsonObject ofText = wire().post("/completion", "{" + COMPLETION + "}").json();
        String ids = wire().post("/tokenize", "{'content':'Once upon a time','add_special':true}")
                .json()
                .getJsonArray("tokens")
                .toString();
        JsonObject ofTokens = wire().post("/completions", "{'prompt':" + ids + ",'n_predict':24,'temperature':0}")
                .json();

        assertThat(ofTokens.getString("content")).isEqualTo(ofText.getString("content"));
        assertThat(ofTokens.getInt("tokens_evaluated")).isEqualTo(ofText.getInt("tokens_evaluated"));
        JsonObject mixed = wire().post(
                        "/completion",
                        "{'prompt':" + ids.replaceFirst("]$", ",' there was'") + "],'n_predict':4,'temperature':0}")
                .json();
        assertThat(mixed.getInt("tokens_evaluated")).isGreaterThan(ofText.getInt("tokens_evaluated"));
        assertThat(mixed.getString("prompt")).endsWith("there was");
    }

    @Test
    @DisplayName("completion answers several prompts with a list, and streams tell whose piece it is")
    default void severalPrompts() throws IOException {
        String several = "{'prompt':['Once upon a time','Hello'],'n_predict':8,'temperature':0";
        JsonArray results =
                Wire.list(wire().post("/completion", several + "}").response().body());

        assertThat(results).hasSize(2);
        assertThat(results.getJsonObject(1).getInt("index")).isEqualTo(1);
        assertThat(results.getJsonObject(1).getString("prompt")).isEqualTo("Hello");
        try (Events stream = wire().stream("/completion", several + ",'stream':true}")) {
            List<Event> events = stream.all();
            for (int index = 0; index < 2; index++) {
                int prompt = index;
                assertThat(events.stream()
                                .filter(event -> event.data().getInt("index") == prompt)
                                .map(event -> event.data().getString("content"))
                                .collect(Collectors.joining()))
                        .isEqualTo(results.getJsonObject(prompt).getString("content"));
            }
            assertThat(events.stream().filter(event -> event.data().getBoolean("stop")))
                    .hasSize(2);
        }
    }

    @Test
    @DisplayName("completion tells tokens, timings and wanted fields only, when asked to")
    default void details() throws IOException {
        JsonObject reply = wire().post(
                        "/completion",
                        "{" + COMPLETION + ",'return_tokens':true,'response_fields':"
                                + "['content','tokens','generation_settings/temperature']}")
                .json();
        assertThat(reply.keySet()).containsExactly("content", "tokens", "generation_settings/temperature");
        assertThat(wire().post("/detokenize", "{'tokens':" + reply.getJsonArray("tokens") + "}")
                        .json()
                        .getString("content"))
                .startsWith(reply.getString("content"));

        try (Events stream = wire().stream(
                "/completion", "{" + COMPLETION + ",'return_tokens':true,'timings_per_token':true,'stream':true}")) {
            List<Event> events = stream.all();
            assertThat(events.subList(0, events.size() - 1)).allSatisfy(event -> assertThat(
                            event.data().getJsonObject("timings").getInt("predicted_n"))
                    .isPositive());
            assertThat(events.stream().flatMap(event -> event.data().getJsonArray("tokens").stream()))
                    .hasSize(reply.getJsonArray("tokens").size());
        }
    }

    @Test
    @DisplayName(
            "completion of a prompt that is empty, of another kind or too large, or of an unknown token, is refused")
    default void wrongPrompts() {
        for (String prompt : List.of(
                "''",
                "[]",
                "[[]]",
                "{}",
                "1",
                "true",
                "[{}]",
                "[1.5]",
                "[-1]",
                "[999999999]",
                "[1e99]",
                "['a',null]",
                "[" + "[1],".repeat(1024) + "[1]]",
                "[" + "[".repeat(70) + "1" + "]".repeat(70) + "]",
                "'" + "word ".repeat(20_000) + "'")) {
            Answer answer = wire().post("/completion", "{'prompt':" + prompt + "}");
            assertThat(answer.status())
                    .as(prompt.substring(0, Math.min(40, prompt.length())))
                    .isEqualTo(400);
            assertThat(answer.json().getJsonObject("error").getString("type")).isEqualTo("invalid_request_error");
        }
        assertThat(wire().post("/completion", "{" + COMPLETION + "}").status()).isEqualTo(200);
    }

    @Test
    @DisplayName("completion keeps to a schema, and refuses one that cannot be kept to")
    default void schemas() {
        JsonObject reply = wire().post(
                        "/completion",
                        "{'prompt':'Once','json_schema':{'type':'object','properties':{'ok':{'type':'boolean'}},"
                                + "'required':['ok'],'additionalProperties':false},'seed':1}")
                .json();
        assertThat(reply.getString("stop_type")).isEqualTo("eos");
        assertThat(Wire.json(reply.getString("content")).keySet()).containsExactly("ok");
        Answer refused = wire().post("/completion", "{'prompt':'Once','json_schema':{'not':{'type':'string'}}}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().getJsonObject("error").getString("message")).contains("not");
    }

    @Test
    @DisplayName("completion refuses images with a clear message")
    default void images() {
        Answer answer = wire().post("/completion", "{'prompt':'[img-12]','image_data':[{'data':'','id':12}]}");

        assertThat(answer.status()).isEqualTo(501);
        assertThat(answer.json().getJsonObject("error").getString("type")).isEqualTo("not_supported_error");
        assertThat(answer.json().getJsonObject("error").getString("message")).contains("'image_data'", "images");
    }
}
