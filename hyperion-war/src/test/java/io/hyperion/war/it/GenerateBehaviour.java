package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.war.it.Wire.Answer;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** POST /generate with one answer. */
interface GenerateBehaviour extends Behaviour {
    @Test
    @DisplayName("generate answers with the seed's fields in their order, and the same text again")
    default void generates() {
        Answer first = wire().post("/generate", "{" + SHORT + "}");

        assertThat(first.status()).isEqualTo(200);
        JsonObject reply = first.json();
        assertThat(reply.keySet())
                .containsExactly(
                        "success",
                        "output",
                        "prompt",
                        "prompt_tokens",
                        "completion_tokens",
                        "execution_time",
                        "tokens_per_second",
                        "method",
                        "model",
                        "finish_reason",
                        "cached_tokens",
                        "slot",
                        "timings",
                        "truncated");
        assertThat(reply.getString("success")).isEqualTo("true");
        assertThat(reply.getString("output")).isNotEmpty();
        assertThat(reply.getString("prompt")).isEqualTo("Once upon a time");
        assertThat(reply.getInt("prompt_tokens")).isPositive();
        assertThat(reply.getInt("completion_tokens")).isBetween(1, 24);
        assertThat(reply.getJsonNumber("execution_time").doubleValue()).isPositive();
        assertThat(reply.getString("method")).isEqualTo("model.generate");
        assertThat(reply.getString("model")).isEqualTo(Fixture.SOUND);
        assertThat(reply.getString("finish_reason")).isIn("length", "stop");
        assertThat(wire().post("/generate", "{" + SHORT + "}").json().getString("output"))
                .isEqualTo(reply.getString("output"));
    }

    @Test
    @DisplayName("generate renders a conversation, the AI of the first clients being the assistant")
    default void conversation() {
        JsonObject reply = wire().post(
                        "/generate",
                        "{'template':'chatml','messages':[{'role':'system','content':'Be kind.'},{'role':'user','content':'Hello'},"
                                + "{'role':'AI','content':'Hello!'},{'role':'user','content':'Who are you?'}],"
                                + "'max_tokens':4,'loader':'llama.cpp'}")
                .json();

        assertThat(reply.getString("prompt"))
                .containsSubsequence(
                        "system", "Be kind.", "user", "Hello", "assistant", "Hello!", "user", "Who are you?")
                .doesNotContain("AI");
    }

    @Test
    @DisplayName("generate stops before a stop string")
    default void stops() {
        String output = wire().post("/generate", "{" + SHORT + "}").json().getString("output");
        String stop = output.substring(output.length() / 2, output.length() / 2 + 1);
        JsonObject reply = wire().post(
                        "/generate",
                        ("{" + SHORT + ",'stop':['never',").replace('\'', '"') + jakarta.json.Json.createValue(stop)
                                + "]}")
                .json();

        assertThat(reply.getString("output")).isEqualTo(output.substring(0, output.indexOf(stop)));
        assertThat(reply.getString("finish_reason")).isEqualTo("stop");
    }

    @Test
    @DisplayName("generate evaluates the prompt alone when no token is wanted")
    default void noTokens() {
        JsonObject reply =
                wire().post("/generate", "{'prompt':'Once','max_tokens':0}").json();

        assertThat(reply.getString("output")).isEmpty();
        assertThat(reply.getInt("completion_tokens")).isZero();
    }

    @Test
    @DisplayName("generate takes JSON without a content type, and as what simple clients say of it")
    default void simpleClients() {
        byte[] body = ("{" + SHORT + "}").replace('\'', '"').getBytes(StandardCharsets.UTF_8);

        assertThat(wire().post("/generate", body, "").status()).isEqualTo(200);
        assertThat(wire().post("/generate", body, "text/plain;charset=UTF-8").status())
                .isEqualTo(200);
        assertThat(wire().post("/generate", body, "application/x-www-form-urlencoded")
                        .status())
                .isEqualTo(200);
        assertThat(wire().post("/generate", body, "application/json; charset=utf-8")
                        .status())
                .isEqualTo(200);
    }

    @Test
    @DisplayName("generate hints at a misspelled field in a header, and goes on")
    default void hint() {
        Answer answer = wire().post("/generate", "{" + SHORT + ",'temprature':0,'color':'red'}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.response().headers().allValues("Warning"))
                .containsExactly("299 - \"Unknown field 'temprature'; did you mean 'temperature'?\"");
    }

    @Test
    @DisplayName("generate hints at a misspelled field where it is what the request fails by")
    default void hintOnError() {
        Answer answer = wire().post("/generate", "{'promt':'x'}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error().getString("code")).isEqualTo("HYP-1001");
        assertThat(answer.header("Warning")).contains("'prompt'");
    }

    @Test
    @DisplayName("generate ends when its time is over")
    default void timeOut() {
        Answer answer = wire().post("/generate", "{" + longOne() + ",'timeout':0.005}");

        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.error().getString("code")).isEqualTo("HYP-7001");
    }
}
