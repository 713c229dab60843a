package io.hyperion.war.hyperion;

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
import io.hyperion.war.json.JsonInput;
import io.hyperion.war.wire.WireCall;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A generate request")
class GenerateFormatTests {
    @Test
    @DisplayName("says all that can be said")
    void everything() {
        WireCall call = read(
                "{'model':'tiny','messages':[{'role':'system','content':'Be brief.'},{'role':'user','content':'Hi'},"
                        + "{'role':'AI','content':''}],'stream':true,'loader':'lamma.cpp','temperature':0.5,'top_p':1,'top_k':50,"
                        + "'min_p':0.1,'do_sample':true,'max_tokens':7,'seed':4294967295,'stop':['a','b'],'template':'chatml',"
                        + "'template_vars':{'x':1},'timeout':1.5}");

        GenerateRequest request = call.requests().get(0);
        assertThat(call.stream()).hasValue(true);
        assertThat(request.model()).hasValue("tiny");
        assertThat(request.prompt())
                .isEqualTo(new Prompt.Chat(
                        List.of(Message.system("Be brief."), Message.user("Hi"), new Message(Role.ASSISTANT, ""))));
        assertThat(request.parameters())
                .isEqualTo(GenerateParameters.builder()
                        .temperature(0.5)
                        .topP(1)
                        .topK(50)
                        .minP(0.1)
                        .doSample(true)
                        .maxTokens(7)
                        .seed(4294967295L)
                        .stop("a", "b")
                        .build());
        assertThat(request.template()).hasValue("chatml");
        assertThat(request.templateVariables()).containsEntry("x", 1L);
        assertThat(request.timeout()).hasValue(Duration.ofMillis(1500));
    }

    @Test
    @DisplayName("needs a prompt and nothing else")
    void least() {
        WireCall call = read("{'prompt':'Once','stop':'.'}");

        assertThat(call.requests().get(0).prompt()).isEqualTo(new Prompt.Raw("Once"));
        assertThat(call.requests().get(0).parameters().stop()).containsExactly(".");
        assertThat(call.requests().get(0).model()).isEmpty();
        assertThat(call.stream()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|MISSING_FIELD|messages",
                "{'messages':null}|MISSING_FIELD|messages",
                "{'prompt':'a','messages':[{'role':'user','content':'x'}]}|CONFLICT|prompt",
                "{'prompt':''}|EMPTY_PROMPT|prompt",
                "{'prompt':1}|WRONG_TYPE|prompt",
                "{'messages':[]}|EMPTY_PROMPT|messages",
                "{'messages':{}}|WRONG_TYPE|messages",
                "{'messages':'x'}|WRONG_TYPE|messages",
                "{'messages':['x']}|WRONG_TYPE|messages",
                "{'messages':[{'role':'user'}]}|MISSING_FIELD|messages.content",
                "{'messages':[{'content':'x'}]}|MISSING_FIELD|messages.role",
                "{'messages':[{'role':'robot','content':'x'}]}|UNKNOWN_VALUE|messages.role",
                "{'messages':[{'role':1,'content':'x'}]}|WRONG_TYPE|messages.role",
                "{'messages':[{'role':'user','content':['x']}]}|WRONG_TYPE|messages.content",
                "{'prompt':'x','temperature':-0.1}|OUT_OF_RANGE|temperature",
                "{'prompt':'x','temperature':100.5}|OUT_OF_RANGE|temperature",
                "{'prompt':'x','temperature':1e400}|OUT_OF_RANGE|temperature",
                "{'prompt':'x','temperature':'0.5'}|WRONG_TYPE|temperature",
                "{'prompt':'x','temperature':true}|WRONG_TYPE|temperature",
                "{'prompt':'x','top_p':0}|OUT_OF_RANGE|top_p",
                "{'prompt':'x','top_p':1.01}|OUT_OF_RANGE|top_p",
                "{'prompt':'x','top_k':-1}|OUT_OF_RANGE|top_k",
                "{'prompt':'x','top_k':2147483648}|OUT_OF_RANGE|top_k",
                "{'prompt':'x','top_k':1.5}|WRONG_TYPE|top_k",
                "{'prompt':'x','min_p':2}|OUT_OF_RANGE|min_p",
                "{'prompt':'x','do_sample':1}|WRONG_TYPE|do_sample",
                "{'prompt':'x','do_sample':'false'}|WRONG_TYPE|do_sample",
                "{'prompt':'x','max_tokens':-1}|OUT_OF_RANGE|max_tokens",
                "{'prompt':'x','max_tokens':1e1000000000}|OUT_OF_RANGE|max_tokens",
                "{'prompt':'x','seed':-1}|OUT_OF_RANGE|seed",
                "{'prompt':'x','seed':4294967296}|OUT_OF_RANGE|seed",
                "{'prompt':'x','stop':''}|OUT_OF_RANGE|stop",
                "{'prompt':'x','stop':[1]}|WRONG_TYPE|stop",
                "{'prompt':'x','stop':true}|WRONG_TYPE|stop",
                "{'prompt':'x','stream':'true'}|WRONG_TYPE|stream",
                "{'prompt':'x','loader':'vllm'}|UNKNOWN_VALUE|loader",
                "{'prompt':'x','loader':1}|WRONG_TYPE|loader",
                "{'prompt':'x','model':1}|WRONG_TYPE|model",
                "{'prompt':'x','template':1}|WRONG_TYPE|template",
                "{'prompt':'x','template_vars':[]}|WRONG_TYPE|template_vars",
                "{'prompt':'x','template_vars':{'a':1e400}}|OUT_OF_RANGE|template_vars.a",
                "{'prompt':'x','timeout':0}|OUT_OF_RANGE|timeout",
                "{'prompt':'x','timeout':-1}|OUT_OF_RANGE|timeout",
                "{'prompt':'x','timeout':86401}|OUT_OF_RANGE|timeout",
                "{'prompt':'x','timeout':1e400}|OUT_OF_RANGE|timeout"
            })
    @DisplayName("is refused with its field when it is wrong")
    void wrong(String json, ErrorCode code, String parameter) {
        InvalidRequestException refusal = catchThrowableOfType(InvalidRequestException.class, () -> read(json));

        assertThat(refusal).isNotNull();
        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal.parameter()).hasValue(parameter);
        assertThat(refusal.getMessage()).contains(parameter.replaceAll(".*\\.", ""));
    }

    @Test
    @DisplayName("that asks for too much is told how much there may be")
    void limits() {
        assertThat(messageOf("{'prompt':'x','top_p':1.5}")).contains("1.5").contains("1");
        assertThat(messageOf("{'prompt':'x','seed':4294967296}")).contains("between 0 and 4294967295");
        assertThat(messageOf("{'prompt':'x','timeout':86401}")).contains("86400 seconds");
        assertThat(messageOf("{'prompt':'x','loader':'vllm'}"))
                .contains("llama.cpp")
                .contains("vllm");
    }

    @Test
    @DisplayName("is answered with the fields of Hyperion's first clients, in their order")
    void reply() {
        GenerateReply reply = new GenerateReply(
                "tiny",
                "<p>",
                12,
                0,
                0,
                List.of(new Completion("Hi \"there\"", 5, FinishReason.LENGTH, Optional.empty(), false, List.of())),
                new Timings(Duration.ofMillis(500), Duration.ofMillis(500), Duration.ofSeconds(2)));
        WireCall call = read("{'prompt':'x'}");

        assertThat(call.reply(List.of(reply)).toString())
                .isEqualTo(
                        "{\"success\":\"true\",\"output\":\"Hi \\\"there\\\"\",\"prompt\":\"<p>\",\"prompt_tokens\":12,"
                                + "\"completion_tokens\":5,\"execution_time\":3.0,\"tokens_per_second\":2.0,\"method\":\"model.generate\","
                                + "\"model\":\"tiny\",\"finish_reason\":\"length\",\"cached_tokens\":0,\"slot\":0,\"timings\":{"
                                + "\"prompt_n\":12,\"prompt_ms\":500.0,\"prompt_per_token_ms\":41.666666666666664,"
                                + "\"prompt_per_second\":24.0,\"predicted_n\":5,\"predicted_ms\":2000.0,"
                                + "\"predicted_per_token_ms\":400.0,\"predicted_per_second\":2.5,\"queue_ms\":500.0,\"cache_n\":0},"
                                + "\"truncated\":false}");
        assertThat(call.streamEnd(List.of(reply))).isEqualTo(List.of(call.reply(List.of(reply))));
        assertThat(call.piece(0, new GenerateEvent.Piece("a\nb")).toString()).isEqualTo("{\"text\":\"a\\nb\"}");
    }

    @Test
    @DisplayName("for several completions is answered with all of them, by their index")
    void several() {
        TokenProbability other = new TokenProbability(8, "b", List.of(98), -2, List.of());
        TokenProbability token = new TokenProbability(7, "a", List.of(97), -0.5, List.of(other));
        GenerateReply reply = new GenerateReply(
                "tiny",
                "<p>",
                12,
                4,
                0,
                List.of(
                        new Completion("a", 2, FinishReason.STOP, Optional.empty(), false, List.of(token)),
                        new Completion("c", 3, FinishReason.STOP, Optional.of("d"), true, List.of())),
                new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO));
        WireCall call = read("{'prompt':'x','n':2,'n_probs':1}");
        String probabilities =
                "\"completion_probabilities\":[{\"id\":7,\"token\":\"a\",\"bytes\":[97],\"logprob\":-0.5,"
                        + "\"top_logprobs\":[{\"id\":8,\"token\":\"b\",\"bytes\":[98],\"logprob\":-2.0}]}]";

        assertThat(call.reply(List.of(reply)).toString())
                .contains("\"completion_tokens\":5", "\"cached_tokens\":4")
                .endsWith(probabilities
                        + ",\"completions\":[{\"index\":0,\"output\":\"a\",\"completion_tokens\":2,\"finish_reason\":\"stop\","
                        + "\"truncated\":false,"
                        + probabilities
                        + "},{\"index\":1,\"output\":\"c\",\"completion_tokens\":3,\"finish_reason\":\"stop\","
                        + "\"truncated\":true,\"stop_string\":\"d\"}]}");
        assertThat(call.piece(0, new GenerateEvent.Piece("a", 0, 2, List.of(token), List.of(), Optional.empty()))
                        .toString())
                .isEqualTo("{\"text\":\"a\",\"index\":0," + probabilities + "}");
        TokenProbability afterSampling = new TokenProbability(7, "a", List.of(97), -0.5, List.of(), true);
        assertThat(read("{'prompt':'x','n_probs':1}")
                        .piece(0, new GenerateEvent.Piece("a", 0, List.of(afterSampling)))
                        .getJsonArray("completion_probabilities")
                        .getJsonObject(0)
                        .getJsonNumber("prob")
                        .doubleValue())
                .isEqualTo(Math.exp(-0.5));
    }

    @Test
    @DisplayName("may have tools and a form of the text, as OpenAI's have them")
    void tools() {
        GenerateRequest request = read("{'messages':[{'role':'user','content':[{'type':'text','text':'Hi'}]},"
                        + "{'role':'assistant','tool_calls':[{'id':'1','function':{'name':'f','arguments':'{}'}}]},"
                        + "{'role':'tool','tool_call_id':'1','content':'x'}],"
                        + "'tools':[{'type':'function','function':{'name':'f'}}],'tool_choice':'required',"
                        + "'parallel_tool_calls':false}")
                .requests()
                .get(0);
        assertThat(request.prompt())
                .isEqualTo(new Prompt.Chat(List.of(
                        Message.user("Hi"),
                        Message.assistant("", List.of(new ToolCall("1", "f", "{}"))),
                        new Message(Role.TOOL, "x", List.of(), Optional.of("1"), Optional.empty()))));
        assertThat(request.tools()).containsExactly(new Tool("f", "", Map.of()));
        assertThat(request.toolChoice()).isEqualTo(ToolChoice.REQUIRED);
        assertThat(request.parallelToolCalls()).isFalse();

        ResponseFormat schema = new ResponseFormat.JsonSchema(Map.of("type", "object"));
        for (String format : List.of(
                "'response_format':{'type':'json_schema','json_schema':{'schema':{'type':'object'}}}",
                "'json_schema':{'type':'object'}")) {
            assertThat(read("{'prompt':'x'," + format + "}").requests().get(0).responseFormat())
                    .isEqualTo(schema);
        }
    }

    @Test
    @DisplayName("is told the calls of tools as a message can have them again")
    void toolCalls() {
        Completion completion = new Completion(
                "",
                2,
                FinishReason.TOOL_CALLS,
                Optional.empty(),
                false,
                List.of(),
                List.of(),
                List.of(new ToolCall("1", "f", "{}")));
        Timings timings = new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO);
        String told = read("{'prompt':'x'}")
                .reply(List.of(new GenerateReply("tiny", "<p>", 12, 4, 0, List.of(completion), timings)))
                .toString();

        assertThat(told)
                .contains("\"finish_reason\":\"tool_calls\"")
                .contains("\"tool_calls\":[{\"id\":\"1\",\"type\":\"function\","
                        + "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]");
    }

    @Test
    @DisplayName("is told the ids of tokens, and with each piece the timings, if it asked for them")
    void tokensAndTimings() {
        WireCall call = read("{'prompt':'x','return_tokens':true,'timings_per_token':true}");
        Timings timings = new Timings(Duration.ZERO, Duration.ofMillis(40), Duration.ofMillis(500));
        Completion completion =
                new Completion("a", 2, FinishReason.STOP, Optional.empty(), false, List.of(), List.of(7, 2), List.of());

        assertThat(call.reply(List.of(new GenerateReply("tiny", "<p>", 12, 4, 0, List.of(completion), timings)))
                        .toString())
                .endsWith("\"queue_ms\":0.0,\"cache_n\":4},\"truncated\":false,\"tokens\":[7,2]}");
        assertThat(call.piece(
                                0,
                                new GenerateEvent.Piece(
                                        "a", 0, 1, List.of(), List.of(7), Optional.of(new Progress(10, 6, 5, timings))))
                        .toString())
                .startsWith("{\"text\":\"a\",\"tokens\":[7],\"timings\":{\"prompt_n\":4,");
    }

    @Test
    @DisplayName("may have tokens, and texts between them, as its one prompt")
    void tokens() {
        assertThat(read("{'prompt':[1,2,'a',3]}").requests())
                .extracting(GenerateRequest::prompt)
                .containsExactly(new Prompt.Mixed(List.of(
                        new Prompt.Part.Tokens(List.of(1, 2)),
                        new Prompt.Part.Text("a"),
                        new Prompt.Part.Tokens(List.of(3)))));
        assertThat(read("{'prompt':['a','b']}").requests())
                .extracting(GenerateRequest::prompt)
                .containsExactly(new Prompt.Mixed(List.of(new Prompt.Part.Text("a"), new Prompt.Part.Text("b"))));
    }

    @Test
    @DisplayName("may have a gap to fill instead of a prompt")
    void infill() {
        assertThat(read("{'infill':{'prefix':'a','suffix':'b','begin':'c','extra':[{'name':'d','text':'e'}]}}")
                        .requests()
                        .get(0)
                        .prompt())
                .isEqualTo(new Prompt.Infill("a", "b", "c", List.of(new Prompt.Extra("d", "e"))));
        assertThat(messageOf("{'infill':{'prefix':'a'}}")).contains("infill.suffix");
        assertThat(messageOf("{'prompt':'x','infill':{'prefix':'a','suffix':'b'}}"))
                .contains("'prompt' and 'infill' exclude each other");
        assertThat(messageOf("{'messages':[{'role':'user','content':'x'}],'infill':{'prefix':'a','suffix':'b'}}"))
                .contains("exclude each other");
    }

    private static String messageOf(String json) {
        return catchThrowableOfType(InvalidRequestException.class, () -> read(json))
                .getMessage();
    }

    private static WireCall read(String json) {
        return GenerateFormat.INSTANCE.read(JsonInput.object(json.replace('\'', '"')));
    }
}
