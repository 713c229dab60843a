package io.hyperion.war.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Prompt;
import io.hyperion.war.json.JsonInput;
import io.hyperion.war.wire.WireCall;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A completion request")
class CompletionFormatTests {
    @Test
    @DisplayName("says what llama.cpp's clients say")
    void everything() {
        WireCall call =
                read("{'prompt':'Once','n_predict':16,'temperature':0.9,'top_k':40,'top_p':1,'min_p':0,'seed':3,"
                        + "'stop':['x'],'stream':true,'model':'tiny'}");

        assertThat(call.request().prompt()).isEqualTo(new Prompt.Raw("Once"));
        assertThat(call.request().model()).hasValue("tiny");
        assertThat(call.request().parameters())
                .isEqualTo(GenerateParameters.builder()
                        .maxTokens(16)
                        .temperature(0.9)
                        .topK(40)
                        .topP(1)
                        .minP(0)
                        .seed(3)
                        .stop("x")
                        .build());
        assertThat(call.stream()).hasValue(true);
        assertThat(call.piece(new GenerateEvent.Piece("a")).toString()).isEqualTo("{\"content\":\"a\",\"stop\":false}");
    }

    @Test
    @DisplayName("says 'as it comes' by -1")
    void defaults() {
        assertThat(read("{'prompt':'x','n_predict':-1,'seed':-1,'top_k':-1}")
                        .request()
                        .parameters())
                .isEqualTo(GenerateParameters.builder().topK(0).build());
        assertThat(read("{'prompt':'x','seed':4294967295}").request().parameters())
                .isEqualTo(GenerateParameters.none());
    }

    @Test
    @DisplayName("may say what changes nothing")
    void harmless() {
        assertThat(
                        read("{'prompt':'x','n':1,'cache_prompt':true,'slot_id':-1,'repeat_penalty':1.0,'mirostat':0,'mirostat_tau':5,"
                                        + "'grammar':'','logit_bias':[],'n_probs':0,'n_keep':-1,'ignore_eos':false,'json_schema':null}")
                                .request()
                                .prompt())
                .isEqualTo(new Prompt.Raw("x"));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "'n':2",
                "'repeat_penalty':1.1",
                "'grammar':'root ::= x'",
                "'json_schema':{}",
                "'logit_bias':[[1,1]]",
                "'n_probs':1",
                "'mirostat':2",
                "'ignore_eos':true",
                "'image_data':[{}]",
                "'samplers':['top_k']"
            })
    @DisplayName("is refused when it asks for what is not there yet, rather than answered without it")
    void notYet(String field) {
        InvalidRequestException refusal = refusalOf("{'prompt':'x'," + field + "}");

        assertThat(refusal.code()).isEqualTo(ErrorCode.UNKNOWN_VALUE);
        assertThat(refusal.parameter()).hasValue(field.replaceAll("'(\\w+)'.*", "$1"));
        assertThat(refusal).hasMessageContaining("not supported yet");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|MISSING_FIELD|prompt",
                "{'prompt':''}|EMPTY_PROMPT|prompt",
                "{'prompt':[1,2]}|WRONG_TYPE|prompt",
                "{'prompt':['a']}|WRONG_TYPE|prompt",
                "{'prompt':'x','n_predict':-2}|OUT_OF_RANGE|n_predict",
                "{'prompt':'x','n_predict':1.5}|WRONG_TYPE|n_predict",
                "{'prompt':'x','top_p':2}|OUT_OF_RANGE|top_p",
                "{'prompt':'x','seed':-2}|OUT_OF_RANGE|seed",
                "{'prompt':'x','temperature':'hot'}|WRONG_TYPE|temperature"
            })
    @DisplayName("is refused with its field when it is wrong")
    void wrong(String json, ErrorCode code, String parameter) {
        InvalidRequestException refusal = refusalOf(json);

        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal.parameter()).hasValue(parameter);
    }

    @Test
    @DisplayName("fails in llama.cpp's words")
    void errors() {
        InvalidRequestException refusal = refusalOf("{'prompt':'x','top_p':2}");

        assertThat(LlamaErrors.FORMAT.format(refusal, 400).toString())
                .isEqualTo("{\"error\":{\"code\":400,\"message\":\"" + refusal.getMessage()
                        + "\",\"type\":\"invalid_request_error\"}}");
        assertThat(LlamaErrors.FORMAT
                        .format(refusal, 503)
                        .getJsonObject("error")
                        .getString("type"))
                .isEqualTo("unavailable_error");
        LlamaErrors errors = new LlamaErrors();
        assertThat(errors.claims("completion")).isTrue();
        assertThat(errors.claims("completions")).isFalse();
        assertThat(errors.claims("generate")).isFalse();
    }

    private static InvalidRequestException refusalOf(String json) {
        InvalidRequestException refusal = catchThrowableOfType(InvalidRequestException.class, () -> read(json));
        assertThat(refusal).isNotNull();
        return refusal;
    }

    private static WireCall read(String json) {
        return new CompletionFormat().read(JsonInput.object(json.replace('\'', '"')));
    }
}
