package io.hyperion.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.json.Description;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A conversation with tools")
class ToolLoopTest {
    public record WeatherQuery(@Description("a city, such as Berlin") String city, Optional<Integer> days) {}

    public record Weather(int degrees, String sky) {}

    public record Nothing() {}

    private static final ToolCall BERLIN = new ToolCall("1", "weather", "{\"city\":\"Berlin\",\"days\":null}");
    private static final ToolCall ROME = new ToolCall("2", "weather", "{\"city\":\"Rome\",\"days\":2}");

    private final ScriptedModel model = new ScriptedModel();
    private final HyperionClient client = model.client();
    private final List<WeatherQuery> queries = new ArrayList<>();
    private final JavaTool weather =
            JavaTool.of("weather", "Tells the weather of a city", WeatherQuery.class, query -> {
                queries.add(query);
                return new Weather(query.city().length(), "clear");
            });

    private static GenerateRequest.Builder request() {
        return GenerateRequest.builder().user("Do I need an umbrella?");
    }

    private static JavaTool failing(Exception failure) {
        return JavaTool.of("weather", "", WeatherQuery.class, query -> {
            throw failure;
        });
    }

    private Message lastMessage() {
        List<Message> messages =
                ((Prompt.Chat) model.requests.get(model.requests.size() - 1).prompt()).messages();
        return messages.get(messages.size() - 1);
    }

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    @Test
    @DisplayName(
            "tells the model of the tools, runs those that it calls in order, tells their results, and gives the answer")
    void answers() {
        model.replies("Let me see.", FinishReason.TOOL_CALLS, List.of(BERLIN, ROME))
                .says("No.", FinishReason.STOP);
        Conversation conversation = client.converse(request().temperature(0).build(), List.of(weather));
        assertThat(conversation.text()).isEqualTo("No.");
        assertThat(queries)
                .containsExactly(
                        new WeatherQuery("Berlin", Optional.empty()), new WeatherQuery("Rome", Optional.of(2)));
        assertThat(conversation.messages())
                .containsExactly(
                        Message.user("Do I need an umbrella?"),
                        Message.assistant("Let me see.", List.of(BERLIN, ROME)),
                        Message.tool(BERLIN, "{\"degrees\":6,\"sky\":\"clear\"}"),
                        Message.tool(ROME, "{\"degrees\":4,\"sky\":\"clear\"}"),
                        Message.assistant("No."));
        assertThat(conversation.rounds()).isEqualTo(1);
        assertThat(conversation.promptTokens()).isEqualTo(20);
        assertThat(conversation.completionTokens()).isEqualTo(6);
        Tool told = model.requests.get(0).tools().get(0);
        assertThat(told.name()).isEqualTo("weather");
        assertThat(told.description()).isEqualTo("Tells the weather of a city");
        assertThat((Map<?, ?>) told.parameters().get("properties")).hasSize(2);
        assertThat(model.requests.get(1).parameters().temperature()).hasValue(0);
    }

    @Test
    @DisplayName("is one reply where the model calls nothing, or is cut short within a call")
    void withoutCalls() {
        model.says("Hello.", FinishReason.STOP)
                .replies("I", FinishReason.LENGTH, List.of(new ToolCall("1", "weather", "{\"ci")));
        assertThat(client.converse(request().build(), List.of(weather)).rounds())
                .isZero();
        Conversation cut = client.converse(request().build(), List.of(weather));
        assertThat(cut.reply().finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(cut.messages()).endsWith(Message.assistant("I"));
        assertThat(queries).isEmpty();
    }

    @Test
    @DisplayName("gives the model a text as it is, and anything else as JSON")
    void results() {
        for (Object result : new Object[] {"plain \"text\"", 3, null, List.of(Optional.empty(), "a"), Map.of("a", 1)}) {
            JavaTool tool = JavaTool.of("now", "", Nothing.class, nothing -> result);
            model.calls(new ToolCall("1", "now", "")).says("ok", FinishReason.STOP);
            client.converse(request().build(), List.of(tool));
            assertThat(lastMessage().content())
                    .isEqualTo(
                            result instanceof String text
                                    ? text
                                    : result instanceof List<?>
                                            ? "[null,\"a\"]"
                                            : result instanceof Map<?, ?> ? "{\"a\":1}" : String.valueOf(result));
        }
    }

    @Test
    @DisplayName("tells the model of tools that do not exist, arguments that do not fit, and functions that fail")
    void failures() {
        model.calls(new ToolCall("1", "sun\n", "{}")).says("sorry", FinishReason.STOP);
        client.converse(request().build(), List.of(weather));
        assertThat(lastMessage().content()).isEqualTo("{\"error\":\"There is no tool 'sun\uFFFD'\"}");

        model.calls(new ToolCall("1", "weather", "{\"city\":")).says("sorry", FinishReason.STOP);
        client.converse(request().build(), List.of(weather));
        assertThat(lastMessage().content()).startsWith("{\"error\":\"The arguments cannot be read.");
        assertThat(queries).isEmpty();

        model.calls(BERLIN).says("sorry", FinishReason.STOP);
        client.converse(request().build(), List.of(failing(new IOException("the station is \uD83D out of order"))));
        assertThat(lastMessage().content()).isEqualTo("{\"error\":\"the station is ? out of order\"}");

        model.calls(BERLIN).says("sorry", FinishReason.STOP);
        client.converse(request().build(), List.of(failing(new ArithmeticException())));
        assertThat(lastMessage().content()).isEqualTo("{\"error\":\"ArithmeticException\"}");

        model.calls(BERLIN).says("sorry", FinishReason.STOP);
        client.converse(
                request().build(), List.of(JavaTool.of("weather", "", WeatherQuery.class, query -> "a NUL \0")));
        assertThat(lastMessage().content()).contains("error").contains("NUL character");
    }

    @Test
    @DisplayName("demands a call in the first round only, and forbids them after the last")
    void choices() {
        model.calls(BERLIN).calls(BERLIN).calls(BERLIN).says("at last", FinishReason.STOP);
        GenerateRequest required = request()
                .tools(List.of(weather.tool()))
                .toolChoice(ToolChoice.REQUIRED)
                .build();
        Conversation conversation = client.converse(required, List.of(weather), 3);
        assertThat(conversation.rounds()).isEqualTo(3);
        assertThat(model.requests)
                .extracting(GenerateRequest::toolChoice)
                .containsExactly(ToolChoice.REQUIRED, ToolChoice.AUTO, ToolChoice.AUTO, ToolChoice.NONE);
    }

    @Test
    @DisplayName("shares the request's time-out between its rounds")
    void timeout() {
        model.calls(BERLIN).says("late", FinishReason.STOP);
        client.converse(request().timeout(Duration.ofSeconds(30)).build(), List.of(weather));
        assertThat(model.requests.get(1).timeout().orElseThrow())
                .isLessThan(model.requests.get(0).timeout().orElseThrow());

        model.calls(BERLIN, ROME);
        Duration timeout = Duration.ofMillis(50);
        JavaTool slow = JavaTool.of("weather", "", WeatherQuery.class, query -> {
            queries.add(query);
            long begin = System.nanoTime();
            while (System.nanoTime() - begin <= timeout.toNanos()) {
                LockSupport.parkNanos(timeout.toNanos());
            }
            return "";
        });
        queries.clear();
        assertThatThrownBy(() -> client.converse(request().timeout(timeout).build(), List.of(slow)))
                .isInstanceOf(GenerationTimeoutException.class);
        assertThat(queries).hasSize(1);
    }

    @Test
    @DisplayName("ends when a function is interrupted, and with the client's own errors")
    void ends() {
        model.calls(BERLIN, ROME);
        assertThatThrownBy(() -> client.converse(request().build(), List.of(failing(new InterruptedException()))))
                .isInstanceOf(GenerationCancelledException.class);
        assertThat(Thread.interrupted()).isTrue();

        model.calls(BERLIN);
        JavaTool inner = JavaTool.of("weather", "", WeatherQuery.class, query -> {
            Thread.currentThread().interrupt();
            throw new GenerationCancelledException(ErrorCode.CANCELLED, "interrupted");
        });
        assertThatThrownBy(() -> client.converse(request().build(), List.of(inner)))
                .isInstanceOf(GenerationCancelledException.class);
        assertThat(Thread.interrupted()).isTrue();

        model.calls(BERLIN).fails(new ContextExceededException(ErrorCode.CONTEXT_EXCEEDED, "too long"));
        assertThatThrownBy(() -> client.converse(request().build(), List.of(weather)))
                .isInstanceOf(ContextExceededException.class);
    }

    @Test
    @DisplayName("needs messages, tools of different names that have functions, one text, and a bound")
    void refused() {
        List<JavaTool> tools = List.of(weather);
        assertThatThrownBy(() -> client.converse(
                        request().tools(List.of(new Tool("sun", "", Map.of()))).build(), tools))
                .hasMessageContaining("'sun', which has no function");
        assertThatThrownBy(() -> client.converse(request().build(), List.of(weather, weather)))
                .hasMessageContaining("Two tools");
        assertThatThrownBy(() ->
                        client.converse(GenerateRequest.builder().prompt("raw").build(), tools))
                .hasMessageContaining("'messages'");
        assertThatThrownBy(() -> client.converse(
                        request()
                                .parameters(GenerateParameters.builder().n(2).build())
                                .build(),
                        tools))
                .hasMessageContaining("'n' must be 1");
        for (int rounds : new int[] {0, 101}) {
            assertThatThrownBy(() -> client.converse(request().build(), tools, rounds))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("between 1 and 100");
        }
        assertThatThrownBy(() -> JavaTool.of("t", "", List.class, list -> ""))
                .isInstanceOfSatisfying(InvalidRequestException.class, error -> assertThat(error.code())
                        .isEqualTo(ErrorCode.INVALID_SCHEMA));
        assertThatThrownBy(() -> JavaTool.of("t", "", Thread.class, list -> ""))
                .hasMessageContaining("java.lang.Thread");
        assertThatThrownBy(() -> JavaTool.of("a tool", "", Nothing.class, nothing -> ""))
                .hasMessageContaining("tools.function.name");
        assertThat(model.requests).isEmpty();
    }
}
