package io.hyperion.core.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.Completion;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Message;
import io.hyperion.api.ResponseFormat;
import io.hyperion.api.Tool;
import io.hyperion.api.ToolCall;
import io.hyperion.api.ToolChoice;
import io.hyperion.core.TestModels;
import io.hyperion.core.schema.Schemas;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Tools and forms of the text, through the client")
class ToolCallsTest {
    private static final Tool WEATHER = tool("get_weather", "Get the current weather in a city", "city");
    private static final Tool PRICE = tool("lookup_price", "Look up the price of an item", "item");

    private static InProcessClient client;

    private static Tool tool(String name, String description, String parameter) {
        return new Tool(
                name,
                description,
                Schemas.read("{\"type\": \"object\", \"properties\": {\"" + parameter
                        + "\": {\"type\": \"string\"}}, \"required\": [\"" + parameter
                        + "\"], \"additionalProperties\": false}"));
    }

    @BeforeAll
    static void open() {
        client = InProcessClient.open(TestModels.demo());
    }

    @AfterAll
    static void close() {
        client.close();
    }

    private static GenerateRequest.Builder ask(String question, Tool... tools) {
        return GenerateRequest.builder()
                .user(question)
                .tools(List.of(tools))
                .temperature(0)
                .maxTokens(200);
    }

    /** A listener that keeps what it hears. */
    private static final class Recorder implements GenerateListener {
        final List<GenerateEvent.Piece> pieces = new ArrayList<>();
        final List<GenerateEvent.ToolCallPiece> calls = new ArrayList<>();
        final CompletableFuture<GenerateReply> reply = new CompletableFuture<>();

        @Override
        public void onPiece(GenerateEvent.Piece piece) {
            pieces.add(piece);
        }

        @Override
        public void onText(String text) {
            throw new AssertionError(text);
        }

        @Override
        public void onToolCall(GenerateEvent.ToolCallPiece piece) {
            calls.add(piece);
        }

        @Override
        public void onDone(GenerateReply done) {
            reply.complete(done);
        }

        @Override
        public void onError(HyperionException error) {
            reply.completeExceptionally(error);
        }

        String text(int completion) {
            StringBuilder text = new StringBuilder();
            pieces.stream()
                    .filter(piece -> piece.completion() == completion)
                    .forEach(piece -> text.append(piece.text()));
            return text.toString();
        }

        String arguments(int completion, int index) {
            StringBuilder text = new StringBuilder();
            calls.stream()
                    .filter(piece -> piece.completion() == completion && piece.index() == index)
                    .forEach(piece -> text.append(piece.arguments()));
            return text.toString();
        }
    }

    @Test
    @DisplayName("calls a tool when the model sees fit, and answers with its result")
    void auto() {
        GenerateRequest.Builder chat = ask("What is the weather in Ljubljana?", WEATHER, PRICE);
        GenerateReply reply = client.generate(chat.build());
        assertThat(reply.finishReason()).as(reply.text()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(reply.text()).isEmpty();
        assertThat(reply.toolCalls()).hasSize(1);
        ToolCall call = reply.toolCalls().get(0);
        assertThat(call.name()).isEqualTo("get_weather");
        assertThat(Schemas.read(call.arguments())).isEqualTo(Map.of("city", "Ljubljana"));
        GenerateReply answer = client.generate(chat.message(Message.assistant("", reply.toolCalls()))
                .message(Message.tool(call, "{\"temperature\": 21, \"condition\": \"sunny\"}"))
                .build());
        assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(answer.text()).contains("21", "sunny");
    }

    @Test
    @DisplayName("answers with text when the model sees no need of a tool")
    void autoText() {
        GenerateReply reply = client.generate(ask("What is 7 plus 5?", WEATHER).build());
        assertThat(reply.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(reply.text()).contains("12");
        assertThat(reply.toolCalls()).isEmpty();
    }

    @Test
    @DisplayName("calls a tool that is required, with arguments that fit, where the model would not")
    void required() {
        for (long seed = 1; seed <= 8; seed++) {
            GenerateReply reply = client.generate(ask("What do you know about dogs?", WEATHER, PRICE)
                    .toolChoice(ToolChoice.REQUIRED)
                    .temperature(1.5)
                    .seed(seed)
                    .maxTokens(300)
                    .build());
            assertThat(reply.text()).isEmpty();
            assertThat(reply.toolCalls()).isNotEmpty();
            if (reply.finishReason() == FinishReason.LENGTH) {
                continue;
            }
            assertThat(reply.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
            for (ToolCall call : reply.toolCalls()) {
                Tool tool = call.name().equals("get_weather") ? WEATHER : PRICE;
                assertThat(Schemas.complaints(tool.parameters(), call.arguments()))
                        .as("%s", call)
                        .isEmpty();
            }
        }
    }

    @Test
    @DisplayName("calls the named tool once")
    void named() {
        GenerateReply reply = client.generate(ask("What is the weather in Rome?", WEATHER, PRICE)
                .toolChoice(new ToolChoice.Named("lookup_price"))
                .build());
        assertThat(reply.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(reply.toolCalls()).hasSize(1);
        assertThat(reply.toolCalls().get(0).name()).isEqualTo("lookup_price");
        assertThat(Schemas.complaints(
                        PRICE.parameters(), reply.toolCalls().get(0).arguments()))
                .isEmpty();
    }

    @Test
    @DisplayName("is not told of tools where the choice is none")
    void none() {
        GenerateRequest with = ask("What is the weather in Rome?", WEATHER)
                .toolChoice(ToolChoice.NONE)
                .build();
        GenerateRequest without = ask("What is the weather in Rome?").build();
        assertThat(client.render(with)).isEqualTo(client.render(without));
        assertThat(client.generate(with).text())
                .isEqualTo(client.generate(without).text())
                .isNotEmpty();
        assertThat(client.render(ask("What is the weather in Rome?", WEATHER).build()))
                .contains("get_weather");
    }

    @Test
    @DisplayName("streams a call: its name at once, its arguments in pieces, and no text of it")
    void streams() throws Exception {
        Recorder recorder = new Recorder();
        client.stream(
                ask("What is the weather in Ljubljana?", WEATHER)
                        .toolChoice(ToolChoice.REQUIRED)
                        .parallelToolCalls(false)
                        .build(),
                recorder);
        GenerateReply reply = recorder.reply.get();
        assertThat(recorder.pieces).allMatch(piece -> piece.text().isEmpty());
        assertThat(recorder.calls).hasSizeGreaterThan(2);
        assertThat(recorder.calls)
                .allMatch(piece -> piece.index() == 0
                        && piece.name().equals("get_weather")
                        && piece.id().equals(recorder.calls.get(0).id()));
        assertThat(recorder.calls.get(0).arguments()).startsWith("{").doesNotContain("}");
        assertThat(reply.toolCalls())
                .containsExactly(new ToolCall(recorder.calls.get(0).id(), "get_weather", recorder.arguments(0, 0)));
    }

    @Test
    @DisplayName("reads the calls of several completions apart")
    void several() throws Exception {
        Recorder recorder = new Recorder();
        GenerateRequest request =
                ask("What is the weather in Ljubljana?", WEATHER, PRICE).build();
        client.stream(
                request.toBuilder()
                        .parameters(request.parameters().toBuilder()
                                .temperature(0.7)
                                .seed(3)
                                .n(3)
                                .returnTokens(true)
                                .build())
                        .build(),
                recorder);
        GenerateReply reply = recorder.reply.get();
        assertThat(reply.completions()).hasSize(3);
        for (int i = 0; i < 3; i++) {
            Completion completion = reply.completions().get(i);
            int index = i;
            assertThat(recorder.text(i)).isEqualTo(completion.text());
            assertThat(IntStream.range(0, completion.toolCalls().size())
                            .mapToObj(call -> recorder.arguments(index, call)))
                    .isEqualTo(completion.toolCalls().stream()
                            .map(ToolCall::arguments)
                            .toList());
            assertThat(recorder.pieces.stream()
                            .filter(piece -> piece.completion() == index)
                            .flatMap(piece -> piece.tokens().stream()))
                    .as("no token is lost")
                    .isEqualTo(completion.tokenIds());
        }
        assertThat(reply.completions())
                .anyMatch(completion -> !completion.toolCalls().isEmpty());
    }

    @Test
    @DisplayName("gives the arguments so far of a call that the limit cut off")
    void cutOff() {
        GenerateReply whole = client.generate(ask("What is the weather in Ljubljana?", WEATHER)
                .toolChoice(ToolChoice.REQUIRED)
                .parallelToolCalls(false)
                .build());
        GenerateReply cut = client.generate(ask("What is the weather in Ljubljana?", WEATHER)
                .toolChoice(ToolChoice.REQUIRED)
                .maxTokens(whole.completionTokens() - 8)
                .build());
        assertThat(cut.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(cut.toolCalls()).hasSize(1);
        assertThat(whole.toolCalls().get(0).arguments())
                .startsWith(cut.toolCalls().get(0).arguments())
                .isNotEqualTo(cut.toolCalls().get(0).arguments());
    }

    @Test
    @DisplayName("answers in the generic form where the template knows no other, and the caller is told what it says")
    void generic() throws Exception {
        Recorder recorder = new Recorder();
        client.stream(
                ask("What do you know about dogs?", WEATHER)
                        .template("chatml")
                        .maxTokens(60)
                        .build(),
                recorder);
        GenerateReply reply = recorder.reply.get();
        assertThat(reply.prompt()).contains("\"response\"");
        assertThat(recorder.text(0)).isEqualTo(reply.text());
        assertThat(reply.text() + reply.toolCalls()).doesNotContain("{\"response\"", "{\"tool_call");
        GenerateReply called = client.generate(ask("What is the weather in Rome?", WEATHER)
                .template("chatml")
                .toolChoice(ToolChoice.REQUIRED)
                .parallelToolCalls(false)
                .build());
        assertThat(called.toolCalls()).hasSize(1);
        assertThat(Schemas.complaints(
                        WEATHER.parameters(), called.toolCalls().get(0).arguments()))
                .isEmpty();
    }

    @Test
    @DisplayName("writes JSON of a schema, or any JSON object, after messages and after a raw prompt")
    void responseFormat() {
        Map<String, Object> schema = Schemas.read(
                """
                {"type": "object", "properties": {"name": {"type": "string", "maxLength": 10}, "age": {"type": "integer", "minimum": 0,
                 "maximum": 150}}, "required": ["name", "age"], "additionalProperties": false}""");
        for (GenerateRequest.Builder request : List.of(
                GenerateRequest.builder().user("Who are you?"),
                GenerateRequest.builder().prompt("A dog is"))) {
            GenerateReply reply = client.generate(request.responseFormat(new ResponseFormat.JsonSchema(schema))
                    .temperature(0)
                    .maxTokens(300)
                    .build());
            assertThat(reply.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(Schemas.complaints(schema, reply.text()))
                    .as(reply.text())
                    .isEmpty();
        }
        GenerateReply object = client.generate(GenerateRequest.builder()
                .user("Who are you?")
                .responseFormat(ResponseFormat.JSON_OBJECT)
                .temperature(0)
                .maxTokens(300)
                .build());
        assertThat(object.text()).startsWith("{");
    }

    @Test
    @DisplayName("binds the text to the schema where tools are there and none is called")
    void toolsAndSchema() {
        Map<String, Object> schema = Schemas.read(
                "{\"type\": \"object\", \"properties\": {\"sum\": {\"type\": \"integer\", \"maximum\": 99, \"minimum\": 0}}, \"required\": [\"sum\"], \"additionalProperties\": false}");
        GenerateReply reply = client.generate(ask("What is 7 plus 5?", WEATHER)
                .responseFormat(new ResponseFormat.JsonSchema(schema))
                .build());
        if (reply.toolCalls().isEmpty()) {
            assertThat(Schemas.complaints(schema, reply.text()))
                    .as(reply.text())
                    .isEmpty();
        } else {
            assertThat(Schemas.complaints(
                            WEATHER.parameters(), reply.toolCalls().get(0).arguments()))
                    .isEmpty();
        }
    }

    @Test
    @DisplayName("refuses a grammar beside tools, and a schema that cannot be said, and names the field")
    void refuses() {
        GenerateRequest grammar = ask("Hi", WEATHER)
                .parameters(
                        GenerateParameters.builder().grammar("root ::= \"x\"").build())
                .build();
        assertThatThrownBy(() -> client.generate(grammar)).isInstanceOfSatisfying(InvalidRequestException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT);
            assertThat(e.parameter()).contains("grammar");
        });
        assertThat(client.generate(
                                grammar.toBuilder().toolChoice(ToolChoice.NONE).build())
                        .text())
                .isEqualTo("x");
        GenerateRequest impossible = ask("Hi")
                .responseFormat(new ResponseFormat.JsonSchema(Map.of("type", "object", "not", Map.of())))
                .build();
        assertThatThrownBy(() -> client.generate(impossible))
                .isInstanceOfSatisfying(
                        InvalidRequestException.class,
                        e -> assertThat(e.parameter().orElseThrow()).startsWith("response_format"));
    }
}
