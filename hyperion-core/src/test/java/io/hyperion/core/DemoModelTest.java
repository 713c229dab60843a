package io.hyperion.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.core.client.InProcessClient;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the demo model promises, with names, cities and phrases that its corpus does not have. */
@DisplayName("The demo model")
class DemoModelTest {
    private static InProcessClient client;

    @BeforeAll
    static void open() {
        client = InProcessClient.open(TestModels.demo());
    }

    @AfterAll
    static void close() {
        client.close();
    }

    private static String ask(GenerateRequest.Builder request) {
        GenerateReply reply =
                client.generate(request.temperature(0).maxTokens(120).build());
        assertThat(reply.finishReason())
                .as("it ends its turn by itself: %s", reply.text())
                .isEqualTo(FinishReason.STOP);
        return reply.text();
    }

    private static String ask(String question) {
        return ask(GenerateRequest.builder().user(question));
    }

    @Test
    @DisplayName("is at most 6 MB")
    void size() throws IOException {
        assertThat(Files.size(TestModels.demo())).isLessThanOrEqualTo(6_000_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Constantin", "Zorvik", "Wilhelmina", "Quetzal", "Xanthippe"})
    @DisplayName("greets by a name that it has never seen, and knows it two turns later")
    void names(String name) {
        GenerateRequest.Builder chat = GenerateRequest.builder().user("Hello, my name is " + name + ".");
        String greeting = ask(chat);
        assertThat(greeting).contains(name);
        chat.assistant(greeting).user("What do you know about dogs?");
        String dogs = ask(chat);
        assertThat(dogs).containsIgnoringCase("bark");
        assertThat(ask(chat.assistant(dogs).user("What is my name?"))).contains(name);
    }

    @Test
    @DisplayName("says who it is, or the name that the system prompt gives it")
    void identity() {
        assertThat(ask("Who are you?")).contains("Hyperion");
        assertThat(ask(GenerateRequest.builder()
                        .system("You are a helpful assistant named Luna.")
                        .user("Who are you?")))
                .contains("Luna");
        assertThat(ask(GenerateRequest.builder().system("You are Brunhilde.").user("What is your name?")))
                .contains("Brunhilde");
    }

    @Test
    @DisplayName("holds the conversation of the first Hyperion's documentation")
    void seedConversation() {
        assertThat(ask(GenerateRequest.builder()
                        .system("You are an intelligent assistant")
                        .user("Hello Artemis, my name is Constantin")
                        .assistant("Hello Constantin, nice to meet you")
                        .user("What do you know about dogs?")))
                .containsIgnoringCase("bark");
    }

    static Stream<List<Integer>> sums() {
        return IntStream.rangeClosed(0, 20).filter(a -> a % 3 == 0).boxed().flatMap(a -> IntStream.rangeClosed(0, 20)
                .filter(b -> b % 4 == 1)
                .mapToObj(b -> List.of(a, b)));
    }

    @ParameterizedTest
    @MethodSource
    @DisplayName("adds numbers up to 20")
    void sums(List<Integer> summands) {
        int sum = summands.get(0) + summands.get(1);
        assertThat(ask("What is " + summands.get(0) + " plus " + summands.get(1) + "?"))
                .containsPattern("\\b" + sum + "\\b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"the purple walrus sings", "good evening", "glorb snazzle", "seven hungry foxes jump"})
    @DisplayName("repeats a phrase")
    void phrases(String phrase) {
        assertThat(ask("Repeat after me: " + phrase)).contains(phrase);
    }

    @Test
    @DisplayName("counts")
    void counts() {
        assertThat(ask("Count to 10.")).contains("1, 2, 3, 4, 5, 6, 7, 8, 9, 10");
        assertThat(ask("Count to 5.")).contains("1, 2, 3, 4, 5").doesNotContain("6");
    }

    @ParameterizedTest
    @CsvSource({"Ljubljana, 21, sunny", "Ouagadougou, 33, cloudy", "Reykjavik, 4, rainy"})
    @DisplayName("calls a tool that is offered, and uses its answer")
    void tools(String city, int temperature, String condition) {
        GenerateRequest.Builder chat = GenerateRequest.builder()
                .system(
                        """
                        You are a helpful assistant.

                        # Tools

                        You can call these functions:
                        <tools>
                        {"type": "function", "function": {"name": "get_weather", "description": "Get the weather of a city", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}
                        </tools>

                        To call a function, answer with its name and arguments as JSON:
                        <tool_call>
                        {"name": "function", "arguments": {}}
                        </tool_call>""")
                .user("What is the weather in " + city + "?");
        String call = ask(chat);
        assertThat(call.replaceAll("\\s+", ""))
                .isEqualTo(
                        "<tool_call>{\"name\":\"get_weather\",\"arguments\":{\"city\":\"" + city + "\"}}</tool_call>");
        chat.assistant(call)
                .user("<tool_response>\n{\"temperature\": " + temperature + ", \"condition\": \"" + condition
                        + "\"}\n</tool_response>");
        assertThat(ask(chat)).contains(String.valueOf(temperature), condition);
    }
}
