package io.hyperion.core.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.core.TestModels;
import io.hyperion.core.gguf.GgufFile;
import io.hyperion.core.gguf.SplitModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A model in several files")
class SplitModelTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7})
    @DisplayName("generates what it generates in one")
    void same(int inTheFirst) throws IOException {
        List<Path> files = SplitModel.write(SplitModel.of(TestModels.demo(), inTheFirst, 4), directory, "demo");
        assertThat(generate(files.get(0)).text())
                .isEqualTo(generate(TestModels.demo()).text())
                .isNotBlank();
    }

    @Test
    @DisplayName("is told with the size of all of them")
    void size() throws IOException {
        List<Path> files = SplitModel.write(SplitModel.of(TestModels.demo(), 9), directory, "demo");
        try (InProcessClient client = InProcessClient.open(files.get(0))) {
            ModelInfo info = client.models().get(0);
            assertThat(info.details().orElseThrow().fileSize())
                    .isEqualTo(Files.size(files.get(0)) + Files.size(files.get(1)));
            assertThat(info.details().orElseThrow().parameters())
                    .isEqualTo(GgufFile.read(TestModels.demo()).parameterCount());
        }
    }

    @Test
    @DisplayName("cannot be served without one of them, and the caller is told which")
    void incomplete() throws IOException {
        List<Path> files = SplitModel.write(SplitModel.of(TestModels.demo(), 9), directory, "demo");
        Files.delete(files.get(1));
        assertThatThrownBy(() -> generate(files.get(0)))
                .isInstanceOf(ModelUnavailableException.class)
                .hasMessageContaining("demo-00002-of-00002.gguf is missing");
    }

    private static GenerateReply generate(Path model) {
        try (InProcessClient client = InProcessClient.open(model)) {
            return client.generate(GenerateRequest.builder()
                    .user("What is 7 plus 5?")
                    .temperature(0)
                    .maxTokens(24)
                    .build());
        }
    }
}
