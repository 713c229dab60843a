package io.hyperion.core.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hyperion.api.Completion;
import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.TokenProbability;
import io.hyperion.core.gguf.TinyModel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A request for several texts, or for probabilities")
@Timeout(60)
class SeveralTextsTest {
    private static InProcessClient client;

    @BeforeAll
    static void open(@TempDir Path directory) {
        client = InProcessClient.open(TinyModel.llama().exact().write(directory.resolve("tiny.gguf")));
    }

    @AfterAll
    static void close() {
        client.close();
    }

    private static GenerateParameters.Builder parameters() {
        return GenerateParameters.builder()
                .temperature(1)
                .ignoreEos(true)
                .maxTokens(12)
                .seed(5);
    }

    private static GenerateRequest request(GenerateParameters.Builder parameters) {
        return GenerateRequest.builder()
                .prompt("once upon a time")
                .parameters(parameters.build())
                .build();
    }

    private static List<String> texts(GenerateReply reply) {
        return reply.completions().stream().map(Completion::text).toList();
    }

    private static double meanLogProbability(Completion completion) {
        return completion.probabilities().stream()
                .mapToDouble(TokenProbability::logProbability)
                .average()
                .orElseThrow();
    }

    @Test
    @DisplayName("gets different ones, the same again for the same seed, and others for another")
    void seeds() {
        List<String> texts = texts(client.generate(request(parameters().n(4))));
        assertThat(texts).hasSize(4).doesNotHaveDuplicates();
        assertThat(texts(client.generate(request(parameters().n(4))))).isEqualTo(texts);
        assertThat(texts(client.generate(request(parameters().n(2))))).isEqualTo(texts.subList(0, 2));
        assertThat(texts(client.generate(request(parameters().n(4).seed(500))))).doesNotContainAnyElementsOf(texts);
        // The last seed there is has others behind it.
        assertThat(texts(client.generate(request(parameters().n(3).seed(GenerateParameters.MAX_SEED)))))
                .doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("gets the most probable of the best of them, the best first, and hears of no other")
    void best() throws Exception {
        GenerateReply all = client.generate(request(parameters().n(6).logProbabilities(1)));
        List<String> expected = all.completions().stream()
                .sorted(Comparator.comparingDouble(SeveralTextsTest::meanLogProbability)
                        .reversed())
                .limit(2)
                .map(Completion::text)
                .toList();
        RecordingListener listener = new RecordingListener();
        client.stream(request(parameters().n(2).bestOf(6)), listener);
        assertThat(texts(listener.reply.get(30, SECONDS))).isEqualTo(expected);
        assertThat(String.join("", listener.pieces)).isEqualTo(String.join("", expected));
        assertThat(listener.reply.get().completions())
                .allSatisfy(completion -> assertThat(completion.probabilities()).isEmpty());
    }

    @Test
    @DisplayName("hears of each token's probability once, in the pieces and in the reply, and of none of a stop string")
    void probabilities() throws Exception {
        GenerateReply whole = client.generate(request(parameters().maxTokens(30).logProbabilities(3)));
        assertThat(whole.completion().probabilities()).hasSize(30);
        for (TokenProbability token : whole.completion().probabilities()) {
            assertThat(token.logProbability()).isLessThanOrEqualTo(0);
            assertThat(token.top())
                    .hasSize(3)
                    .isSortedAccordingTo(Comparator.comparingDouble(TokenProbability::logProbability)
                            .reversed());
            assertThat(token.top().stream()
                            .mapToDouble(top -> Math.exp(top.logProbability()))
                            .sum())
                    .isLessThan(1.0001);
            token.top().stream()
                    .filter(top -> top.token() == token.token())
                    .forEach(top -> assertThat(top.logProbability()).isEqualTo(token.logProbability(), within(1e-6)));
        }
        String text = whole.text();
        // Two tokens or more, of letters only, of which the text ends before the first.
        String stop = stopString(whole.completion());
        List<TokenProbability> heard = new ArrayList<>();
        RecordingListener listener = new RecordingListener() {
            @Override
            public void onPiece(GenerateEvent.Piece piece) {
                heard.addAll(piece.probabilities());
                super.onPiece(piece);
            }
        };
        client.stream(request(parameters().maxTokens(30).logProbabilities(3).stop(stop)), listener);
        GenerateReply stopped = listener.reply.get(30, SECONDS);
        assertThat(stopped.stopString()).contains(stop);
        assertThat(stopped.text()).isEqualTo(text.substring(0, text.indexOf(stop)));
        assertThat(heard).isEqualTo(stopped.completion().probabilities());
        assertThat(whole.completion().probabilities().subList(0, heard.size()))
                .extracting(TokenProbability::token)
                .isEqualTo(heard.stream().map(TokenProbability::token).toList());
        assertThat(text(heard)).isEqualTo(stopped.text());
        assertThat(stopped.completionTokens()).isGreaterThan(heard.size());
    }

    /** The text of two tokens side by side, which comes nowhere before. */
    private static String stopString(Completion completion) {
        List<TokenProbability> tokens = completion.probabilities();
        for (int i = 5; i + 1 < tokens.size(); i++) {
            String two = text(tokens.subList(i, i + 2));
            int before = text(tokens.subList(0, i)).length();
            if (two.chars().allMatch(c -> c >= ' ' && c < 127)
                    && completion.text().indexOf(two) == before) {
                return two;
            }
        }
        throw new AssertionError("No two tokens of ASCII: " + completion.text());
    }

    private static String text(List<TokenProbability> tokens) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        tokens.forEach(token -> token.bytes().forEach(bytes::write));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** A step is counted behind the reply that it made, but before what comes next between two steps. */
    private static void settle() {
        client.eraseSlot(Optional.empty(), 0);
    }

    @Test
    @DisplayName("is one request of the figures, and evaluates the prompt once")
    void counted() {
        settle();
        ModelFigures before = client.figures();
        GenerateReply reply = client.generate(GenerateRequest.builder()
                .prompt("once upon a time there was the one that was not there")
                .parameters(parameters().n(4).cachePrompt(false).build())
                .build());
        assertThat(reply.completionTokens()).isEqualTo(48);
        settle();
        ModelFigures after = client.figures();
        assertThat(after.completionTokens() - before.completionTokens()).isEqualTo(48);
        assertThat(after.promptTokens() - before.promptTokens())
                .isBetween((long) reply.promptTokens(), reply.promptTokens() + 3L);
        assertThat(after.requests().values().stream().mapToLong(Long::longValue).sum()
                        - before.requests().values().stream()
                                .mapToLong(Long::longValue)
                                .sum())
                .isOne();
        assertThat(after.busySequences()).isZero();
    }
}
