package io.hyperion.core.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.EngineException;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.LoraScale;
import io.hyperion.api.ModelState;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.core.gguf.TinyLora;
import io.hyperion.core.gguf.TinyModel;
import io.hyperion.core.model.HyperionConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
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

    private static GenerateRequest request(double first, double second) {
        return GenerateRequest.builder()
                .prompt("once upon a time there was the one")
                .parameters(GenerateParameters.builder()
                        .temperature(0)
                        .ignoreEos(true)
                        .maxTokens(12)
                        .lora(List.of(new LoraScale(0, first), new LoraScale(1, second)))
                        .build())
                .build();
    }

    @Test
    @DisplayName(
            "serves requests with different scales at the same time, each as if it were alone, and none from another's cache")
    void scalesOfRequests() throws Exception {
        // Exact, so that a text does not depend on what is evaluated beside it.
        TinyModel.llama().exact().write(directory.resolve("tiny.gguf"));
        Path other = TinyLora.llama(8).write(directory.resolve("other.gguf"));
        List<GenerateRequest> requests =
                List.of(request(0, 0), request(1, 0), request(0, 1), request(1, 1), request(-1, 0.5));
        List<String> alone = new ArrayList<>();
        for (GenerateRequest request : requests) {
            try (InProcessClient client = client(lora + "," + other)) {
                alone.add(client.generate(request).text());
            }
        }
        assertThat(alone).doesNotHaveDuplicates();
        try (InProcessClient client = client(lora + "," + other)) {
            client.generate(request(0.25, 0));
            for (GenerateRequest request : requests) {
                assertThat(client.generate(request).cachedTokens()).isZero();
            }
            for (int round = 0; round < 3; round++) {
                List<CompletableFuture<GenerateReply>> replies = requests.stream()
                        .map(request -> client.generateAsync(request).toCompletableFuture())
                        .toList();
                for (int i = 0; i < replies.size(); i++) {
                    assertThat(replies.get(i).get(30, SECONDS).text()).isEqualTo(alone.get(i));
                }
            }
        }
    }

    @Test
    @DisplayName("takes its own scales where a request says nothing, and 0 for those that a request leaves out")
    void scalesLeftOut() {
        Path other = TinyLora.llama(8).write(directory.resolve("other.gguf"));
        try (InProcessClient client = client(lora + "," + other + "=0.5")) {
            GenerateParameters plain =
                    request(1, 0.5).parameters().toBuilder().lora(List.of()).build();
            GenerateRequest.Builder prompt = GenerateRequest.builder().prompt("once upon a time there was the one");
            assertThat(client.generate(prompt.parameters(plain).build()).text())
                    .isEqualTo(client.generate(request(0, 0)).text());
            GenerateParameters silent = GenerateParameters.builder()
                    .temperature(0)
                    .ignoreEos(true)
                    .maxTokens(12)
                    .build();
            assertThat(client.generate(prompt.parameters(silent).build()).text())
                    .isEqualTo(client.generate(request(1, 0.5)).text());
            GenerateParameters unknown =
                    plain.toBuilder().lora(List.of(new LoraScale(2, 1))).build();
            assertThatThrownBy(() -> client.generate(prompt.parameters(unknown).build()))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("'lora' names the adapter 2, but model 'a.b' has 2 adapters, from 0");
        }
    }

    @Test
    @DisplayName(
            "fails a request whose scale is beyond the numbers of the cache, and no other at that time or afterwards")
    void beyondNumbers() throws Exception {
        TinyModel.llama().exact().write(directory.resolve("tiny.gguf"));
        Path huge =
                TinyLora.empty(7, 16_000).pair("blk.0.attn_v.weight", 64, 32, 8).write(directory.resolve("huge.gguf"));
        try (InProcessClient client = client(lora + "," + huge + "=0")) {
            String alone = client.generate(request(1, 0)).text();
            for (int round = 0; round < 5; round++) {
                List<CompletableFuture<GenerateReply>> replies = Stream.of(0, 1000, 0)
                        .map(scale -> client.generateAsync(request(1, scale)).toCompletableFuture())
                        .toList();
                assertThatThrownBy(() -> replies.get(1).get(30, SECONDS)).hasCauseInstanceOf(EngineException.class);
                for (int i : new int[] {0, 2}) {
                    assertThat(replies.get(i).get(30, SECONDS).text()).isEqualTo(alone);
                }
            }
            assertThat(client.generate(request(1, 0)).text()).isEqualTo(alone);
        }
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
