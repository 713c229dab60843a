package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.war.it.Wire.Answer;
import io.hyperion.war.it.Wire.Events;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is remembered of a client that keeps its cookie. */
interface LlamaSessionBehaviour extends Behaviour {
    String ONE_TOKEN = "'prompt':'Once upon a time','n_predict':1,'temperature':0";

    @Test
    @DisplayName(
            "a first answer has a cookie that scripts cannot read and other sites cannot use, and the next ones have none")
    default void cookie() {
        Answer first = wire().post("/completion", "{" + ONE_TOKEN + "}");
        assertThat(first.header("Set-Cookie"))
                .matches("hyperion-session=[0-9a-f]{32}; Path=/hyperion; HttpOnly; SameSite=Lax");
        assertThat(post(first.header("Set-Cookie"), "{" + ONE_TOKEN + "}").header("Set-Cookie"))
                .isEmpty();
        assertThat(post("hyperion-session=" + "0".repeat(32), "{" + ONE_TOKEN + "}")
                        .header("Set-Cookie"))
                .as("nobody chooses his id himself")
                .doesNotContain("00000000000000000000000000000000")
                .isNotEmpty();
    }

    @Test
    @DisplayName("a client comes back to its slot by its cookie, or by the slot_id that it was told")
    default void slot() throws IOException {
        Answer first = wire().post("/completion", "{" + ONE_TOKEN + ",'id_slot':3}");
        assertThat(first.json().getInt("slot_id")).isEqualTo(3);
        String cookie = first.header("Set-Cookie");

        JsonObject again = post(cookie, "{" + ONE_TOKEN + ",'slot_id':-1,'cache_prompt':true}")
                .json();
        assertThat(again.getInt("slot_id")).isEqualTo(3);
        assertThat(again.getInt("tokens_cached")).isPositive();
        assertThat(wire().post("/completion", "{" + ONE_TOKEN + ",'slot_id':2}")
                        .json()
                        .getInt("slot_id"))
                .isEqualTo(2);
        assertThat(wire().post("/completion", "{" + ONE_TOKEN + ",'slot_id':200}")
                        .status())
                .as("a slot that was there before a restart")
                .isEqualTo(200);
        try (Events endless = wire().stream(
                "/completion", "{'prompt':'Once','id_slot':3,'ignore_eos':true,'context_shift':true,'stream':true}")) {
            assertThat(endless.next()).isNotNull();
            Answer meanwhile = post(cookie, "{" + ONE_TOKEN + "}");
            assertThat(meanwhile.json().getInt("slot_id"))
                    .as("does not wait for who has it now")
                    .isNotEqualTo(3);
        }
    }

    @Test
    @DisplayName("a system prompt is before all prompts of its session, and of no other")
    default void systemPrompt() {
        Answer first = wire().post(
                        "/completion",
                        "{" + ONE_TOKEN + ",'system_prompt':{'prompt':'Hello there. ',"
                                + "'anti_prompt':'User:','assistant_name':'Luna:'}}");
        String cookie = first.header("Set-Cookie");
        int alone = wire().post("/completion", "{" + ONE_TOKEN + "}").json().getInt("tokens_evaluated");

        assertThat(first.json().getString("prompt")).isEqualTo("Once upon a time");
        assertThat(first.json().getInt("tokens_evaluated")).isGreaterThan(alone);
        assertThat(post(cookie, "{" + ONE_TOKEN + "}").json().getInt("tokens_evaluated"))
                .isEqualTo(first.json().getInt("tokens_evaluated"));
        JsonObject props = wire().send(
                        wire().request("/props").header("Cookie", value(cookie)).GET())
                .json();
        assertThat(props.getString("assistant_name")).isEqualTo("Luna:");
        assertThat(props.getString("user_name")).isEqualTo("User:");
        assertThat(wire().get("/props").json().getString("assistant_name")).isEmpty();

        Answer cleared = wire().send(wire().request("/props")
                .header("Cookie", value(cookie))
                .POST(HttpRequest.BodyPublishers.ofString("{\"system_prompt\":\"\"}")));
        assertThat(cleared.json().getBoolean("success")).isTrue();
        assertThat(post(cookie, "{" + ONE_TOKEN + "}").json().getInt("tokens_evaluated"))
                .isEqualTo(alone);
    }

    private Answer post(String setCookie, String json) {
        return wire().send(wire().request("/completion")
                .header("Cookie", value(setCookie))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json.replace('\'', '"'))));
    }

    private static String value(String setCookie) {
        return setCookie.replaceFirst(";.*", "");
    }
}
