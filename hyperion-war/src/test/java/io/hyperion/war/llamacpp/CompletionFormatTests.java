package io.hyperion.war.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.LogitBias;
import io.hyperion.api.LoraScale;
import io.hyperion.api.Progress;
import io.hyperion.api.Prompt;
import io.hyperion.api.ResponseFormat;
import io.hyperion.api.Sampler;
import io.hyperion.api.Timings;
import io.hyperion.war.json.JsonInput;
import io.hyperion.war.wire.WireCall;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A completion request")
class CompletionFormatTests {
    private static final HyperionClient NOBODY = Models.of(GenerateParameters.none());

    @Test
    @DisplayName("says what llama.cpp's clients say")
    void everything() {
        WireCall call =
                read("{'prompt':'Once','n_predict':16,'temperature':0.9,'top_k':40,'top_p':1,'min_p':0,'seed':3,"
                        + "'stop':['x'],'stream':true,'model':'tiny'}");

        assertThat(call.requests().get(0).prompt()).isEqualTo(new Prompt.Raw("Once"));
        assertThat(call.requests().get(0).model()).hasValue("tiny");
        assertThat(call.requests().get(0).parameters())
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
        assertThat(call.piece(0, new GenerateEvent.Piece("a")).toString())
                .isEqualTo("{\"content\":\"a\",\"stop\":false}");
    }

    @Test
    @DisplayName("says 'as it comes' by -1")
    void defaults() {
        assertThat(read("{'prompt':'x','n_predict':-1,'seed':-1,'top_k':-1}")
                        .requests()
                        .get(0)
                        .parameters())
                .isEqualTo(GenerateParameters.builder().topK(0).build());
        assertThat(read("{'prompt':'x','seed':4294967295}").requests().get(0).parameters())
                .isEqualTo(GenerateParameters.none());
    }

    @Test
    @DisplayName("may say what changes nothing")
    void harmless() {
        assertThat(read("{'prompt':'x','grammar':'','image_data':[],'dry_base':0,'json_schema':null}")
                        .requests()
                        .get(0)
                        .parameters())
                .isEqualTo(GenerateParameters.none());
    }

    @Test
    @DisplayName("says how to choose tokens in llama.cpp's names and forms")
    void sampling() {
        WireCall call =
                read("{'prompt':'x','dynatemp_range':0.5,'dynatemp_exponent':2,'typical_p':0.9,'top_n_sigma':1.5,"
                        + "'xtc_probability':0.2,'xtc_threshold':0.3,'dry_multiplier':0.8,'dry_base':2,'dry_allowed_length':3,"
                        + "'dry_penalty_last_n':-1,'dry_sequence_breakers':['\\n'],'repeat_penalty':1.1,'repeat_last_n':-1,"
                        + "'presence_penalty':0.1,'frequency_penalty':0.2,'mirostat':2,'mirostat_tau':4,'mirostat_eta':0.2,"
                        + "'grammar':'root ::= \\'a\\'','logit_bias':[[5,1.5],['up',false],[7.0,-2]],'ignore_eos':true,'n_probs':3,"
                        + "'post_sampling_probs':true,'samplers':['penalties','nucleus','temp'],'min_keep':2,'n':2,'best_of':3,"
                        + "'n_keep':-1,'n_discard':9,'context_shift':false,'cache_prompt':false,'lora':[{'id':0,'scale':0.5}],"
                        + "'id_slot':1,'tfs_z':0.9,'penalize_nl':false,'n_indent':4,'t_max_predict_ms':100,'return_tokens':true,"
                        + "'timings_per_token':true}");

        assertThat(call.requests().get(0).parameters())
                .isEqualTo(GenerateParameters.builder()
                        .dynatempRange(0.5)
                        .dynatempExponent(2)
                        .typicalP(0.9)
                        .topNSigma(1.5)
                        .xtcProbability(0.2)
                        .xtcThreshold(0.3)
                        .dryMultiplier(0.8)
                        .dryBase(2)
                        .dryAllowedLength(3)
                        .dryPenaltyLastN(-1)
                        .drySequenceBreakers(List.of("\n"))
                        .repeatPenalty(1.1)
                        .repeatLastN(-1)
                        .presencePenalty(0.1)
                        .frequencyPenalty(0.2)
                        .mirostat(2)
                        .mirostatTau(4)
                        .mirostatEta(0.2)
                        .grammar("root ::= \"a\"")
                        .logitBias(List.of(
                                LogitBias.of(5, 1.5), LogitBias.of("up", LogitBias.BANNED), LogitBias.of(7, -2)))
                        .ignoreEos(true)
                        .logProbabilities(3)
                        .postSamplingProbabilities(true)
                        .samplers(List.of(Sampler.PENALTIES, Sampler.TOP_P, Sampler.TEMPERATURE))
                        .minKeep(2)
                        .n(2)
                        .bestOf(3)
                        .keptTokens(-1)
                        .discardedTokens(9)
                        .contextShift(false)
                        .cachePrompt(false)
                        .lora(List.of(new LoraScale(0, 0.5)))
                        .slot(1)
                        .tailFreeZ(0.9)
                        .penalizeNewLines(false)
                        .minIndent(4)
                        .maxPredictMillis(100)
                        .returnTokens(true)
                        .timingsPerToken(true)
                        .build());
        assertThat(read("{'prompt':'x','t_max_predict_ms':-1}")
                        .requests()
                        .get(0)
                        .parameters())
                .isEqualTo(GenerateParameters.builder().maxPredictMillis(0).build());
        assertThat(read("{'prompt':'x','samplers':'edkypmxt','logit_bias':{'5':-1,'up':2},'slot_id':2}")
                        .requests()
                        .get(0)
                        .parameters())
                .isEqualTo(GenerateParameters.builder()
                        .samplers(List.of(
                                Sampler.PENALTIES,
                                Sampler.DRY,
                                Sampler.TOP_K,
                                Sampler.TYPICAL_P,
                                Sampler.TOP_P,
                                Sampler.MIN_P,
                                Sampler.XTC,
                                Sampler.TEMPERATURE))
                        .logitBias(List.of(LogitBias.of(5, -1), LogitBias.of("up", 2)))
                        .preferredSlot(2)
                        .build());
    }

    @Test
    @DisplayName("is told the tokens, and with each piece the timings, if it asked for them")
    void tokensAndTimings() {
        WireCall call = read("{'prompt':'x'}");
        Timings timings = new Timings(Duration.ZERO, Duration.ofMillis(40), Duration.ofMillis(500));
        JsonObject piece = call.piece(
                0,
                new GenerateEvent.Piece(
                        "ab", 0, 1, List.of(), List.of(7, 8), Optional.of(new Progress(10, 6, 5, timings))));

        assertThat(piece.getJsonArray("tokens")).hasToString("[7,8]");
        assertThat(piece.getJsonObject("timings").toString())
                .startsWith("{\"prompt_n\":4,\"prompt_ms\":40.0,\"prompt_per_token_ms\":10.0,")
                .contains("\"predicted_n\":5,\"predicted_ms\":500.0,");
        assertThat(call.piece(0, new GenerateEvent.Piece("ab")).toString())
                .isEqualTo("{\"content\":\"ab\",\"stop\":false}");
    }

    @Test
    @DisplayName("is told which completion a piece belongs to if the model's defaults ask for several")
    void severalByDefault() {
        GenerateEvent.Piece first = new GenerateEvent.Piece("a", 0, 2, List.of(), List.of(), Optional.empty());

        assertThat(read("{'prompt':'x'}").piece(0, first).getInt("index")).isZero();
    }

    @Test
    @DisplayName("asks for a schema as an object, and a form of the text as OpenAI's clients do")
    void schema() {
        assertThat(read("{'prompt':'x','json_schema':{'type':'integer'}}")
                        .requests()
                        .get(0)
                        .responseFormat())
                .isEqualTo(new ResponseFormat.JsonSchema(Map.of("type", "integer")));
        assertThat(read("{'prompt':'x','json_schema':{}}").requests().get(0).responseFormat())
                .isEqualTo(new ResponseFormat.JsonSchema(Map.of()));
        assertThat(read("{'prompt':'x','response_format':{'type':'json_object'}}")
                        .requests()
                        .get(0)
                        .responseFormat())
                .isEqualTo(ResponseFormat.JSON_OBJECT);
    }

    @Test
    @DisplayName("is refused when it shows images, rather than answered without looking at them")
    void images() {
        InvalidRequestException refusal = refusalOf("{'prompt':'x','image_data':[{'data':'','id':12}]}");

        assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_SUPPORTED);
        assertThat(refusal.parameter()).hasValue("image_data");
        assertThat(LlamaErrors.FORMAT.status(refusal)).isEqualTo(501);
    }

    @Test
    @DisplayName("has prompts of texts, of tokens, of both, and several of them")
    void prompts() {
        Prompt tokens = new Prompt.Mixed(List.of(new Prompt.Part.Tokens(List.of(12, 34))));
        Prompt mixed = new Prompt.Mixed(List.of(
                new Prompt.Part.Tokens(List.of(12, 34)),
                new Prompt.Part.Text("string"),
                new Prompt.Part.Tokens(List.of(56))));

        assertThat(prompts("'string'")).containsExactly(new Prompt.Raw("string"));
        assertThat(prompts("[12,34.0]")).containsExactly(tokens);
        assertThat(prompts("[12,34,'string',56]")).containsExactly(mixed);
        assertThat(prompts("['string']")).containsExactly(new Prompt.Raw("string"));
        assertThat(prompts("['string',[12,34],[12,34,'string',56]]"))
                .containsExactly(new Prompt.Raw("string"), tokens, mixed);
    }

    private static List<Prompt> prompts(String json) {
        return read("{'prompt':" + json + "}").requests().stream()
                .map(GenerateRequest::prompt)
                .toList();
    }

    @Test
    @DisplayName("names its model in a field, or in the query, or not at all")
    void model() {
        CompletionFormat format = new CompletionFormat(NOBODY, new Session(), Optional.of("query"));

        assertThat(format.read(JsonInput.object("{\"prompt\":\"x\",\"model\":\"field\"}"))
                        .requests()
                        .get(0)
                        .model())
                .hasValue("field");
        assertThat(format.read(JsonInput.object("{\"prompt\":\"x\"}"))
                        .requests()
                        .get(0)
                        .model())
                .hasValue("query");
        assertThat(read("{'prompt':'x'}").requests().get(0).model()).isEmpty();
    }

    @Test
    @DisplayName("takes max_tokens for n_predict where that is not said")
    void maxTokens() {
        assertThat(read("{'prompt':'x','max_tokens':5}")
                        .requests()
                        .get(0)
                        .parameters()
                        .maxTokens())
                .hasValue(5);
        assertThat(read("{'prompt':'x','max_tokens':5,'n_predict':7}")
                        .requests()
                        .get(0)
                        .parameters()
                        .maxTokens())
                .hasValue(7);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|MISSING_FIELD|prompt",
                "{'prompt':''}|EMPTY_PROMPT|prompt",
                "{'prompt':[]}|EMPTY_PROMPT|prompt",
                "{'prompt':['']}|EMPTY_PROMPT|prompt",
                "{'prompt':[[]]}|EMPTY_PROMPT|prompt",
                "{'prompt':1}|WRONG_TYPE|prompt",
                "{'prompt':{}}|WRONG_TYPE|prompt",
                "{'prompt':[{}]}|WRONG_TYPE|prompt",
                "{'prompt':[1.5]}|WRONG_TYPE|prompt",
                "{'prompt':[-1]}|OUT_OF_RANGE|prompt",
                "{'prompt':[3000000000]}|OUT_OF_RANGE|prompt",
                "{'prompt':[1,[2]]}|WRONG_TYPE|prompt",
                "{'prompt':[[1,null]]}|WRONG_TYPE|prompt",
                "{'prompt':'x','max_tokens':-2}|OUT_OF_RANGE|max_tokens",
                "{'prompt':'x','slot_id':-2}|OUT_OF_RANGE|slot_id",
                "{'prompt':'x','json_schema':1}|WRONG_TYPE|json_schema",
                "{'prompt':'x','json_schema':{},'grammar':'root ::= x'}|CONFLICT|json_schema",
                "{'prompt':'x','response_fields':'a','stream':1}|WRONG_TYPE|stream",
                "{'prompt':'x','response_fields':[1]}|WRONG_TYPE|response_fields",
                "{'prompt':'x','return_tokens':1}|WRONG_TYPE|return_tokens",
                "{'prompt':'x','t_max_predict_ms':-2}|OUT_OF_RANGE|t_max_predict_ms",
                "{'prompt':'x','n_indent':-1}|OUT_OF_RANGE|n_indent",
                "{'prompt':'x','system_prompt':1}|WRONG_TYPE|system_prompt",
                "{'prompt':'x','system_prompt':{'prompt':1}}|WRONG_TYPE|system_prompt.prompt",
                "{'prompt':'x','model':1}|WRONG_TYPE|model",
                "{'prompt':'x','image_data':{}}|NOT_SUPPORTED|image_data",
                "{'prompt':'x','n_predict':-2}|OUT_OF_RANGE|n_predict",
                "{'prompt':'x','n_predict':1.5}|WRONG_TYPE|n_predict",
                "{'prompt':'x','top_p':2}|OUT_OF_RANGE|top_p",
                "{'prompt':'x','seed':-2}|OUT_OF_RANGE|seed",
                "{'prompt':'x','temperature':'hot'}|WRONG_TYPE|temperature",
                "{'prompt':'x','repeat_penalty':0}|OUT_OF_RANGE|repeat_penalty",
                "{'prompt':'x','repeat_last_n':-2}|OUT_OF_RANGE|repeat_last_n",
                "{'prompt':'x','dry_penalty_last_n':-2}|OUT_OF_RANGE|dry_penalty_last_n",
                "{'prompt':'x','dry_base':-1}|OUT_OF_RANGE|dry_base",
                "{'prompt':'x','dry_sequence_breakers':[1]}|WRONG_TYPE|dry_sequence_breakers",
                "{'prompt':'x','dry_sequence_breakers':['']}|OUT_OF_RANGE|dry_sequence_breakers",
                "{'prompt':'x','mirostat':3}|OUT_OF_RANGE|mirostat",
                "{'prompt':'x','mirostat':1.5}|WRONG_TYPE|mirostat",
                "{'prompt':'x','mirostat_tau':1e400}|OUT_OF_RANGE|mirostat_tau",
                "{'prompt':'x','n_probs':101}|OUT_OF_RANGE|n_probs",
                "{'prompt':'x','ignore_eos':1}|WRONG_TYPE|ignore_eos",
                "{'prompt':'x','grammar':1}|WRONG_TYPE|grammar",
                "{'prompt':'x','samplers':1}|WRONG_TYPE|samplers",
                "{'prompt':'x','samplers':['top_q']}|UNKNOWN_VALUE|samplers",
                "{'prompt':'x','samplers':'kq'}|UNKNOWN_VALUE|samplers",
                "{'prompt':'x','samplers':'kk'}|CONFLICT|samplers",
                "{'prompt':'x','logit_bias':1}|WRONG_TYPE|logit_bias",
                "{'prompt':'x','logit_bias':[1]}|WRONG_TYPE|logit_bias",
                "{'prompt':'x','logit_bias':[[1]]}|WRONG_TYPE|logit_bias",
                "{'prompt':'x','logit_bias':[[1,'a']]}|WRONG_TYPE|logit_bias",
                "{'prompt':'x','logit_bias':[[1,true]]}|WRONG_TYPE|logit_bias",
                "{'prompt':'x','logit_bias':[[1.5,1]]}|WRONG_TYPE|logit_bias",
                "{'prompt':'x','logit_bias':[[null,1]]}|WRONG_TYPE|logit_bias",
                "{'prompt':'x','logit_bias':[[-1,1]]}|OUT_OF_RANGE|logit_bias",
                "{'prompt':'x','logit_bias':[[1,1e9]]}|OUT_OF_RANGE|logit_bias",
                "{'prompt':'x','logit_bias':[[1,-1e400]]}|OUT_OF_RANGE|logit_bias",
                "{'prompt':'x','logit_bias':[['',1]]}|OUT_OF_RANGE|logit_bias",
                "{'prompt':'x','lora':[1]}|WRONG_TYPE|lora",
                "{'prompt':'x','lora':[{'id':0}]}|MISSING_FIELD|lora.scale",
                "{'prompt':'x','lora':[{'id':-1,'scale':1}]}|OUT_OF_RANGE|lora.id",
                "{'prompt':'x','id_slot':-2}|OUT_OF_RANGE|id_slot",
                "{'prompt':'x','n':0}|OUT_OF_RANGE|n",
                "{'prompt':'x','n':3,'best_of':2}|CONFLICT|best_of"
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
        assertThat(errors.claims("completions")).isTrue();
        assertThat(errors.claims("slots/0")).isTrue();
        assertThat(errors.claims("v1/rerank")).isTrue();
        assertThat(errors.claims("v1/completions")).isFalse();
        assertThat(errors.claims("completionist")).isFalse();
        assertThat(errors.claims("generate")).isFalse();
    }

    private static InvalidRequestException refusalOf(String json) {
        InvalidRequestException refusal = catchThrowableOfType(InvalidRequestException.class, () -> read(json));
        assertThat(refusal).isNotNull();
        return refusal;
    }

    private static WireCall read(String json) {
        return new CompletionFormat(NOBODY, new Session(), Optional.empty())
                .read(JsonInput.object(json.replace('\'', '"')));
    }
}
