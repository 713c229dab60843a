package io.hyperion.war.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hyperion.api.Embedding;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Timings;
import io.hyperion.war.json.JsonInput;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A request for embeddings")
class EmbeddingCallTests {
    @Test
    @DisplayName("has texts or tokens, one or several")
    void inputs() {
        EmbeddingRequest.Input text = new EmbeddingRequest.Text("a");
        EmbeddingRequest.Input tokens = new EmbeddingRequest.Tokens(List.of(1, 2));
        assertThat(inputs("'a'")).containsExactly(text);
        assertThat(inputs("['a','a']")).containsExactly(text, text);
        assertThat(inputs("[1,2]")).containsExactly(tokens);
        assertThat(inputs("[[1,2],[1,2]]")).containsExactly(tokens, tokens);
        assertThat(read("{'input':'a','model':'m'}").request().model()).hasValue("m");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|MISSING_FIELD|input",
                "{'input':null}|MISSING_FIELD|input",
                "{'input':1}|WRONG_TYPE|input",
                "{'input':[{}]}|WRONG_TYPE|input[0]",
                "{'input':[1,'a']}|WRONG_TYPE|input[1]",
                "{'input':[1.5]}|WRONG_TYPE|input[0]",
                "{'input':[[-1]]}|OUT_OF_RANGE|input[0][0]",
                "{'input':[[]]}|EMPTY_PROMPT|input[0]",
                "{'input':['a','']}|EMPTY_PROMPT|input[1]",
                "{'input':'a','dimensions':0}|OUT_OF_RANGE|dimensions",
                "{'input':'a','dimensions':'8'}|WRONG_TYPE|dimensions",
                "{'input':'a','encoding_format':'hex'}|UNKNOWN_VALUE|encoding_format",
                "{'input':'a','encoding_format':1}|WRONG_TYPE|encoding_format"
            })
    @DisplayName("is refused with its field when it is wrong")
    void wrong(String json, ErrorCode code, String parameter) {
        InvalidRequestException refusal = catchThrowableOfType(InvalidRequestException.class, () -> read(json));
        assertThat(refusal).isNotNull();
        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal.parameter()).hasValue(parameter);
    }

    @Test
    @DisplayName("is told as numbers by their shortest text")
    void numbers() {
        JsonObject told = read("{'input':'a'}").reply(reply(new float[][] {{0.1f, 0.6f, 0.8f}}));

        assertThat(told)
                .isEqualTo(json("{'object':'list','data':[{'object':'embedding','index':0,'embedding':[0.1,0.6,0.8]}],"
                        + "'model':'m','usage':{'prompt_tokens':3,'total_tokens':3}}"));
    }

    @Test
    @DisplayName("is told as bytes, the lowest first")
    void bytes() {
        // 1.0 is 0000803F, -2.0 is 000000C0.
        JsonObject told = read("{'input':'a','encoding_format':'base64'}").reply(reply(new float[][] {{1f, -2f}}));

        assertThat(told.getJsonArray("data").getJsonObject(0).getString("embedding"))
                .isEqualTo("AACAPwAAAMA=");
    }

    @Test
    @DisplayName("may want fewer dimensions, which have the length 1 again")
    void dimensions() {
        float[][] vector = {{0.3f, 0.4f, 0.5f}};
        assertThat(embedding("{'input':'a','dimensions':2}", vector)).isEqualTo(json("[0.6,0.8]"));
        assertThat(embedding("{'input':'a','dimensions':3}", vector)).isEqualTo(json("[0.3,0.4,0.5]"));
        assertThat(embedding("{'input':'a','dimensions':1}", new float[][] {{0f, 1f}}))
                .isEqualTo(json("[0.0]"));
        InvalidRequestException refusal = catchThrowableOfType(
                InvalidRequestException.class, () -> embedding("{'input':'a','dimensions':4}", vector));
        assertThat(refusal.parameter()).hasValue("dimensions");
        assertThat(refusal).hasMessageContaining("between 1 and 3");
    }

    @Test
    @DisplayName("is refused by a model that makes a vector of each token")
    void pooling() {
        InvalidRequestException refusal = catchThrowableOfType(
                InvalidRequestException.class, () -> embedding("{'input':'a'}", new float[][] {{1f}, {2f}}));
        assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_SUPPORTED);
    }

    private static JsonValue embedding(String json, float[][] vectors) {
        return read(json)
                .reply(reply(vectors))
                .getJsonArray("data")
                .getJsonObject(0)
                .get("embedding");
    }

    private static EmbeddingReply reply(float[][] vectors) {
        Timings timings = new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO);
        return new EmbeddingReply("m", List.of(new Embedding(vectors, 3)), timings);
    }

    private static List<EmbeddingRequest.Input> inputs(String input) {
        return read("{'input':" + input + "}").request().inputs();
    }

    private static EmbeddingCall read(String json) {
        return EmbeddingCall.read(JsonInput.object(json.replace('\'', '"')));
    }

    private static JsonValue json(String text) {
        return Json.createReader(new StringReader(text.replace('\'', '"'))).readValue();
    }
}
