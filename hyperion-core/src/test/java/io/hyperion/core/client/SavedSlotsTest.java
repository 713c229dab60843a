package io.hyperion.core.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionException;
import io.hyperion.api.LoraScale;
import io.hyperion.api.SlotReply;
import io.hyperion.api.TokenizeRequest;
import io.hyperion.core.gguf.TinyLora;
import io.hyperion.core.gguf.TinyModel;
import io.hyperion.core.model.HyperionConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A saved slot")
@Timeout(60)
class SavedSlotsTest {
    private static final Optional<String> DEFAULT = Optional.empty();
    private static final String PROMPT = "once upon a time there was the one and only";

    @TempDir
    Path directory;

    @BeforeEach
    void write() throws IOException {
        TinyModel.llama().exact().uint32("llama.context_length", 512).write(directory.resolve("tiny.gguf"));
        TinyLora.llama(7).write(directory.resolve("lora.gguf"));
        Files.createDirectory(directory.resolve("slots"));
    }

    private InProcessClient client() {
        return InProcessClient.open(HyperionConfiguration.of(Map.of(
                "hyperion.models.default.path",
                directory.resolve("tiny.gguf").toString(),
                "hyperion.models.default.lora",
                directory.resolve("lora.gguf") + "=0",
                "hyperion.models.default.slots",
                "2",
                "hyperion.models.default.slot-save-path",
                directory.resolve("slots").toString())));
    }

    private static GenerateRequest request(String prompt, GenerateParameters parameters) {
        return GenerateRequest.builder()
                .prompt(prompt)
                .parameters(
                        parameters.toBuilder().temperature(0).ignoreEos(true).build())
                .build();
    }

    private static GenerateReply generate(InProcessClient client, String prompt, double scale) {
        return client.generate(request(
                prompt,
                GenerateParameters.builder()
                        .maxTokens(12)
                        .lora(List.of(new LoraScale(0, scale)))
                        .build()));
    }

    @Test
    @DisplayName(
            "goes on in another process where it ended, with the same text and nothing to evaluate but its last token")
    void goesOn() {
        GenerateReply first;
        int tokens;
        try (InProcessClient client = client()) {
            first = generate(client, PROMPT, 0);
            SlotReply saved = client.saveSlot(DEFAULT, first.slot(), "a.slot");
            // The last token was told, and never evaluated.
            tokens = first.promptTokens() + first.completionTokens() - 1;
            assertThat(saved.tokens()).isEqualTo(tokens);
            assertThat(directory.resolve("slots/a.slot")).hasSize(saved.bytes());
        }
        try (InProcessClient client = client()) {
            assertThat(client.restoreSlot(DEFAULT, 1, "a.slot").tokens()).isEqualTo(tokens);
            assertThat(client.figures("default").usedCells()).isEqualTo(tokens);
            GenerateReply again = generate(client, PROMPT, 0);
            assertThat(again.cachedTokens()).isEqualTo(again.promptTokens() - 1);
            assertThat(again.text()).isEqualTo(first.text());
        }
    }

    @Test
    @DisplayName("is for requests with the scales of adapters that it was evaluated with")
    void ofItsAdapters() {
        String adapted;
        try (InProcessClient client = client()) {
            GenerateReply first = generate(client, PROMPT, 1);
            adapted = first.text();
            client.saveSlot(DEFAULT, first.slot(), "adapted");
        }
        try (InProcessClient client = client()) {
            client.restoreSlot(DEFAULT, 0, "adapted");
            GenerateReply same = generate(client, PROMPT, 1);
            assertThat(same.cachedTokens()).isEqualTo(same.promptTokens() - 1);
            assertThat(same.text()).isEqualTo(adapted);
            assertThat(generate(client, PROMPT, 0.5).cachedTokens()).isZero();
        }
    }

    @Test
    @DisplayName("may be of a slot at work, of which it has what is evaluated so far")
    void busy() throws Exception {
        try (InProcessClient client = client()) {
            RecordingListener listener = new RecordingListener();
            Generation generation = client.stream(
                    request(PROMPT, GenerateParameters.builder().slot(1).build()), listener);
            assertThat(listener.firstPiece.await(30, SECONDS)).isTrue();
            SlotReply saved = client.saveSlot(DEFAULT, 1, "busy");
            int prompt = client.tokenize(new TokenizeRequest(DEFAULT, PROMPT, true, true))
                    .tokens()
                    .size();
            assertThat(saved.tokens()).isGreaterThanOrEqualTo(prompt);
            generation.cancel();
            listener.reply.get(30, SECONDS);
        }
    }

    @Test
    @DisplayName("is refused where there is nothing to save, no such slot, no such file or no directory")
    void refused() {
        try (InProcessClient client = client()) {
            assertRefused(() -> client.saveSlot(DEFAULT, 0, "a"), ErrorCode.EMPTY_SLOT);
            for (int slot : new int[] {-1, 2, Integer.MAX_VALUE}) {
                assertRefused(() -> client.saveSlot(DEFAULT, slot, "a"), ErrorCode.OUT_OF_RANGE);
                assertRefused(() -> client.restoreSlot(DEFAULT, slot, "a"), ErrorCode.OUT_OF_RANGE);
                assertRefused(() -> client.eraseSlot(DEFAULT, slot), ErrorCode.OUT_OF_RANGE);
            }
            assertRefused(() -> client.restoreSlot(DEFAULT, 0, "a"), ErrorCode.UNUSABLE_FILE);
            assertRefused(() -> client.restoreSlot(DEFAULT, 0, "../tiny.gguf"), ErrorCode.INVALID_FILE_NAME);
            assertThat(directory.resolve("slots")).isEmptyDirectory();
        }
        try (InProcessClient client = InProcessClient.open(directory.resolve("tiny.gguf"))) {
            generate(client, PROMPT, GenerateParameters.none());
            assertRefused(() -> client.saveSlot(DEFAULT, 0, "a"), ErrorCode.SAVING_IS_OFF);
        }
    }

    private static void generate(InProcessClient client, String prompt, GenerateParameters parameters) {
        client.generate(request(prompt, parameters.toBuilder().maxTokens(1).build()));
    }

    private static void assertRefused(ThrowingCallable call, ErrorCode code) {
        assertThat(catchThrowableOfType(HyperionException.class, call).code()).isEqualTo(code);
    }

    @Test
    @DisplayName("is forgotten when it is erased, and its cells are free at once")
    void erased() {
        try (InProcessClient client = client()) {
            GenerateReply reply = generate(client, PROMPT, 0);
            int tokens = reply.promptTokens() + reply.completionTokens() - 1;
            assertThat(client.eraseSlot(DEFAULT, 1 - reply.slot()))
                    .as("the other slot")
                    .isZero();
            assertThat(client.figures("default").usedCells()).isEqualTo(tokens);
            assertThat(client.eraseSlot(DEFAULT, reply.slot())).isEqualTo(tokens);
            assertThat(client.figures("default").usedCells()).isZero();
            assertThat(client.figures("default").cachedSequences()).isZero();
            assertThat(client.eraseSlot(DEFAULT, reply.slot())).isZero();
            assertRefused(() -> client.saveSlot(DEFAULT, reply.slot(), "a"), ErrorCode.EMPTY_SLOT);
            assertThat(generate(client, PROMPT, 0).cachedTokens()).isZero();
        }
    }

    @Test
    @DisplayName("is not waited for by a listener of the model, which would stop it for ever")
    void fromListener() throws Exception {
        try (InProcessClient client = client()) {
            RecordingListener listener = new RecordingListener() {
                @Override
                public void onText(String piece) {
                    client.eraseSlot(DEFAULT, 0);
                }
            };
            client.stream(request(PROMPT, GenerateParameters.none()), listener);
            assertThatThrownBy(() -> listener.reply.get(30, SECONDS)).hasMessageContaining("A listener cannot wait");
            assertThat(generate(client, PROMPT, 0).completionTokens()).isEqualTo(12);
        }
    }
}
