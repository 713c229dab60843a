package io.hyperion.core.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hyperion.api.Completion;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.core.gguf.TinyModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A request with a grammar")
@Timeout(60)
class GrammarsTest {
    /** Small enough that a model of random weights comes to its end. */
    private static final String OBJECT =
            """
            root ::= "{" pair{1,3} "}"
            pair ::= "\\"" [a-z]{1,4} "\\":" value ","?
            value ::= [0-9]{1,3} | "true" | "[" [0-9] ("," [0-9]){0,2} "]" | "\\"" [äöü漢]{0,3} "\\""
            """;

    private static final Pattern OBJECTS =
            Pattern.compile("\\{(\"[a-z]{1,4}\":(\\d{1,3}|true|\\[\\d(,\\d){0,2}]|\"[äöü漢]{0,3}\"),?){1,3}}");

    private static InProcessClient client;

    @BeforeAll
    static void open(@TempDir Path directory) {
        client = InProcessClient.open(
                TinyModel.llama().uint32("llama.context_length", 1024).write(directory.resolve("tiny.gguf")));
    }

    @AfterAll
    static void close() {
        client.close();
    }

    private static GenerateParameters.Builder grammar(String grammar) {
        return GenerateParameters.builder().grammar(grammar);
    }

    private static GenerateRequest request(GenerateParameters.Builder parameters) {
        return GenerateRequest.builder()
                .prompt("once upon a time")
                .parameters(parameters.build())
                .build();
    }

    @Test
    @DisplayName("gets a text of the grammar and no other, whatever the samplers")
    void matches() throws Exception {
        List<CompletableFuture<GenerateReply>> replies = new ArrayList<>();
        for (int seed = 0; seed < 30; seed++) {
            GenerateParameters.Builder parameters = grammar(OBJECT).seed(seed);
            switch (seed % 6) {
                case 0 -> parameters.temperature(0);
                case 1 -> parameters.temperature(2).topK(0).minP(0).topP(1);
                case 2 -> parameters.topK(1);
                case 3 -> parameters.mirostat(2);
                case 4 -> parameters.dryMultiplier(1).repeatPenalty(1.3);
                default -> parameters.logProbabilities(2).postSamplingProbabilities(true);
            }
            replies.add(client.generateAsync(request(parameters)).toCompletableFuture());
        }
        for (CompletableFuture<GenerateReply> reply : replies) {
            assertThat(reply.get(30, SECONDS).text()).matches(OBJECTS);
            assertThat(reply.get().finishReason()).isEqualTo(FinishReason.STOP);
        }
        assertThat(replies.stream().map(reply -> reply.join().text()).distinct().count())
                .isGreaterThan(10);
    }

    @Test
    @DisplayName("gets several texts of it, each on its own way")
    void several() {
        GenerateReply reply =
                client.generate(request(grammar(OBJECT).n(3).temperature(2).seed(4)));
        assertThat(reply.completions()).hasSize(3).extracting(Completion::text).allMatch(text -> OBJECTS.matcher(text)
                .matches());
        assertThat(reply.completions()).extracting(Completion::text).doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("ends where the text can be nothing but whole, also if the token for that is banned")
    void ends() {
        for (boolean banned : new boolean[] {false, true}) {
            GenerateReply reply =
                    client.generate(request(grammar("root ::= \"yes\" | \"no\"").ignoreEos(banned)));
            assertThat(reply.text()).isIn("yes", "no");
            assertThat(reply.finishReason()).isEqualTo(FinishReason.STOP);
        }
        GenerateReply endless = client.generate(
                request(grammar("root ::= [a-c]*").ignoreEos(true).maxTokens(20)));
        assertThat(endless.text()).matches("[a-c]{10,}");
        assertThat(endless.finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    @DisplayName("is refused before it is queued if the grammar is wrong, with line, column and rule")
    void wrong() {
        for (String wrong : List.of("root ::= \"a\" b\nb ::= c d", "root ::= \"a\"\nroot2 ::= [")) {
            RecordingListener listener = new RecordingListener();
            InvalidRequestException error = catchThrowableOfType(
                    InvalidRequestException.class, () -> client.stream(request(grammar(wrong)), listener));
            if (error == null) {
                // The first request of all waits for the model, and hears of it then.
                assertThatThrownBy(() -> listener.reply.get(30, SECONDS)).hasMessageContaining("line ");
                error = catchThrowableOfType(
                        InvalidRequestException.class, () -> client.stream(request(grammar(wrong)), listener));
            }
            assertThat(error.code()).isEqualTo(ErrorCode.INVALID_GRAMMAR);
            assertThat(error.parameter()).contains("grammar");
            assertThat(error).hasMessageContaining("line 2, column ");
            assertThat(client.figures("default").queued()).isZero();
        }
    }

    @Test
    @DisplayName("fails alone if the grammar turns out to be too ambiguous")
    void ambiguous() throws Exception {
        RecordingListener other = new RecordingListener();
        client.stream(request(GenerateParameters.builder().temperature(0).maxTokens(40)), other);
        // Each of the letters so far can be where a round of each of the repetitions began.
        String grammar = "root ::= (((\"x\"{0,999} \"z\"?){0,999} \"z\"?){0,999} \"z\"?){0,999}";
        RecordingListener listener = new RecordingListener();
        assertThatThrownBy(() -> {
                    client.stream(request(grammar(grammar).ignoreEos(true)), listener);
                    listener.reply.get(50, SECONDS);
                })
                .hasMessageContaining("too ambiguous");
        assertThat(other.reply.get(30, SECONDS).completionTokens()).isPositive();
    }
}
