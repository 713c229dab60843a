package io.hyperion.core.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.core.gguf.GgufFile;
import io.hyperion.core.gguf.ModelFileValidator;
import io.hyperion.core.gguf.TensorType;
import io.hyperion.core.gguf.TinyModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The state of a sequence")
class SequenceStateTest {
    private static final int[] PROMPT = {1, 70, 300, 81, 259, 12, 305, 66, 99, 280, 301, 77};
    private static final int TOKENS = PROMPT.length;

    @TempDir
    Path directory;

    private LlamaLibrary library;
    private LlamaModel model;
    private LlamaContext context;

    @BeforeEach
    void open() throws LlamaException {
        library = LlamaLibrary.open();
        model = load(TinyModel.llama());
        context = context(model, 64);
    }

    @AfterEach
    void close() {
        context.close();
        model.close();
        library.close();
    }

    private LlamaModel load(TinyModel tiny) throws LlamaException {
        return LlamaModel.load(library, tiny.write(directory.resolve("tiny.gguf")), 0);
    }

    private static LlamaContext context(LlamaModel model, int cells) throws LlamaException {
        return model.newContext(new LlamaContext.Settings(cells, 4, 32, 1));
    }

    private static void prefill(LlamaContext context, int sequence, int count) throws LlamaException {
        try (Batch batch = context.newBatch()) {
            for (int i = 0; i < count; i++) {
                batch.add(PROMPT[i % TOKENS], i, sequence, false);
            }
            assertThat(context.decode(batch)).isEqualTo(LlamaContext.Outcome.DONE);
        }
    }

    private List<Integer> goOn(LlamaContext context, int sequence) throws LlamaException {
        List<Integer> tokens = new ArrayList<>(List.of(88));
        try (Batch batch = context.newBatch();
                SamplerChain greedy = new SamplerChain(library).greedy()) {
            for (int i = 0; i < 12; i++) {
                batch.clear();
                int index = batch.add(tokens.get(i), TOKENS + i, sequence, true);
                assertThat(context.decode(batch)).isEqualTo(LlamaContext.Outcome.DONE);
                tokens.add(greedy.sample(context, index));
            }
        }
        return tokens;
    }

    private static byte[] bytes(SequenceState state) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        state.writeTo(Channels.newChannel(bytes));
        return bytes.toByteArray();
    }

    private static SequenceState state(byte[] bytes) throws IOException, LlamaException {
        return SequenceState.readFrom(Channels.newChannel(new ByteArrayInputStream(bytes)), bytes.length);
    }

    @Test
    @DisplayName("goes on as it was in another sequence and in another, larger context")
    void goesOn() throws Exception {
        prefill(context, 0, TOKENS);
        byte[] saved;
        try (SequenceState state = context.copySequence(0)) {
            saved = bytes(state);
        }
        List<Integer> expected = goOn(context, 0);
        try (SequenceState state = state(saved);
                LlamaContext other = context(model, 256)) {
            prefill(other, 0, 5);
            assertThat(context.restoreSequence(2, state, TOKENS)).isEqualTo(LlamaContext.Outcome.DONE);
            assertThat(other.restoreSequence(3, state, TOKENS)).isEqualTo(LlamaContext.Outcome.DONE);
            assertThat(other.usedCells()).isEqualTo(5 + TOKENS);
            assertThat(goOn(context, 2)).isEqualTo(expected);
            assertThat(goOn(other, 3)).isEqualTo(expected);
        }
    }

    @Test
    @DisplayName(
            "of a recurrent model goes on as it was in another context of one sequence, and is refused where there are several")
    void recurrent() throws Exception {
        TinyModel tiny = TinyModel.mamba();
        ModelFileValidator.validate(GgufFile.read(tiny.write(directory.resolve("mamba.gguf"))));
        LlamaContext.Settings single = new LlamaContext.Settings(64, 1, 32, 1);
        try (LlamaModel mamba = load(tiny);
                LlamaContext one = mamba.newContext(single);
                LlamaContext other = mamba.newContext(single);
                LlamaContext several = context(mamba, 64)) {
            assertThat(mamba.isRecurrent()).isTrue();
            assertThat(model.isRecurrent()).isFalse();
            prefill(one, 0, TOKENS);
            try (SequenceState state = one.copySequence(0)) {
                List<Integer> expected = goOn(one, 0);
                prefill(other, 0, 5);
                assertThat(other.restoreSequence(0, state, TOKENS)).isEqualTo(LlamaContext.Outcome.DONE);
                assertThat(goOn(other, 0)).isEqualTo(expected);
                assertThatThrownBy(() -> other.restoreSequence(0, state, TOKENS - 1))
                        .isInstanceOf(LlamaException.class)
                        .hasMessageContaining("positions");
                assertThatThrownBy(() -> several.restoreSequence(0, state, TOKENS))
                        .isInstanceOf(LlamaException.class)
                        .hasMessageContaining("in a context of one sequence only");
            }
        }
    }

    @Test
    @DisplayName("takes the place of what the sequence had")
    void replaces() throws Exception {
        prefill(context, 0, TOKENS);
        prefill(context, 1, 20);
        try (SequenceState state = context.copySequence(0)) {
            assertThat(context.restoreSequence(1, state, TOKENS)).isEqualTo(LlamaContext.Outcome.DONE);
            assertThat(context.usedCells()).isEqualTo(2 * TOKENS);
            assertThat(goOn(context, 1)).isEqualTo(goOn(context, 0));
        }
    }

    @Test
    @DisplayName("finds room among scattered cells, and says so where there is none")
    void room() throws Exception {
        prefill(context, 0, TOKENS);
        try (SequenceState state = context.copySequence(0)) {
            List<Integer> expected = goOn(context, 0);
            context.clear();
            // Sequences 0 and 1 in turns, so that there are no cells side by side once one of them is gone.
            try (Batch batch = context.newBatch()) {
                for (int i = 0; i < context.cells(); i++) {
                    batch.clear();
                    batch.add(70, i / 2, i % 2, false);
                    context.decode(batch);
                }
            }
            assertThat(context.restoreSequence(2, state, TOKENS)).isEqualTo(LlamaContext.Outcome.NO_CELLS);
            assertThat(context.usedCells()).isEqualTo(context.cells());
            context.removeFrom(0, 0);
            assertThat(context.restoreSequence(2, state, TOKENS)).isEqualTo(LlamaContext.Outcome.DONE);
            assertThat(goOn(context, 2)).isEqualTo(expected);
        }
    }

    @Test
    @DisplayName("is refused where it is of another model, and the sequence stays as it was")
    void otherModel() throws Exception {
        prefill(context, 0, TOKENS);
        TinyModel wider = TinyModel.llama().uint32("llama.attention.head_count_kv", 4);
        for (String layer : List.of("blk.0.", "blk.1.")) {
            wider.tensor(layer + "attn_k.weight", TensorType.F16, 64, 64)
                    .tensor(layer + "attn_v.weight", TensorType.F16, 64, 64);
        }
        try (LlamaModel other = load(wider);
                LlamaContext its = context(other, 64)) {
            prefill(its, 0, TOKENS);
            try (SequenceState state = its.copySequence(0)) {
                assertThatThrownBy(() -> context.restoreSequence(0, state, TOKENS))
                        .isInstanceOf(LlamaException.class)
                        .hasMessageContaining("bytes, and those of this model and its cache have");
            }
        }
        assertThat(context.usedCells()).isEqualTo(TOKENS);
    }

    @Test
    @DisplayName("is refused where anything but the numbers themselves is changed, and does not reach llama.cpp")
    void changed() throws Exception {
        prefill(context, 0, TOKENS);
        byte[] sound;
        try (SequenceState state = context.copySequence(0)) {
            sound = bytes(state);
        }
        int afterCells = 4 + 8 * TOKENS;
        Map<String, Consumer<ByteBuffer>> changes = Map.of(
                "no cells", bytes -> bytes.putInt(0, 0),
                "more cells", bytes -> bytes.putInt(0, TOKENS + 1),
                "cells beyond all bounds", bytes -> bytes.putInt(0, -1),
                "a position beyond the end", bytes -> bytes.putInt(4, TOKENS),
                "a negative position", bytes -> bytes.putInt(4, -1),
                "a position twice", bytes -> bytes.putInt(12, bytes.getInt(4)),
                "other sequences in a cell", bytes -> bytes.putInt(8, 1),
                "values that are not transposed", bytes -> bytes.putInt(afterCells, 0),
                "other layers", bytes -> bytes.putInt(afterCells + 4, 3),
                "keys of another type", bytes -> bytes.putInt(afterCells + 8, 8));
        changes.forEach((what, change) -> {
            byte[] changed = sound.clone();
            change.accept(ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN));
            assertThatThrownBy(() -> restore(changed, TOKENS)).as(what).isInstanceOf(LlamaException.class);
        });
        assertThatThrownBy(() -> restore(Arrays.copyOf(sound, sound.length - 1), TOKENS))
                .isInstanceOf(LlamaException.class);
        assertThatThrownBy(() -> restore(new byte[] {1}, 1)).isInstanceOf(LlamaException.class);
        assertThatThrownBy(() -> restore(sound, 0)).isInstanceOf(LlamaException.class);
        assertThatThrownBy(() -> restore(sound, 65))
                .isInstanceOf(LlamaException.class)
                .hasMessageContaining("the context has 64 cells");
        assertThat(restore(sound, TOKENS)).isEqualTo(LlamaContext.Outcome.DONE);
    }

    private LlamaContext.Outcome restore(byte[] bytes, int tokens) throws IOException, LlamaException {
        try (SequenceState state = state(bytes)) {
            return context.restoreSequence(1, state, tokens);
        }
    }

    @Test
    @DisplayName("is not there of an empty sequence, of no sequence, once it is closed, or where bytes are missing")
    void misuse() throws Exception {
        assertThatThrownBy(() -> context.copySequence(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Sequence 0 is empty");
        assertThatThrownBy(() -> context.copySequence(4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SequenceState.readFrom(Channels.newChannel(new ByteArrayInputStream(new byte[9])), 10))
                .isInstanceOf(EOFException.class)
                .hasMessage("The state ends after 9 of 10 bytes");
        prefill(context, 0, TOKENS);
        SequenceState state = context.copySequence(0);
        state.close();
        state.close();
        assertThatThrownBy(() -> context.restoreSequence(0, state, TOKENS)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> bytes(state)).isInstanceOf(IllegalStateException.class);
    }
}
