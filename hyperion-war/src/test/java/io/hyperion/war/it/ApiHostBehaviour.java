package io.hyperion.war.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.war.it.Wire.Answer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** API Host's clients. */
interface ApiHostBehaviour extends Behaviour {
    @Test
    @DisplayName("API Host's examples are answered as documented: a text is gone on with, a conversation answered")
    default void examples() {
        Answer text = api("'inputs':'Hello ! Today I can do these activities:','parameters':{},'options':{}");
        assertThat(text.status()).isEqualTo(200);
        assertThat(text.json().keySet()).containsExactly("answer");
        assertThat(text.json().getJsonObject("answer").keySet()).containsExactly("content");

        Answer chat = api("'inputs':["
                + "{'role':'system','content':'You are an assistant specialized in story writing'},"
                + "{'role':'user','content':'Write a story about a cat stealing food from its owner.'}]");
        assertThat(chat.status()).isEqualTo(200);
        assertThat(chat.json().getJsonObject("answer").getString("content")).isNotEmpty();
    }

    @Test
    @DisplayName("the same is generated as by Hyperion's own protocol")
    default void same() {
        String output = wire().post("/generate", "{" + SHORT + "}").json().getString("output");
        Answer text = api("'inputs':'Once upon a time','parameters':{'max_tokens':24,'top_k':1},"
                + "'options':{'use_gpu':true,'ctx_lenght':4096,'chat_format':'chatml'}");
        assertThat(text.json().getJsonObject("answer").getString("content")).isEqualTo(output);

        String chat = wire().post(
                        "/generate",
                        "{'messages':[{'role':'user','content':'Hello'}],'template':'chatml','temperature':0,'max_tokens':24}")
                .json()
                .getString("output");
        Answer answer = api("'inputs':[{'role':'user','content':'Hello'}],"
                + "'parameters':{'max_tokens':24,'temperature':0},'options':{'chat_format':'chatml'}");
        assertThat(answer.json().getJsonObject("answer").getString("content")).isEqualTo(chat);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "\"{}\",400,HYP-1001,task",
                "\"{'task':'dance'}\",400,HYP-1004,text_generation",
                "\"{'task':'text_generation','repo_id':'x','file_name':'y'}\",400,HYP-1001,inputs",
                "\"{'task':'text_generation','repo_id':'x','file_name':'y','inputs':'z'}\",404,HYP-2001,'x'",
                "\"{'task':'text_generation','repo_id':'x','file_name':'default','inputs':[{'role':'assistant','content':'z'}]}\",400,HYP-1004,inputs[0]",
                "\"[1]\",400,HYP-1002,object",
                "\"nonsense\",400,HYP-1006,JSON"
            })
    @DisplayName("what is wrong is told as API Host tells errors")
    default void wrongApi(String body, int status, String code, String told) {
        Answer answer = wire().post("/api", body);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().keySet()).containsExactly("error", "code");
        assertThat(answer.json().getString("code")).isEqualTo(code);
        assertThat(answer.json().getString("error")).contains(told);
    }

    @Test
    @DisplayName("many messages, and many more than that, harm nobody")
    default void manyMessages() {
        String turns = "{'role':'user','content':'x'},{'role':'assistant','content':'y'},";
        Answer answer = api("'inputs':[" + turns.repeat(2_500) + "{'role':'user','content':'z'}]");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().getString("code")).isEqualTo("HYP-3001");
    }

    private Answer api(String fields) {
        String file = wire().get("/models/" + Fixture.SOUND).json().getString("file");
        return wire().post(
                        "/api",
                        "{'token':'','task':'text_generation','repo_id':'hyperion/demo','file_name':'" + file + "',"
                                + fields + "}");
    }
}
