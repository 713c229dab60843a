package io.hyperion.core.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.GenerateRequest;
import io.hyperion.api.ModelState;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.core.gguf.TinyLora;
import io.hyperion.core.gguf.TinyModel;
import io.hyperion.core.model.HyperionConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A model with configured LoRA adapters")
@Timeout(60)
class LoraTest {
    @TempDir
    Path directory;

    private Path lora;

    @BeforeEach
    void write() {
        TinyModel.llama().write(directory.resolve("tiny.gguf"));
        lora = TinyLora.llama(7).write(directory.resolve("lora.gguf"));
    }

    private InProcessClient client(String adapters) {
        return InProcessClient.open(HyperionConfiguration.of(Map.of(
                "hyperion.models.\"a.b\".path",
                directory.resolve("tiny.gguf").toString(),
                "hyperion.models.\"a.b\".lora",
                adapters)));
    }

    private String generated(String adapters) {
        try (InProcessClient client = client(adapters)) {
            return client.generate(GenerateRequest.builder()
                            .prompt("once")
                            .temperature(0)
                            .maxTokens(20)
                            .build())
                    .text();
        }
    }

    @Test
    @DisplayName("generates with them at their scales")
    void generates() {
        String bare = generated("");
        assertThat(generated(lora + "=0")).isEqualTo(bare);
        assertThat(generated(lora.toString())).isNotEqualTo(bare).isEqualTo(generated(lora + "=1"));
        assertThat(generated(lora + "=4," + lora + "=-4")).isEqualTo(bare);
    }

    @Test
    @DisplayName("is a failed one if an adapter is not there or does not fit, and says which key is to blame")
    void failed() {
        TinyLora.llama(7).pair("blk.0.attn_q.weight", 128, 64, 8).write(directory.resolve("other.gguf"));
        assertFailed(directory.resolve("other.gguf"), "'blk.0.attn_q.weight.lora_a' is 128 × 8 and its pair 8 × 64");
        assertFailed(directory.resolve("none.gguf"), "there is no file");
        assertFailed(directory.resolve("tiny.gguf"), "this file is no adapter");
    }

    private void assertFailed(Path adapter, String why) {
        try (InProcessClient client = client(lora + "," + adapter)) {
            assertThat(client.model("a.b").state()).isEqualTo(ModelState.FAILED);
            assertThat(client.model("a.b").reason())
                    .hasValueSatisfying(reason -> assertThat(reason).contains("hyperion.models.\"a.b\".lora: ", why));
        }
    }

    @Test
    @DisplayName("examines an adapter again that was changed before it is loaded")
    void changed() throws Exception {
        try (InProcessClient client = client(lora.toString())) {
            assertThat(client.model("a.b").state()).isEqualTo(ModelState.READY);
            Files.writeString(lora, "GGUF? No.");
            assertThatThrownBy(() -> client.generate(
                            GenerateRequest.builder().prompt("once").build()))
                    .isInstanceOf(ModelUnavailableException.class)
                    .hasMessageContaining("hyperion.models.\"a.b\".lora: lora.gguf: at offset ");
            TinyLora.llama(7).write(lora);
            assertThat(client.generate(GenerateRequest.builder()
                                    .prompt("once")
                                    .maxTokens(1)
                                    .build())
                            .completionTokens())
                    .isEqualTo(1);
        }
    }
}
