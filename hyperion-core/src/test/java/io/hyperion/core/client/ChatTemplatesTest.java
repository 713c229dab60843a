package io.hyperion.core.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.core.gguf.TinyModel;
import io.hyperion.core.model.HyperionConfiguration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The chat templates of a model")
class ChatTemplatesTest {
    private static final String TEMPLATE = "tokenizer.chat_template";

    @TempDir
    private Path directory;

    private InProcessClient client(TinyModel model, Map<String, String> settings) throws IOException {
        Map<String, String> keys = new HashMap<>();
        keys.put(
                "hyperion.models.tiny.path",
                model.exact().write(directory.resolve("tiny.gguf")).toString());
        keys.put("hyperion.models.tiny.context-size", "256");
        settings.forEach((key, value) -> keys.put("hyperion.models.tiny." + key, value));
        return InProcessClient.open(HyperionConfiguration.of(keys));
    }

    private static GenerateRequest.Builder chat() {
        return GenerateRequest.builder().user("a b").maxTokens(1).temperature(0);
    }

    @Test
    @DisplayName("are rendered with the model's tokens, of which the first is left to the tokeniser")
    void own() throws IOException {
        String text = "{{ bos_token }}[{{ messages[0].content }}]{{ eos_token }}";
        try (InProcessClient client = client(TinyModel.llama().text(TEMPLATE, text), Map.of())) {
            assertThat(client.render(chat().build())).isEqualTo("[a b]</s>");
            int withTemplate = client.generate(chat().build()).promptTokens();
            int raw = client.generate(GenerateRequest.builder()
                            .prompt("[a b]</s>")
                            .maxTokens(1)
                            .build())
                    .promptTokens();
            assertThat(withTemplate).isEqualTo(raw);
        }
    }

    @Test
    @DisplayName("that are not valid leave raw prompts and other templates to be served")
    void invalid() throws IOException {
        try (InProcessClient client = client(TinyModel.llama().text(TEMPLATE, "a\n{% bad %}"), Map.of())) {
            assertThatThrownBy(() -> client.generate(chat().build()))
                    .isInstanceOfSatisfying(InvalidRequestException.class, error -> {
                        assertThat(error.code()).isEqualTo(ErrorCode.UNSUPPORTED_TEMPLATE);
                        assertThat(error).hasMessageContaining("line 2, column 4");
                    });
            assertThat(client.generate(GenerateRequest.builder()
                                    .prompt("a")
                                    .maxTokens(1)
                                    .build())
                            .text())
                    .isNotNull();
            assertThat(client.render(chat().template("none").build())).isEqualTo("a b");
            assertThat(client.render(chat().template("<{{ messages[0].role }}>").build()))
                    .isEqualTo("<user>");
        }
    }

    @Test
    @DisplayName("can be configured by name or as text")
    void configured() throws IOException {
        try (InProcessClient client = client(TinyModel.llama(), Map.of("chat-template", "zephyr"))) {
            assertThat(client.render(chat().build())).isEqualTo("<|user|>\na b</s>\n<|assistant|>\n");
        }
        try (InProcessClient client = client(TinyModel.llama(), Map.of("chat-template", "{{ messages|length }}"))) {
            assertThat(client.render(chat().build())).isEqualTo("1");
        }
    }
}
