package io.hyperion.war.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hyperion.api.Completion;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Prompt;
import io.hyperion.api.Timings;
import io.hyperion.api.TokenProbability;
import io.hyperion.jca.NonManagedHyperion;
import io.hyperion.war.json.JsonInput;
import io.hyperion.war.wire.WireCall;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A completion for OpenAI's clients")
class CompletionsFormatTests {
    private static NonManagedHyperion hyperion;

    @BeforeAll
    static void open() {
        hyperion = NonManagedHyperion.start(
                Map.of("hyperion.models.default.path", System.getProperty("hyperion.demo.model")));
    }

    @AfterAll
    static void close() {
        hyperion.close();
    }

    @Test
    @DisplayName("says what OpenAI's clients say, and has 16 tokens if it does not say how many")
    void everything() {
        GenerateRequest request = read("{'prompt':'Once','logprobs':3,'n':2,'best_of':4,'stop':'x','user':'me'}")
                .requests()
                .get(0);

        assertThat(request.prompt()).isEqualTo(new Prompt.Raw("Once"));
        assertThat(request.parameters())
                .isEqualTo(GenerateParameters.builder()
                        .maxTokens(16)
                        .logProbabilities(3)
                        .n(2)
                        .bestOf(4)
                        .stop("x")
                        .build());
        assertThat(read("{'prompt':'x','max_tokens':-1}")
                        .requests()
                        .get(0)
                        .parameters()
                        .maxTokens())
                .isEmpty();
        assertThat(read("{'prompt':'x','max_tokens':0}")
                        .requests()
                        .get(0)
                        .parameters()
                        .maxTokens())
                .hasValue(0);
    }

    @Test
    @DisplayName("has one prompt or several, of text, tokens or both")
    void prompts() {
        Prompt.Part text = new Prompt.Part.Text("a");
        assertThat(prompts("'a'")).containsExactly(new Prompt.Raw("a"));
        assertThat(prompts("['a','b']")).containsExactly(new Prompt.Raw("a"), new Prompt.Raw("b"));
        assertThat(prompts("[1,2.0]"))
                .containsExactly(new Prompt.Mixed(List.of(new Prompt.Part.Tokens(List.of(1, 2)))));
        assertThat(prompts("[1,'a',2,3]"))
                .containsExactly(new Prompt.Mixed(
                        List.of(new Prompt.Part.Tokens(List.of(1)), text, new Prompt.Part.Tokens(List.of(2, 3)))));
        assertThat(prompts("[[1],'a',['a']]"))
                .containsExactly(
                        new Prompt.Mixed(List.of(new Prompt.Part.Tokens(List.of(1)))),
                        new Prompt.Raw("a"),
                        new Prompt.Mixed(List.of(text)));
    }

    @Test
    @DisplayName("fills the gap before a suffix")
    void suffix() {
        assertThat(read("{'prompt':'a','suffix':'b'}").requests().get(0).prompt())
                .isEqualTo(new Prompt.Infill("a", "b", "", List.of()));
        assertThat(read("{'prompt':'a','suffix':''}").requests().get(0).prompt())
                .isEqualTo(new Prompt.Raw("a"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|MISSING_FIELD|prompt",
                "{'prompt':''}|EMPTY_PROMPT|prompt",
                "{'prompt':[]}|EMPTY_PROMPT|prompt",
                "{'prompt':[[]]}|EMPTY_PROMPT|prompt[0]",
                "{'prompt':['a','']}|EMPTY_PROMPT|prompt[1]",
                "{'prompt':7}|WRONG_TYPE|prompt",
                "{'prompt':[true]}|WRONG_TYPE|prompt[0]",
                "{'prompt':[1,[2]]}|WRONG_TYPE|prompt[1]",
                "{'prompt':[1.5]}|WRONG_TYPE|prompt[0]",
                "{'prompt':[-1]}|OUT_OF_RANGE|prompt[0]",
                "{'prompt':[[1,1e12]]}|OUT_OF_RANGE|prompt[0][1]",
                "{'prompt':['a','b'],'suffix':'c'}|NOT_SUPPORTED|suffix",
                "{'prompt':'a','echo':true,'logprobs':0}|NOT_SUPPORTED|logprobs",
                "{'prompt':'a','logprobs':6}|OUT_OF_RANGE|logprobs",
                "{'prompt':'a','logprobs':true}|WRONG_TYPE|logprobs",
                "{'prompt':'a','echo':1}|WRONG_TYPE|echo",
                "{'prompt':'a','best_of':0}|OUT_OF_RANGE|best_of"
            })
    @DisplayName("is refused with its field when it is wrong")
    void wrong(String json, ErrorCode code, String parameter) {
        InvalidRequestException refusal = catchThrowableOfType(InvalidRequestException.class, () -> read(json));
        assertThat(refusal).isNotNull();
        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal.parameter()).hasValue(parameter);
    }

    @Test
    @DisplayName("is refused when it has too many prompts")
    void tooMany() {
        String many = "'a',".repeat(256) + "'a'";
        InvalidRequestException refusal =
                catchThrowableOfType(InvalidRequestException.class, () -> prompts("[" + many + "]"));
        assertThat(refusal.code()).isEqualTo(ErrorCode.OUT_OF_RANGE);
        assertThat(refusal).hasMessageContaining("257").hasMessageContaining("256");
    }

    @Test
    @DisplayName("numbers the choices of all its prompts, and counts all tokens")
    void choices() {
        JsonObject reply = (JsonObject) read("{'prompt':['a','b'],'n':2,'echo':true}")
                .reply(List.of(reply(completion("1"), completion("2")), reply(completion("3"), completion("4"))));

        assertThat(reply.getJsonArray("choices").getValuesAs(JsonObject.class))
                .extracting(choice -> choice.getInt("index") + choice.getString("text"))
                .containsExactly("0a1", "1a2", "2b3", "3b4");
        assertThat(reply.getJsonObject("usage").getInt("total_tokens")).isEqualTo(2 * (5 + 2 * 3));
    }

    @Test
    @DisplayName("echoes prompts of tokens as their text")
    void echoOfTokens() {
        String two =
                hyperion.client().detokenize(new io.hyperion.api.DetokenizeRequest(Optional.empty(), List.of(60, 61)));
        WireCall call = read("{'prompt':[60,61,'x'],'echo':true,'stream':true}");

        assertThat(call.streamBegin())
                .extracting(
                        event -> event.getJsonArray("choices").getJsonObject(0).getString("text"))
                .containsExactly(two + "x");
    }

    @Test
    @DisplayName("is streamed, with the reasons at the end")
    void streamed() {
        WireCall call = read("{'prompt':['a','b'],'n':2,'stream':true,'stream_options':{'include_usage':true}}");

        assertThat(call.streamBegin()).isEmpty();
        assertThat(choice(call.piece(1, new GenerateEvent.Piece("x", 1, List.of()))))
                .isEqualTo(json("{'index':3,'text':'x','logprobs':null,'finish_reason':null}"));
        List<JsonObject> end = call.streamEnd(
                List.of(reply(completion("1"), completion("2")), reply(completion("3"), completion("4"))));
        assertThat(end).hasSize(5);
        assertThat(choice(end.get(3))).isEqualTo(json("{'index':3,'text':'','logprobs':null,'finish_reason':'stop'}"));
        assertThat(end.get(4).getJsonArray("choices")).isEmpty();
        assertThat(end.get(4).getJsonObject("usage").getInt("completion_tokens"))
                .isEqualTo(12);
    }

    @Test
    @DisplayName("tells where each token begins, in a stream across its pieces")
    void offsets() {
        TokenProbability half = new TokenProbability(7, "\uFFFD", List.of(0xC3), -1, List.of());
        TokenProbability rest = new TokenProbability(8, "\uFFFD", List.of(0xA4), -2, List.of(half));
        TokenProbability next = new TokenProbability(9, "bc", List.of(98, 99), -3, List.of());
        WireCall call = read("{'prompt':'a','logprobs':1,'stream':true}");

        JsonValue first = choice(call.piece(0, new GenerateEvent.Piece("\u00E4", 0, List.of(half, rest))))
                .get("logprobs");
        assertThat(first)
                .isEqualTo(json("{'tokens':['bytes:\\\\xc3','bytes:\\\\xa4'],'token_logprobs':[-1.0,-2.0],"
                        + "'top_logprobs':[{'bytes:\\\\xc3':-1.0},{'bytes:\\\\xc3':-1.0,'bytes:\\\\xa4':-2.0}],"
                        + "'text_offset':[0,1]}"));
        JsonObject second = choice(call.piece(0, new GenerateEvent.Piece("bc", 0, List.of(next, next))))
                .getJsonObject("logprobs");
        assertThat(second.get("text_offset")).isEqualTo(json("[1,3]"));
    }

    private static JsonObject choice(JsonObject event) {
        return event.getJsonArray("choices").getJsonObject(0);
    }

    private static Completion completion(String text) {
        return new Completion(text, 3, FinishReason.STOP, Optional.empty(), false, List.of());
    }

    private static GenerateReply reply(Completion... completions) {
        Timings timings = new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO);
        return new GenerateReply("default", "a", 5, 2, 0, List.of(completions), timings);
    }

    private static List<Prompt> prompts(String prompt) {
        return read("{'prompt':" + prompt + "}").requests().stream()
                .map(GenerateRequest::prompt)
                .toList();
    }

    private static WireCall read(String json) {
        return new CompletionsFormat(hyperion.client()).read(JsonInput.object(json.replace('\'', '"')));
    }

    private static JsonValue json(String text) {
        return Json.createReader(new StringReader(text.replace('\'', '"'))).readValue();
    }
}
