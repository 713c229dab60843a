package io.hyperion.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.LoraScale;
import io.hyperion.core.gguf.TinyLora;
import io.hyperion.core.gguf.TinyModel;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaLibrary;
import io.hyperion.core.llama.LlamaModel;
import io.hyperion.core.llama.LoraAdapter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The adapters of a loaded model")
class AdaptersTest {
    private LlamaLibrary library;
    private LlamaModel model;
    private Adapters adapters;

    @BeforeEach
    void load(@TempDir Path directory) throws LlamaException {
        library = LlamaLibrary.open();
        model = LlamaModel.load(library, TinyModel.llama().write(directory.resolve("tiny.gguf")), 0);
        adapters = Adapters.load(
                "tiny",
                model,
                List.of(
                        new LoraSettings(TinyLora.llama(1).write(directory.resolve("1.gguf")), 1),
                        new LoraSettings(TinyLora.llama(2).write(directory.resolve("2.gguf")), 0.5f)));
    }

    @AfterEach
    void close() {
        model.close();
        library.close();
    }

    private List<Float> scales(LoraScale... requested) {
        return adapters.scaled(Optional.of(List.of(requested))).stream()
                .map(LoraAdapter.Scaled::scale)
                .toList();
    }

    @Test
    @DisplayName("have the configured scales unless a request names scales, and then 0 where it names none")
    void configuredOrNamed() {
        assertThat(adapters.count()).isEqualTo(2);
        assertThat(adapters.scaled(Optional.empty()))
                .extracting(LoraAdapter.Scaled::scale)
                .containsExactly(1f, 0.5f);
        assertThat(scales(new LoraScale(1, 2))).containsExactly(0f, 2f);
        assertThat(scales(new LoraScale(1, -1), new LoraScale(0, 0.25))).containsExactly(0.25f, -1f);
        assertThat(scales()).containsExactly(0f, 0f);
        assertThat(adapters.scaled(Optional.of(List.of(new LoraScale(0, 1), new LoraScale(1, 0.5)))))
                .as("equal for the same scales")
                .isEqualTo(adapters.scaled(Optional.empty()))
                .isEqualTo(adapters.scaled(new float[] {1, 0.5f}));
    }

    @Test
    @DisplayName("are those of the model, each once, with scales that are numbers")
    void refused() {
        assertRefused(() -> scales(new LoraScale(2, 1)), ErrorCode.OUT_OF_RANGE, "model 'tiny' has 2 adapters");
        assertRefused(() -> scales(new LoraScale(0, 1), new LoraScale(0, 1)), ErrorCode.CONFLICT, "twice");
        assertRefused(() -> new LoraScale(-1, 1), ErrorCode.OUT_OF_RANGE, "they begin at 0");
        assertRefused(() -> new LoraScale(0, Double.NaN), ErrorCode.OUT_OF_RANGE, "but is NaN");
        assertRefused(() -> new LoraScale(0, 1001), ErrorCode.OUT_OF_RANGE, "between -1000.0 and 1000.0");
        assertThatThrownBy(() -> adapters.scaled(new float[1])).isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertRefused(ThrowingCallable call, ErrorCode code, String why) {
        assertThatThrownBy(call).isInstanceOfSatisfying(InvalidRequestException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(code);
            assertThat(refusal.parameter()).contains("lora");
            assertThat(refusal).hasMessageContaining(why);
        });
    }
}
