package io.hyperion.core.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.core.gguf.TinyModel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The llama.cpp binding, for vectors,")
class EmbeddingContextTest {
    private LlamaLibrary library;
    private LlamaModel model;
    private EmbeddingContext context;
    private Batch batch;

    @BeforeEach
    void open(@TempDir Path directory) throws LlamaException {
        library = LlamaLibrary.open();
        model = LlamaModel.load(library, TinyModel.bert().write(directory.resolve("bert.gguf")), 0);
        context = model.newEmbeddingContext(new EmbeddingContext.Settings(128, 4, 1, Pooling.CLS, true));
        batch = context.newBatch();
    }

    @AfterEach
    void close() {
        batch.close();
        context.close();
        model.close();
        library.close();
    }

    private void text(int sequence, int length) {
        for (int position = 0; position < length; position++) {
            batch.add(5 + position % 20, position, sequence, true);
        }
    }

    @Test
    @DisplayName("refuses every batch that would end the process or give a wrong vector, and works on")
    void refusesFatalBatches() throws LlamaException {
        List<Runnable> fatal = List.of(
                () -> {},
                // A sequence beyond the tokens, where llama.cpp asserts.
                () -> batch.add(5, 0, 3, true),
                () -> batch.add(5, 1, 0, true),
                () -> {
                    batch.add(5, 0, 0, true);
                    batch.add(5, 2, 0, true);
                },
                () -> {
                    text(0, 3);
                    text(1, 3);
                    batch.add(5, 3, 0, true);
                },
                () -> {
                    text(0, 3);
                    text(0, 3);
                },
                () -> batch.add(5, 0, 0, false));
        for (Runnable fill : fatal) {
            batch.clear();
            fill.run();
            assertThatThrownBy(() -> context.evaluate(batch)).isInstanceOf(IllegalArgumentException.class);
        }
        batch.clear();
        text(0, 64);
        text(1, 3);
        context.evaluate(batch);
        assertThat(context.ofSequence(0)).hasSize(context.dimension()).isNotEqualTo(context.ofSequence(1));
        List<ThrowingCallable> wrong = List.of(
                () -> context.ofSequence(2),
                () -> context.ofSequence(-1),
                () -> context.ofToken(0),
                // Positions are learned up to 64.
                () -> batch.add(5, 64, 1, true),
                () -> batch.add(5, 0, 4, true),
                () -> new EmbeddingContext.Settings(0, 1, 1, Pooling.CLS, true),
                () -> new EmbeddingContext.Settings(64, 257, 1, Pooling.CLS, true),
                () -> new EmbeddingContext.Settings(64, 1, 1, Pooling.RANK, false));
        assertThat(wrong).allSatisfy(call -> assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class));
    }

    @Test
    @DisplayName("forgets a text with the next batch")
    void forgets() throws LlamaException {
        text(0, 5);
        context.evaluate(batch);
        float[] alone = context.ofSequence(0);
        for (int i = 0; i < 20; i++) {
            batch.clear();
            text(0, 60);
            text(1, 60);
            context.evaluate(batch);
        }
        batch.clear();
        text(0, 5);
        context.evaluate(batch);
        assertThat(context.ofSequence(0)).containsExactly(alone);
        assertThatThrownBy(() -> context.ofSequence(1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("answers use after close with an exception, and a second close with nothing")
    void useAfterClose() {
        text(0, 2);
        context.close();
        context.close();
        List<Callable<?>> uses = List.of(() -> context.ofSequence(0), () -> {
            context.evaluate(batch);
            return null;
        });
        assertThat(uses).allSatisfy(use -> assertThatThrownBy(use::call).isInstanceOf(IllegalStateException.class));
        model.close();
        assertThatThrownBy(() -> model.newEmbeddingContext(context.settings()))
                .isInstanceOf(IllegalStateException.class);
    }
}
