package io.hyperion.core.llama;

import static org.assertj.core.api.Assertions.assertThat;

import io.hyperion.core.gguf.TensorType;
import io.hyperion.core.gguf.TinyModel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Text without white space")
class LongRunsTest {
    /** A model with the byte-level BPE of GPT-2 and a way of splitting text that llama.cpp leaves to std::regex. */
    private static Path bpeModel(Path file, String splitting) {
        List<String> tokens = new ArrayList<>();
        int others = 0;
        for (int b = 0; b < 256; b++) {
            boolean printable = b >= 33 && b <= 126 || b >= 161 && b <= 172 || b >= 174;
            tokens.add(Character.toString(printable ? b : 256 + others++));
        }
        tokens.addAll(List.of("ab", "<|end|>"));
        int[] types = new int[tokens.size()];
        Arrays.fill(types, 1);
        types[types.length - 1] = 3;
        return TinyModel.llama()
                .text("tokenizer.ggml.model", "gpt2")
                .text("tokenizer.ggml.pre", splitting)
                .texts("tokenizer.ggml.tokens", tokens)
                .texts("tokenizer.ggml.merges", List.of("a b"))
                .int32s("tokenizer.ggml.token_type", types)
                .without("tokenizer.ggml.scores")
                .without("tokenizer.ggml.unknown_token_id")
                .uint32("tokenizer.ggml.bos_token_id", tokens.size() - 1)
                .uint32("tokenizer.ggml.eos_token_id", tokens.size() - 1)
                .tensor("token_embd.weight", TensorType.Q8_0, 64, tokens.size())
                .tensor("output.weight", TensorType.F16, 64, tokens.size())
                .write(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen2", "gpt-4o"})
    @DisplayName("is tokenised, however long it is, and does not end the process")
    void survives(String splitting, @TempDir Path directory) throws LlamaException {
        try (LlamaLibrary library = LlamaLibrary.open();
                LlamaModel model = LlamaModel.load(library, bpeModel(directory.resolve("bpe.gguf"), splitting), 0)) {
            for (String run : List.of("x", ",", "7", " ", "\n", "\u00e9")) {
                int length = 70_000;
                int bytes = length * run.getBytes(StandardCharsets.UTF_8).length;
                assertThat(model.vocabulary().tokenize(run.repeat(length), false, true))
                        .hasSize(bytes);
            }
        }
    }

    @Test
    @DisplayName("gives the same tokens on the large stack as in small pieces, special tokens included")
    void sameTokens(@TempDir Path directory) throws LlamaException {
        try (LlamaLibrary library = LlamaLibrary.open();
                LlamaModel model = LlamaModel.load(library, bpeModel(directory.resolve("bpe.gguf"), "qwen2"), 0)) {
            Vocabulary vocabulary = model.vocabulary();
            int[] few = vocabulary.tokenize("<|end|>" + "ab".repeat(40), false, true);
            int[] many = vocabulary.tokenize("<|end|>" + "ab".repeat(4000), false, true);
            assertThat(few).hasSize(41);
            assertThat(many).hasSize(4001).startsWith(few);
        }
    }

    @Test
    @DisplayName("is cut only where it is longer than the stack suffices for, and never within a character")
    void cuts() {
        String pair = "\uD83D\uDE00";
        String text = "a" + pair.repeat(LongRuns.MAX_RUN) + " b";
        List<String> parts = LongRuns.parts(text);
        assertThat(String.join("", parts)).isEqualTo(text);
        assertThat(parts).hasSize(2).allSatisfy(part -> {
            assertThat(LongRuns.longest(part)).isLessThanOrEqualTo(LongRuns.MAX_RUN + 1);
            assertThat(Character.isLowSurrogate(part.charAt(0))).isFalse();
        });
        assertThat(LongRuns.parts("")).containsExactly("");
        assertThat(LongRuns.longest("ab  cde f")).isEqualTo(3);
        assertThat(LongRuns.longest("")).isZero();
    }
}
