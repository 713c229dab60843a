package io.hyperion.core.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelState;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.TokenizeReply;
import io.hyperion.api.TokenizeRequest;
import io.hyperion.core.TestModels;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("The tokens of a model")
@Timeout(60)
class TokenizeTest {
    private static InProcessClient client;

    @BeforeAll
    static void open() {
        client = InProcessClient.open(TestModels.demo());
    }

    @AfterAll
    static void close() {
        client.close();
    }

    @Test
    @DisplayName("are told by a model that is loaded for it, and give the text back")
    void roundTrip() {
        try (InProcessClient fresh = InProcessClient.open(TestModels.demo())) {
            assertThat(fresh.model("default").state()).isEqualTo(ModelState.READY);
            String text = "Hello, Zo\u00eb! 7 plus 5?\n\uD83D\uDE00";
            TokenizeReply reply = fresh.tokenize(TokenizeRequest.of(text));
            assertThat(fresh.model("default").state()).isEqualTo(ModelState.LOADED);
            assertThat(reply.model()).isEqualTo("default");
            assertThat(fresh.detokenize(DetokenizeRequest.of(reply.ids()))).isEqualTo(text);
            assertThat(reply.tokens())
                    .as("of a character that has no token there are tokens for its bytes")
                    .anyMatch(token -> token.text().isEmpty());
        }
    }

    @Test
    @DisplayName("are as many as a generation counts")
    void asGenerated() {
        String prompt = "<|im_start|>user\nHello<|im_end|>\n";
        TokenizeReply reply = client.tokenize(new TokenizeRequest(Optional.of("default"), prompt, true, true));
        assertThat(reply.tokens())
                .hasSize(client.generate(GenerateRequest.builder()
                                .prompt(prompt)
                                .maxTokens(1)
                                .build())
                        .promptTokens());
    }

    @Test
    @DisplayName("include control tokens by their names, which are made of text only if asked to")
    void controlTokens() {
        TokenizeReply control = client.tokenize(TokenizeRequest.of("<|im_end|>"));
        assertThat(control.tokens()).singleElement().satisfies(token -> {
            assertThat(token.text()).contains("<|im_end|>");
            assertThat(client.detokenize(DetokenizeRequest.of(List.of(token.id()))))
                    .isEqualTo("<|im_end|>");
        });
        TokenizeReply plain = client.tokenize(new TokenizeRequest(Optional.empty(), "<|im_end|>", false, false));
        assertThat(plain.tokens()).hasSizeGreaterThan(1);
        assertThat(client.detokenize(DetokenizeRequest.of(plain.ids()))).isEqualTo("<|im_end|>");
    }

    @Test
    @DisplayName("of nothing are none, and half a character is replaced")
    void edges() {
        assertThat(client.tokenize(TokenizeRequest.of("")).tokens()).isEmpty();
        assertThat(client.detokenize(DetokenizeRequest.of(List.of()))).isEmpty();
        List<Integer> bytes =
                client.tokenize(TokenizeRequest.of("\uD83D\uDE00")).ids();
        assertThat(client.detokenize(DetokenizeRequest.of(bytes.subList(0, bytes.size() - 1))))
                .contains("\uFFFD");
    }

    @Test
    @DisplayName("are those of the vocabulary")
    void unknownToken() {
        assertThatThrownBy(() -> client.detokenize(DetokenizeRequest.of(List.of(1, Integer.MAX_VALUE))))
                .isInstanceOfSatisfying(InvalidRequestException.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(ErrorCode.OUT_OF_RANGE);
                    assertThat(refusal.parameter()).contains("tokens");
                    assertThat(refusal)
                            .hasMessageContaining("2147483647 at index 1, but the last token of the model is ");
                });
    }

    @Test
    @DisplayName("are told of no model that is not there or cannot be loaded, nor to an interrupted thread")
    void failures() {
        assertThatThrownBy(() -> client.tokenize(new TokenizeRequest(Optional.of("other"), "a", false, true)))
                .isInstanceOf(ModelNotFoundException.class);
        try (InProcessClient missing = InProcessClient.open(Path.of("none.gguf"))) {
            assertThatThrownBy(() -> missing.tokenize(TokenizeRequest.of("a")))
                    .isInstanceOf(ModelUnavailableException.class);
        }
        try (InProcessClient fresh = InProcessClient.open(TestModels.demo())) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> fresh.tokenize(TokenizeRequest.of("a")))
                    .isInstanceOf(GenerationCancelledException.class);
            assertThat(Thread.interrupted())
                    .as("the interrupt status is set again")
                    .isTrue();
        }
        client.close();
        assertThatThrownBy(() -> client.tokenize(TokenizeRequest.of("a")))
                .isInstanceOf(ModelUnavailableException.class);
        open();
    }
}
