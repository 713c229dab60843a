package io.hyperion.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The name of a model's file")
class ModelFileNameTest {
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "tinyllama.gguf, tinyllama",
        "Llama-3.2-1B-Instruct-Q4_K_M.gguf, Llama-3.2-1B-Instruct",
        "mistral-7b-v0.1.Q4_K_M.gguf, mistral-7b-v0.1",
        "qwen2_5-0_5b-instruct_q8_0.gguf, qwen2_5-0_5b-instruct",
        "Phi-3-mini-4k-instruct-q4.gguf, Phi-3-mini-4k-instruct",
        "gemma-2-2b-it-F16.gguf, gemma-2-2b-it",
        "gemma-2-2b-it-f32.gguf, gemma-2-2b-it",
        "gemma-2-2b-it-bf16.gguf, gemma-2-2b-it",
        "phi-2.fp16.gguf, phi-2",
        "m-IQ2_XXS.gguf, m",
        "m-IQ4_NL.gguf, m",
        "m-Q4_0_4_4.gguf, m",
        "m-Q4_0_8_8.gguf, m",
        "m-Q6_K.gguf, m",
        "m-Q6_K_L.gguf, m",
        "m-Q2_K_XL.gguf, m",
        "m-TQ1_0.gguf, m",
        "gpt-oss-20b-MXFP4.gguf, gpt-oss-20b",
        "m-UD-Q4_K_XL.gguf, m",
        "m.i1-Q4_K_M.gguf, m",
        "Q4_K_M.gguf, Q4_K_M",
        "faq4.gguf, faq4",
        "my-faq-q4x.gguf, my-faq-q4x",
        "m-Q4_K_M-tuned.gguf, m-Q4_K_M-tuned",
        "m-Q8_0.GGUF, m"
    })
    @DisplayName("gives the model's name without the quantisation, and with it an alias")
    void withoutQuantization(String fileName, String name) {
        ModelFileName parsed = ModelFileName.of(fileName).orElseThrow();
        assertThat(parsed.name()).isEqualTo(name);
        assertThat(parsed.full()).isEqualTo(fileName.substring(0, fileName.length() - 5));
        assertThat(parsed.part()).isEmpty();
    }

    @Test
    @DisplayName("says which part of how many it is")
    void parts() {
        assertThat(ModelFileName.of("m-Q4_K_M-00002-of-00003.gguf"))
                .contains(new ModelFileName("m", "m-Q4_K_M", OptionalInt.of(2), 3));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"m-00004-of-00003.gguf", "m-00000-of-00003.gguf", "m-1-of-3.gguf", "m-00001-of-00002.GGUF"})
    @DisplayName("is that of a whole file where llama.cpp would not look for parts")
    void noParts(String fileName) {
        assertThat(ModelFileName.of(fileName).orElseThrow().part()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {".gguf", "gguf", "m.gguf.part", "m.safetensors", "m.gguf.lock", "m.ggufx"})
    @DisplayName("is none without the ending")
    void others(String fileName) {
        assertThat(ModelFileName.of(fileName)).isEqualTo(Optional.empty());
    }

    @Test
    @DisplayName("takes no time that grows with the square of its length")
    void longNames() {
        String name = "a-Q4_K".repeat(10_000) + ".gguf";
        assertTimeoutPreemptively(
                Duration.ofSeconds(5), () -> assertThat(ModelFileName.of(name)).isPresent());
    }
}
