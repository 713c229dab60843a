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
import io.hyperion.api.LogitBias;
import io.hyperion.api.Message;
import io.hyperion.api.Progress;
import io.hyperion.api.Prompt;
import io.hyperion.api.ResponseFormat;
import io.hyperion.api.Role;
import io.hyperion.api.Timings;
import io.hyperion.api.TokenProbability;
import io.hyperion.api.Tool;
import io.hyperion.api.ToolCall;
import io.hyperion.api.ToolChoice;
import io.hyperion.jca.NonManagedHyperion;
import io.hyperion.war.json.JsonInput;
import io.hyperion.war.wire.WireCall;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A chat completion")
class ChatFormatTests {
    private static final String HELLO = "'messages':[{'role':'user','content':'Hello'}]";
    private static final String WEATHER =
            "'tools':[{'type':'function','function':{'name':'weather','description':'Tells it','strict':true,"
                    + "'parameters':{'type':'object','properties':{'city':{'type':'string'}}}}},"
                    + "{'type':'function','function':{'name':'time'}}]";

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
    @DisplayName("says what OpenAI's clients say")
    void everything() {
        WireCall call = read("{'model':'default'," + HELLO + ",'temperature':0.5,'top_p':0.9,'max_completion_tokens':7,"
                + "'stop':['a','b'],'seed':3,'frequency_penalty':0.1,'presence_penalty':0.2,'n':2,'best_of':3,"
                + "'logit_bias':{'5':-100,'6':2},'logprobs':true,'top_logprobs':4,'stream':true}");
        GenerateRequest request = call.requests().get(0);

        assertThat(call.requests()).hasSize(1);
        assertThat(call.stream()).hasValue(true);
        assertThat(request.model()).hasValue("default");
        assertThat(request.prompt()).isEqualTo(new Prompt.Chat(List.of(Message.user("Hello"))));
        assertThat(request.parameters())
                .isEqualTo(GenerateParameters.builder()
                        .temperature(0.5)
                        .topP(0.9)
                        .maxTokens(7)
                        .stop("a", "b")
                        .seed(3)
                        .frequencyPenalty(0.1)
                        .presencePenalty(0.2)
                        .n(2)
                        .bestOf(3)
                        .logitBias(List.of(LogitBias.of(5, LogitBias.BANNED), LogitBias.of(6, 2)))
                        .logProbabilities(4)
                        .build());
    }

    @Test
    @DisplayName("says what clients of other servers say beside")
    void extras() {
        GenerateRequest request = request(
                "{" + HELLO + ",'top_k':5,'min_p':0.1,'repeat_penalty':1.2,'repeat_penalty_num':9,"
                        + "'grammar':'root ::= [a]','chat_template':'chatml','chat_template_kwargs':{'enable_thinking':false},"
                        + "'reasoning_effort':'low','cache_prompt':false,'ignore_eos':true,'timings_per_token':true,'mirostat':2}");

        assertThat(request.parameters())
                .isEqualTo(GenerateParameters.builder()
                        .topK(5)
                        .minP(0.1)
                        .repeatPenalty(1.2)
                        .repeatLastN(9)
                        .grammar("root ::= [a]")
                        .cachePrompt(false)
                        .ignoreEos(true)
                        .timingsPerToken(true)
                        .mirostat(2)
                        .n(1)
                        .build());
        assertThat(request.template()).hasValue("chatml");
        assertThat(request.templateVariables()).isEqualTo(Map.of("enable_thinking", false, "reasoning_effort", "low"));
    }

    @Test
    @DisplayName("leaves to the model what it does not say, and asks the default model if it names none")
    void defaults() {
        GenerateRequest request = request("{" + HELLO + ",'temperature':null,'max_tokens':-1,'top_k':-1,'seed':-1}");

        assertThat(request.parameters())
                .isEqualTo(GenerateParameters.builder().topK(0).n(1).build());
        assertThat(request.model()).hasValue("default");
    }

    @Test
    @DisplayName("may have any seed of 64 bits, of which each gives the same one of 32")
    void seeds() {
        assertThat(request("{" + HELLO + ",'seed':-2}").parameters().seed())
                .isEqualTo(request("{" + HELLO + ",'seed':-2}").parameters().seed())
                .isNotEqualTo(request("{" + HELLO + ",'seed':-3}").parameters().seed());
        assertThat(request("{" + HELLO + ",'seed':9223372036854775807}")
                        .parameters()
                        .seed())
                .isPresent();
        assertThat(request("{" + HELLO + ",'seed':4294967295}").parameters().seed())
                .hasValue(4_294_967_295L);
    }

    @Test
    @DisplayName("has messages of all roles and forms")
    void messages() {
        GenerateRequest request = request("{'messages':[{'role':'developer','content':'Be kind.','name':'boss'},"
                + "{'role':'user','content':[{'type':'text','text':'Weather'},{'type':'text','text':'in Oslo?'}]},"
                + "{'role':'assistant','content':null,'tool_calls':[{'id':'call_1','type':'function',"
                + "'function':{'name':'weather','arguments':'{}'}}]},"
                + "{'role':'tool','tool_call_id':'call_1','content':'rain'},"
                + "{'role':'assistant','refusal':'No.','content':null},"
                + "{'role':'assistant','function_call':{'name':'time','arguments':'{}'}},"
                + "{'role':'function','name':'time','content':'noon'}]}");

        ToolCall call = new ToolCall("call_1", "weather", "{}");
        assertThat(((Prompt.Chat) request.prompt()).messages())
                .containsExactly(
                        new Message(Role.DEVELOPER, "Be kind.", List.of(), Optional.empty(), Optional.of("boss")),
                        Message.user("Weather\nin Oslo?"),
                        Message.assistant("", List.of(call)),
                        new Message(Role.TOOL, "rain", List.of(), Optional.of("call_1"), Optional.empty()),
                        Message.assistant("No."),
                        Message.assistant("", List.of(new ToolCall("", "time", "{}"))),
                        new Message(Role.TOOL, "noon", List.of(), Optional.empty(), Optional.of("time")));
    }

    @Test
    @DisplayName("has tools and a choice among them")
    void tools() {
        GenerateRequest request = request("{" + HELLO + "," + WEATHER + ",'parallel_tool_calls':false}");
        Tool weather = new Tool(
                "weather",
                "Tells it",
                Map.of("type", "object", "properties", Map.of("city", Map.of("type", "string"))));
        assertThat(request.tools()).containsExactly(weather, new Tool("time", "", Map.of()));
        assertThat(request.toolChoice()).isEqualTo(ToolChoice.AUTO);
        assertThat(request.parallelToolCalls()).isFalse();

        assertThat(choice("'none'")).isEqualTo(ToolChoice.NONE);
        assertThat(choice("'auto'")).isEqualTo(ToolChoice.AUTO);
        assertThat(choice("'required'")).isEqualTo(ToolChoice.REQUIRED);
        assertThat(choice("{'type':'function','function':{'name':'time'}}")).isEqualTo(new ToolChoice.Named("time"));
        GenerateRequest allowed = request("{" + HELLO + "," + WEATHER + ",'tool_choice':{'type':'allowed_tools',"
                + "'allowed_tools':{'mode':'required','tools':[{'type':'function','function':{'name':'time'}}]}}}");
        assertThat(allowed.tools()).extracting(Tool::name).containsExactly("time");
        assertThat(allowed.toolChoice()).isEqualTo(ToolChoice.REQUIRED);
    }

    @Test
    @DisplayName("may say the form of the text in the ways that are seen")
    void responseFormats() {
        ResponseFormat schema = new ResponseFormat.JsonSchema(Map.of("type", "object"));
        assertThat(format("{'type':'text'}")).isEqualTo(ResponseFormat.TEXT);
        assertThat(format("{'type':'json_object'}")).isEqualTo(ResponseFormat.JSON_OBJECT);
        assertThat(format("{'type':'json_object','schema':{'type':'object'}}")).isEqualTo(schema);
        assertThat(format("{'type':'json_schema','schema':{'type':'object'}}")).isEqualTo(schema);
        assertThat(format("{'type':'json_schema','json_schema':{'name':'x','strict':true,'schema':{'type':'object'}}}"))
                .isEqualTo(schema);
        assertThat(request("{" + HELLO + ",'json_schema':{'type':'object'}}").responseFormat())
                .isEqualTo(schema);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "'user':'me'",
                "'metadata':{'a':'b'}",
                "'store':true",
                "'service_tier':'flex'",
                "'prediction':{'type':'content','content':'x'}",
                "'modalities':['text']",
                "'verbosity':'low'",
                "'safety_identifier':'x'",
                "'prompt_cache_key':'x'",
                "'audio':null",
                "'nonsense':1"
            })
    @DisplayName("may say what changes nothing")
    void harmless(String field) {
        assertThat(request("{" + HELLO + "," + field + "}").parameters())
                .isEqualTo(GenerateParameters.builder().n(1).build());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'audio':{'voice':'alloy','format':'mp3'}|NOT_SUPPORTED|audio",
                "'modalities':['text','audio']|NOT_SUPPORTED|modalities",
                "'web_search_options':{}|NOT_SUPPORTED|web_search_options",
                "'moderation':{}|NOT_SUPPORTED|moderation",
                "'functions':[{'name':'f'}]|NOT_SUPPORTED|functions",
                "'function_call':'auto'|NOT_SUPPORTED|function_call",
                "'max_tokens':1,'max_completion_tokens':2|CONFLICT|max_tokens",
                "'max_tokens':-2|OUT_OF_RANGE|max_tokens",
                "'max_tokens':'5'|WRONG_TYPE|max_tokens",
                "'top_p':-1|OUT_OF_RANGE|top_p",
                "'top_p':1.5|OUT_OF_RANGE|top_p",
                "'top_logprobs':2|CONFLICT|top_logprobs",
                "'logprobs':2|WRONG_TYPE|logprobs",
                "'n':2,'best_of':1|CONFLICT|best_of",
                "'stream_options':{'include_usage':true}|CONFLICT|stream_options",
                "'stream':true,'stream_options':{'include_usage':1}|WRONG_TYPE|stream_options.include_usage",
                "'logit_bias':[1]|WRONG_TYPE|logit_bias",
                "'logit_bias':{'5':1e9}|OUT_OF_RANGE|logit_bias",
                "'chat_template':1|WRONG_TYPE|chat_template",
                "'chat_template_kwargs':[]|WRONG_TYPE|chat_template_kwargs",
                "'tools':{}|WRONG_TYPE|tools",
                "'tools':[1]|WRONG_TYPE|tools[0]",
                "'tools':[{'type':'custom','custom':{'name':'x'}}]|NOT_SUPPORTED|tools[0].type",
                "'tools':[{'type':'function'}]|MISSING_FIELD|tools[0].function",
                "'tools':[{'type':'function','function':{}}]|MISSING_FIELD|tools[0].function.name",
                "'tools':[{'function':{'name':'a b'}}]|UNKNOWN_VALUE|tools[0].function.name",
                "'tools':[{'function':{'name':'a','parameters':[]}}]|WRONG_TYPE|tools[0].function.parameters",
                "'tools':[{'function':{'name':'a'}},{'function':{'name':'a'}}]|CONFLICT|tools.function.name",
                "'tool_choice':'required'|CONFLICT|tool_choice",
                "'tool_choice':'maybe'|UNKNOWN_VALUE|tool_choice",
                "'tool_choice':{'type':'function','function':{'name':'x'}}|UNKNOWN_VALUE|tool_choice",
                "'tool_choice':{'type':'custom'}|UNKNOWN_VALUE|tool_choice.type",
                "'tool_choice':{'type':'allowed_tools','allowed_tools':{'mode':'auto','tools':[{'function':{'name':'x'}}]}}|UNKNOWN_VALUE|tool_choice.allowed_tools.tools[0].function",
                "'response_format':'json'|WRONG_TYPE|response_format",
                "'response_format':{}|MISSING_FIELD|response_format.type",
                "'response_format':{'type':'xml'}|UNKNOWN_VALUE|response_format.type",
                "'response_format':{'type':'json_schema'}|MISSING_FIELD|response_format.json_schema",
                "'response_format':{'type':'json_schema','json_schema':{'name':'x'}}|MISSING_FIELD|response_format.json_schema.schema",
                "'response_format':{'type':'json_object'},'json_schema':{}|CONFLICT|json_schema",
                "'response_format':{'type':'json_object'},'grammar':'root ::= [a]'|CONFLICT|response_format"
            })
    @DisplayName("is refused with its field when it is wrong")
    void wrong(String fields, ErrorCode code, String parameter) {
        assertRefused("{" + HELLO + "," + fields + "}", code, parameter);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1|WRONG_TYPE|messages[0]",
                "{'role':'user','content':[]}|EMPTY_PROMPT|messages[0].content",
                "{'role':'user','content':[1]}|WRONG_TYPE|messages[0].content[0]",
                "{'role':'user','content':[{'type':'text'}]}|MISSING_FIELD|messages[0].content[0].text",
                "{'role':'user','content':[{'type':'file','file':{}}]}|NOT_SUPPORTED|messages[0].content[0].type",
                "{'role':'user','content':[{'type':'smell'}]}|UNKNOWN_VALUE|messages[0].content[0].type",
                "{'role':'user','content':'x\\u0000'}|INVALID_TEXT|messages[0].content",
                "{'role':'assistant'}|MISSING_FIELD|messages[0].content",
                "{'role':'assistant','tool_calls':[{'function':{'name':'x'}}]}|MISSING_FIELD|messages[0].tool_calls[0].function.arguments",
                "{'role':'assistant','tool_calls':[{'type':'custom'}]}|NOT_SUPPORTED|messages[0].tool_calls[0].type",
                "{'role':'user','content':'x','tool_calls':[{'function':{'name':'x','arguments':'{}'}}]}|CONFLICT|messages[0].tool_calls",
                "{'role':'tool','content':'x','tool_call_id':1}|WRONG_TYPE|messages[0].tool_call_id"
            })
    @DisplayName("is refused with the place of a message that is wrong")
    void wrongMessage(String message, ErrorCode code, String parameter) {
        assertRefused("{'messages':[" + message + "]}", code, parameter);
    }

    @Test
    @DisplayName("is told as a whole")
    void whole() {
        JsonObject reply = (JsonObject) read("{" + HELLO + ",'n':2}")
                .reply(List.of(reply(
                        completion("Hi", FinishReason.STOP),
                        new Completion(
                                "",
                                3,
                                FinishReason.TOOL_CALLS,
                                Optional.empty(),
                                false,
                                List.of(),
                                List.of(),
                                List.of(new ToolCall("call_1", "weather", "{\"city\":\"Oslo\"}"))))));

        JsonArray choices = reply.getJsonArray("choices");
        assertThat(choices.get(0))
                .isEqualTo(json("{'index':0,'message':{'role':'assistant','content':'Hi','refusal':null},"
                        + "'logprobs':null,'finish_reason':'stop'}"));
        assertThat(choices.get(1))
                .isEqualTo(json("{'index':1,'message':{'role':'assistant','content':null,'refusal':null,'tool_calls':["
                        + "{'id':'call_1','type':'function','function':{'name':'weather',"
                        + "'arguments':'{\\'city\\':\\'Oslo\\'}'}}]},'logprobs':null,'finish_reason':'tool_calls'}"));
        assertThat(reply.getJsonObject("usage"))
                .isEqualTo(json("{'prompt_tokens':5,'completion_tokens':6,'total_tokens':11,"
                        + "'prompt_tokens_details':{'cached_tokens':2},'completion_tokens_details':{"
                        + "'reasoning_tokens':0,'accepted_prediction_tokens':0,'rejected_prediction_tokens':0}}"));
        assertThat(reply).doesNotContainKey("timings");
    }

    @Test
    @DisplayName("is streamed with the role first, the calls of tools in pieces, and the reasons at the end")
    void streamed() {
        WireCall call = read("{" + HELLO + "," + WEATHER + ",'stream':true,'stream_options':{'include_usage':true}}");
        List<JsonObject> events = new ArrayList<>(call.streamBegin());
        events.add(call.piece(0, new GenerateEvent.Piece("Well")));
        events.add(call.piece(0, new GenerateEvent.ToolCallPiece(0, 0, "call_1", "weather", "")));
        events.add(call.piece(0, new GenerateEvent.ToolCallPiece(0, 0, "call_1", "weather", "{}")));
        events.add(call.piece(0, new GenerateEvent.ToolCallPiece(0, 1, "call_2", "time", "{}")));
        events.addAll(call.streamEnd(List.of(reply(completion("Well", FinishReason.TOOL_CALLS)))));

        assertThat(events.stream()
                        .map(event -> event.getString("id") + event.getInt("created"))
                        .distinct())
                .hasSize(1);
        assertThat(events.stream().map(ChatFormatTests::delta))
                .containsExactly(
                        json("{'role':'assistant','content':null,'refusal':null}"),
                        json("{'content':'Well'}"),
                        json("{'tool_calls':[{'index':0,'id':'call_1','type':'function',"
                                + "'function':{'name':'weather','arguments':''}}]}"),
                        json("{'tool_calls':[{'index':0,'function':{'arguments':'{}'}}]}"),
                        json("{'tool_calls':[{'index':1,'id':'call_2','type':'function',"
                                + "'function':{'name':'time','arguments':'{}'}}]}"),
                        JsonValue.EMPTY_JSON_OBJECT,
                        JsonValue.NULL);
        assertThat(events.subList(0, 6)).allMatch(event -> event.isNull("usage"));
        assertThat(events.get(5).getJsonArray("choices").getJsonObject(0).getString("finish_reason"))
                .isEqualTo("tool_calls");
        assertThat(events.get(6).getJsonObject("usage").getInt("total_tokens")).isEqualTo(8);
    }

    @Test
    @DisplayName("has no usage in a stream that is not asked for it, and its text begins empty without tools")
    void streamedPlainly() {
        WireCall call = read("{" + HELLO + ",'stream':true,'n':2}");

        assertThat(call.streamBegin()).hasSize(2).noneMatch(event -> event.containsKey("usage"));
        assertThat(delta(call.streamBegin().get(0)))
                .isEqualTo(json("{'role':'assistant','content':'','refusal':null}"));
        assertThat(call.streamEnd(
                        List.of(reply(completion("", FinishReason.LENGTH), completion("", FinishReason.STOP)))))
                .extracting(
                        event -> event.getJsonArray("choices").getJsonObject(0).getString("finish_reason"))
                .containsExactly("length", "stop");
    }

    @Test
    @DisplayName("tells timings with each piece if asked for them")
    void timings() {
        WireCall call = read("{" + HELLO + ",'timings_per_token':true}");
        Progress progress = new Progress(5, 2, 4, timing());
        JsonObject piece =
                call.piece(0, new GenerateEvent.Piece("a", 0, 1, List.of(), List.of(), Optional.of(progress)));

        assertThat(piece.getJsonObject("timings").getInt("prompt_n")).isEqualTo(3);
        assertThat(piece.getJsonObject("timings").getInt("predicted_n")).isEqualTo(4);
        assertThat(((JsonObject) call.reply(List.of(reply(completion("a", FinishReason.STOP)))))
                        .getJsonObject("timings"))
                .isNotNull();
    }

    @Test
    @DisplayName("tells as many probabilities as asked for, and finite ones")
    void logprobs() {
        TokenProbability other = new TokenProbability(2, "b", List.of(98), Double.NEGATIVE_INFINITY, List.of());
        TokenProbability token = new TokenProbability(1, "a", List.of(97), -0.5, List.of(other));
        GenerateEvent.Piece piece = new GenerateEvent.Piece("a", 0, List.of(token));

        assertThat(logprobs(read("{" + HELLO + ",'logprobs':true,'top_logprobs':1}"), piece))
                .isEqualTo(json("{'content':[{'token':'a','logprob':-0.5,'bytes':[97],"
                        + "'top_logprobs':[{'token':'b','logprob':-9999.0,'bytes':[98]}]}],'refusal':null}"));
        assertThat(logprobs(read("{" + HELLO + ",'logprobs':true}"), piece))
                .isEqualTo(json(
                        "{'content':[{'token':'a','logprob':-0.5,'bytes':[97],'top_logprobs':[]}],'refusal':null}"));
        assertThat(logprobs(read("{" + HELLO + "}"), piece)).isEqualTo(JsonValue.NULL);
    }

    private static JsonValue logprobs(WireCall call, GenerateEvent.Piece piece) {
        return call.piece(0, piece).getJsonArray("choices").getJsonObject(0).get("logprobs");
    }

    private static JsonValue delta(JsonObject event) {
        JsonArray choices = event.getJsonArray("choices");
        return choices.isEmpty() ? JsonValue.NULL : choices.getJsonObject(0).get("delta");
    }

    private static Completion completion(String text, FinishReason reason) {
        return new Completion(text, 3, reason, Optional.empty(), false, List.of());
    }

    private static Timings timing() {
        return new Timings(Duration.ZERO, Duration.ofMillis(2), Duration.ofMillis(8));
    }

    private static GenerateReply reply(Completion... completions) {
        return new GenerateReply("default", "Hello", 5, 2, 0, List.of(completions), timing());
    }

    private static ToolChoice choice(String choice) {
        return request("{" + HELLO + "," + WEATHER + ",'tool_choice':" + choice + "}")
                .toolChoice();
    }

    private static ResponseFormat format(String format) {
        return request("{" + HELLO + ",'response_format':" + format + "}").responseFormat();
    }

    private static void assertRefused(String json, ErrorCode code, String parameter) {
        InvalidRequestException refusal = catchThrowableOfType(InvalidRequestException.class, () -> read(json));
        assertThat(refusal).isNotNull();
        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal.parameter()).hasValue(parameter);
    }

    private static GenerateRequest request(String json) {
        return read(json).requests().get(0);
    }

    private static WireCall read(String json) {
        return new ChatFormat(hyperion.client()).read(JsonInput.object(json.replace('\'', '"')));
    }

    private static JsonValue json(String text) {
        return Json.createReader(new StringReader(text.replace('\'', '"'))).readValue();
    }
}
