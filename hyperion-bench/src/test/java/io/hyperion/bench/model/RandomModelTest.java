package io.hyperion.bench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.core.client.InProcessClient;
import io.hyperion.core.gguf.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A model with random weights")
class RandomModelTest {
    private static final String SHAPE =
            "layers=2,width=64,heads=4,kv-heads=2,feed-forward=96,vocabulary=4000,context=256";

    @TempDir
    static Path directory;

    private static Path model;

    @BeforeAll
    static void write() throws IOException {
        model = directory.resolve("random.gguf");
        RandomModel.write(model, ModelShape.parse(SHAPE), 42);
    }

    @ParameterizedTest
    @EnumSource(
            value = TensorType.class,
            names = {"F32", "F16", "Q8_0"})
    @DisplayName("generates to the limit, of words that differ")
    void generates(TensorType type) throws IOException {
        Path file = directory.resolve(type + ".gguf");
        RandomModel.write(file, ModelShape.parse(SHAPE + ",type=" + type), 7);
        try (InProcessClient client = InProcessClient.open(file)) {
            GenerateReply reply = generate(client, new Words(1).text(20), 100);

            assertThat(reply.finishReason()).isEqualTo(FinishReason.LENGTH);
            assertThat(reply.completionTokens()).isEqualTo(100);
            List<String> words = List.of(reply.text().strip().split(" "));
            assertThat(words).hasSize(100).allMatch(word -> word.matches("[A-Za-z]+"));
            assertThat(new HashSet<>(words)).hasSizeGreaterThan(5);
        }
    }

    @Test
    @DisplayName("has one token for each of the common words, and one more at the beginning")
    void oneTokenEach() {
        try (InProcessClient client = InProcessClient.open(model)) {
            List<String> words = Words.common();
            for (int i = 0; i < words.size(); i += 100) {
                List<String> some = words.subList(i, Math.min(i + 100, words.size()));
                assertThat(generate(client, String.join(" ", some), 0).promptTokens())
                        .as("%s", some)
                        .isEqualTo(some.size() + 1);
            }
        }
    }

    @Test
    @DisplayName("knows its own words again: a completion is as many tokens when it comes back in a prompt")
    void ownWords() {
        try (InProcessClient client = InProcessClient.open(model)) {
            String prompt = new Words(3).text(10);
            GenerateReply reply = generate(client, prompt, 50);

            assertThat(generate(client, prompt + reply.text(), 0).promptTokens())
                    .isEqualTo(11 + 50);
        }
    }

    @Test
    @DisplayName("has control tokens that a chat is made of, and a byte for whatever else")
    void chat() {
        try (InProcessClient client = InProcessClient.open(model)) {
            assertThat(generate(client, "<|im_start|><|im_end|>", 0).promptTokens())
                    .isEqualTo(3);
            // The space before a text, and three bytes.
            assertThat(generate(client, "€", 0).promptTokens()).isEqualTo(1 + 1 + 3);
            GenerateReply reply = client.generate(GenerateRequest.builder()
                    .user("hello")
                    .maxTokens(1)
                    .temperature(0)
                    .build());
            assertThat(reply.prompt()).isEqualTo("<|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\n");
        }
    }

    @Test
    @DisplayName("is the same for the same seed, and another for another")
    void seeds() throws IOException {
        Path same = directory.resolve("same.gguf");
        Path other = directory.resolve("other.gguf");
        RandomModel.write(same, ModelShape.parse(SHAPE), 42);
        RandomModel.write(other, ModelShape.parse(SHAPE), 43);

        assertThat(same).hasSameBinaryContentAs(model);
        assertThat(Files.mismatch(model, other)).isNotEqualTo(-1);
    }

    @Test
    @DisplayName("has the parameters that its shape tells, and some 125 million by default")
    void parameters() {
        try (InProcessClient client = InProcessClient.open(model)) {
            generate(client, "hello", 1);

            assertThat(client.model("default").details().orElseThrow().parameters())
                    .isEqualTo(ModelShape.parse(SHAPE).parameters());
        }
        assertThat(ModelShape.DEFAULT.parameters()).isBetween(120_000_000L, 130_000_000L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "layers=0",
                "width=100",
                "heads=5",
                "kv-heads=5",
                "feed-forward=100",
                "vocabulary=511",
                "context=0",
                "type=Q4_0",
                "type=Q9",
                "depth=3",
                "layers"
            })
    @DisplayName("cannot have a shape that llama.cpp would refuse, or that is not understood")
    void wrongShapes(String shape) {
        assertThatThrownBy(() -> ModelShape.parse(shape)).isInstanceOf(IllegalArgumentException.class);
    }

    private static GenerateReply generate(InProcessClient client, String prompt, int maxTokens) {
        return client.generate(GenerateRequest.builder()
                .prompt(prompt)
                .maxTokens(maxTokens)
                .temperature(0)
                .build());
    }
}
