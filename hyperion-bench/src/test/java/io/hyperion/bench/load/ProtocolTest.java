package io.hyperion.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.hyperion.api.Message;
import io.hyperion.api.Prompt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A completion over the wire")
class ProtocolTest {
    private static final Prompt CHAT = new Prompt.Chat(List.of(Message.system("Be \"brief\"."), Message.user("Hi")));

    @Test
    @DisplayName("is read from the events of /completion, with the tokens that were evaluated")
    void completion() throws IOException {
        Completion completion = Protocol.COMPLETION.read(
                10,
                events(
                        "{\"content\":\"one\",\"stop\":false,\"tokens_predicted\":1,\"tokens_evaluated\":9}",
                        "{\"content\":\"\",\"stop\":false,\"tokens_predicted\":2,\"tokens_evaluated\":9}",
                        "{\"content\":\" two\",\"stop\":false}",
                        "{\"content\":\"\",\"stop\":true,\"tokens_predicted\":3,\"tokens_evaluated\":9,\"timings\":{\"prompt_n\":4}}"));

        assertThat(completion.text()).isEqualTo("one two");
        assertThat(completion.promptTokens()).isEqualTo(9);
        assertThat(completion.evaluatedTokens()).hasValue(4);
        assertThat(completion.completionTokens()).isEqualTo(3);
        assertThat(completion.arrivals()).containsExactly(100L, 102L);
        assertThat(completion.toFirst()).isEqualTo(90);
        assertThat(completion.ended()).isEqualTo(103);
    }

    @Test
    @DisplayName("is read from the frames of Hyperion's WebSocket, whose last has the whole text again")
    void socket() throws IOException {
        Completion completion = Protocol.COMPLETION.read(
                0,
                events(
                        "{\"id\":1,\"event\":\"token\",\"text\":\"one\"}",
                        "{\"id\":1,\"event\":\"done\",\"content\":\"one\",\"tokens_predicted\":2,\"tokens_evaluated\":3}"));

        assertThat(completion.text()).isEqualTo("one");
        assertThat(completion.arrivals()).containsExactly(100L);
        assertThat(completion.evaluatedTokens()).isEmpty();
    }

    @Test
    @DisplayName("is read from the chunks of OpenAI's two endpoints")
    void openAi() throws IOException {
        String usage =
                "{\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2},\"timings\":{\"prompt_n\":5}}";
        Completion chat = Protocol.OPENAI.read(
                0,
                events(
                        "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":null}}]}",
                        "{\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}",
                        usage,
                        "[DONE]"));
        Completion raw = Protocol.OPENAI.read(0, events("{\"choices\":[{\"text\":\"Hello\"}]}", usage, "[DONE]"));

        assertThat(List.of(chat, raw)).allSatisfy(completion -> {
            assertThat(completion.text()).isEqualTo("Hello");
            assertThat(completion.promptTokens()).isEqualTo(5);
            assertThat(completion.completionTokens()).isEqualTo(2);
            assertThat(completion.evaluatedTokens()).hasValue(5);
        });
        assertThat(chat.arrivals()).containsExactly(101L);
    }

    @Test
    @DisplayName("is an error if the server tells one, or no tokens")
    void errors() {
        assertThatIOException()
                .isThrownBy(() -> Protocol.COMPLETION.read(0, events("{\"error\":{\"message\":\"too long\"}}")))
                .withMessageContaining("too long");
        assertThatIOException().isThrownBy(() -> Protocol.COMPLETION.read(0, events("{\"content\":\"one\"}")));
        assertThatIOException().isThrownBy(() -> Protocol.COMPLETION.read(0, List.of()));
    }

    @Test
    @DisplayName("is asked for as ChatML text or as messages, by the protocol")
    void conversations() throws IOException {
        LoadRequest request = new LoadRequest(CHAT, 7);
        Json completion = Json.read(Protocol.COMPLETION.body(request));
        Json openAi = Json.read(Protocol.OPENAI.body(request));

        assertThat(completion.text("prompt"))
                .contains("<|im_start|>system\nBe \"brief\".<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
                        + "<|im_start|>assistant\n");
        assertThat(completion.whole("n_predict")).hasValue(7);
        assertThat(Protocol.OPENAI.path(CHAT)).isEqualTo("/v1/chat/completions");
        assertThat(Protocol.OPENAI.path(new Prompt.Raw("Hi"))).isEqualTo("/v1/completions");
        assertThat(openAi.get("messages").flatMap(Json::first).flatMap(first -> first.text("content")))
                .contains("Be \"brief\".");
        assertThat(openAi.whole("max_tokens")).hasValue(7);
    }

    /** One each nanosecond, from the hundredth. */
    private static List<ReceivedEvent> events(String... data) {
        List<ReceivedEvent> events = new ArrayList<>();
        for (String one : data) {
            events.add(new ReceivedEvent("", one, 100L + events.size()));
        }
        return events;
    }
}
