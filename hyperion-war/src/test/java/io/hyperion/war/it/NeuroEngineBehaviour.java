package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.war.it.Wire.Answer;
import jakarta.json.JsonObject;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** NeuroEngine's clients. */
interface NeuroEngineBehaviour extends Behaviour {
    /** As NeuroEngine's documentation has it. */
    String EXAMPLE =
            """
            {
                "message": "Hello LLM",
                "temperature": 1.0,
                "top_p": 0.9,
                "top_k": 40,
                "repetition_penalty": 1.2,
                "max_new_len": 128,
                "seed": 0,
                "raw": "False",
                "key" : "key1234",
                "gettokens": 20

            }
            """;

    @Test
    @DisplayName(
            "NeuroEngine's example is answered as documented, piece by piece under its key, with an empty reply at the end")
    default void example() {
        String whole = wire().post("/neuroengine/default/", EXAMPLE.replace("\"key\"", "\"other\""))
                .json()
                .getString("reply");
        assertThat(whole).isNotEmpty();

        // Again after the end: the key begins another stream then.
        for (int i = 0; i < 2; i++) {
            assertThat(streamed(EXAMPLE)).isEqualTo(whole);
        }
    }

    @Test
    @DisplayName("what is not raw goes through the model's template, and what is raw does not")
    default void raw() {
        String fields = "'message':'Once upon a time','temperature':0,'repetition_penalty':1,'max_new_len':24";
        String sameRaw = wire().post("/generate", "{" + SHORT + ",'top_k':40,'top_p':0.9,'min_p':0}")
                .json()
                .getString("output");

        assertThat(reply("{" + fields + ",'raw':'True'}")).isEqualTo(sameRaw);
        assertThat(reply("{" + fields + ",'raw':true}")).isEqualTo(sameRaw);
        String chat = wire().post(
                        "/generate",
                        "{'messages':[{'role':'user','content':'Once upon a time'}],'temperature':0,'max_tokens':24}")
                .json()
                .getString("output");
        assertThat(reply("{" + fields + ",'raw':'False'}")).isEqualTo(chat);
        assertThat(reply("{" + fields + "}")).isEqualTo(chat);
    }

    @Test
    @DisplayName("a stream gives as many pieces at once as are asked for")
    default void getTokens() {
        String fields = "{'message':'Once upon a time','raw':true,'temperature':0,'max_new_len':24,'streamkey':'"
                + UUID.randomUUID() + "','gettokens':";

        String first = reply(fields + "1}");
        String rest = reply(fields + "1000}");
        assertThat(first).isNotEmpty();
        assertThat(rest).hasSizeGreaterThan(first.length());
        assertThat(reply(fields + "1}")).isEmpty();
    }

    @Test
    @DisplayName("a key whose stream is under way is not taken for another message")
    default void anotherMessage() {
        String fields =
                ",'raw':true,'temperature':0,'max_new_len':24,'gettokens':1,'streamkey':'" + UUID.randomUUID() + "'}";
        assertThat(reply("{'message':'Once upon a time'" + fields)).isNotEmpty();

        Answer refused = wire().post("/neuroengine/default", "{'message':'Once'" + fields);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().getInt("errorcode")).isEqualTo(1005);
    }

    @Test
    @DisplayName("the models are listed as NeuroEngine does, also by the command of its client")
    default void models() {
        reply("{'message':'x','max_new_len':1}");

        Answer answer = wire().get("/neuroengine/models");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.array())
                .hasSize(wire().get("/models").json().getJsonArray("models").size());
        for (JsonObject model : answer.array().getValuesAs(JsonObject.class)) {
            assertThat(model.keySet())
                    .containsExactly("numreq", "connected", "comment", "operator", "name", "queuelen");
            if (model.getString("name").equals(Fixture.SOUND)) {
                assertThat(model.getBoolean("connected")).isTrue();
                assertThat(model.getInt("numreq")).isPositive();
                assertThat(model.getInt("queuelen")).isNotNegative();
                assertThat(model.getString("comment")).isNotEmpty();
            }
            if (model.getString("name").equals("missing")) {
                assertThat(model.getBoolean("connected")).isFalse();
                assertThat(model.getString("comment")).containsIgnoringCase("no file");
            }
        }
        assertThat(wire().post("/neuroengine/default", "{'command':'getmodels'}")
                        .array())
                .hasSameSizeAs(answer.array());
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "default,\"{}\",400,1001",
                "default,\"{'message':7}\",400,1002",
                "default,\"{'message':'x','top_p':2}\",400,1003",
                "default,\"{'message':'x','raw':'maybe'}\",400,1004",
                "default,\"{'command':'shutdown'}\",400,1004",
                "default,\"nonsense\",400,1006",
                "default,\"{'message':''}\",400,1009",
                "nobody,\"{'message':'x'}\",404,2001",
                "nobody,\"{'message':'x','streamkey':'s'}\",404,2001",
                "missing,\"{'message':'x'}\",503,6001"
            })
    @DisplayName("what is wrong is told as a reply with an error code")
    default void wrong(String model, String body, int status, int code) {
        Answer answer = wire().post("/neuroengine/" + model, body);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().keySet()).containsExactly("reply", "errorcode");
        assertThat(answer.json().getInt("errorcode")).isEqualTo(code);
        assertThat(answer.json().getString("reply")).isNotEmpty();
    }

    @Test
    @DisplayName("what is too large, too deep or too long for the context is refused")
    default void excess() {
        assertThat(wire().post("/neuroengine/default", "{'message':'" + "x".repeat(Fixture.BODY_LIMIT) + "'}")
                        .json()
                        .getInt("errorcode"))
                .isEqualTo(1008);
        assertThat(wire().post("/neuroengine/default", "{'message':" + "[".repeat(100_000) + "]".repeat(100_000) + "}")
                        .json()
                        .getInt("errorcode"))
                .isEqualTo(1006);
        String tooLong = "{'message':'" + "word ".repeat(20_000) + "'";
        assertThat(wire().post("/neuroengine/default", tooLong + "}").json().getInt("errorcode"))
                .isEqualTo(3001);
        assertThat(wire().post("/neuroengine/default", tooLong + ",'streamkey':'" + UUID.randomUUID() + "'}")
                        .json()
                        .getInt("errorcode"))
                .isEqualTo(3001);
    }

    private String reply(String json) {
        Answer answer = wire().post("/neuroengine/default", json);
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        assertThat(answer.json().keySet()).containsExactly("reply", "errorcode");
        assertThat(answer.json().getInt("errorcode")).isZero();
        return answer.json().getString("reply");
    }

    private String streamed(String json) {
        StringBuilder text = new StringBuilder();
        String piece = reply(json);
        while (!piece.isEmpty()) {
            text.append(piece);
            piece = reply(json);
        }
        return text.toString();
    }
}
