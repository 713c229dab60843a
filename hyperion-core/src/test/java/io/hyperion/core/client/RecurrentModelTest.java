package io.hyperion.core.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hyperion.api.Completion;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.core.gguf.TinyModel;
import io.hyperion.core.model.HyperionConfiguration;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A recurrent model")
@Timeout(60)
class RecurrentModelTest {
    private static InProcessClient client;

    @BeforeAll
    static void open(@TempDir Path directory) {
        client = InProcessClient.open(HyperionConfiguration.of(Map.of(
                "hyperion.models.default.path",
                TinyModel.mamba().write(directory.resolve("mamba.gguf")).toString(),
                "hyperion.models.default.slots",
                "4",
                "hyperion.models.default.batch-size",
                "16",
                "hyperion.models.default.slot-save-path",
                directory.toString())));
    }

    @AfterAll
    static void close() {
        client.close();
    }

    private static GenerateRequest request(String prompt, GenerateParameters.Builder parameters) {
        return GenerateRequest.builder()
                .prompt(prompt)
                .parameters(parameters.temperature(0).ignoreEos(true).build())
                .build();
    }

    private static GenerateReply generate(String prompt) {
        return client.generate(request(prompt, GenerateParameters.builder().maxTokens(10)));
    }

    @Test
    @DisplayName("gives the same text for a prompt, whatever came before it or comes beside it")
    void sameText() throws Exception {
        String alone = generate("once upon a time").text();
        assertThat(generate("the other one").text()).isNotEqualTo(alone);
        List<CompletableFuture<GenerateReply>> replies = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String prompt = i % 2 == 0 ? "once upon a time" : "once upon a " + i;
            replies.add(client.generateAsync(
                            request(prompt, GenerateParameters.builder().maxTokens(10)))
                    .toCompletableFuture());
        }
        for (int i = 0; i < replies.size(); i++) {
            GenerateReply reply = replies.get(i).get(30, SECONDS);
            assertThat(reply.cachedTokens()).isZero();
            if (i % 2 == 0) {
                assertThat(reply.text()).isEqualTo(alone);
            }
        }
        GenerateReply several = client.generate(request(
                "once upon a time", GenerateParameters.builder().maxTokens(10).n(3)));
        assertThat(several.completions()).extracting(Completion::text).containsOnly(alone);
    }

    @Test
    @DisplayName("has one slot, whatever is configured, and nothing that could be saved of it")
    void oneSlot() {
        generate("once");
        assertThat(client.model("default").slots()).isOne();
        assertThat(client.figures("default").slots()).isOne();
        assertThat(client.eraseSlot(Optional.empty(), 0)).isZero();
        assertThat(catchThrowableOfType(InvalidRequestException.class, () -> client.saveSlot(Optional.empty(), 0, "a"))
                        .code())
                .isEqualTo(ErrorCode.EMPTY_SLOT);
        assertThat(catchThrowableOfType(
                                InvalidRequestException.class,
                                () -> client.generate(request(
                                        "a", GenerateParameters.builder().slot(1))))
                        .code())
                .isEqualTo(ErrorCode.OUT_OF_RANGE);
    }

    @Test
    @DisplayName("goes on behind the end of its context from what was not discarded, evaluated anew")
    void contextShift() {
        GenerateParameters.Builder shifting =
                GenerateParameters.builder().maxTokens(200).contextShift(true).keptTokens(4);
        GenerateReply reply = client.generate(request("once upon a time", shifting));
        assertThat(reply.completionTokens()).isEqualTo(200);
        assertThat(reply.completion().truncated()).isTrue();
        assertThat(client.generate(request("once upon a time", shifting)).text())
                .isEqualTo(reply.text());
        GenerateReply ending = client.generate(
                request("once upon a time", GenerateParameters.builder().maxTokens(200)));
        assertThat(ending.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(ending.completionTokens()).isLessThan(128);
        assertThat(reply.text()).startsWith(ending.text());
    }
}
