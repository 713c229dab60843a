package io.hyperion.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hyperion.api.BusyException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.core.gguf.TinyModel;
import io.hyperion.core.sequence.SavedSequence;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Copies of slots, when sequences run short")
@Timeout(60)
class SlotCopiesTest {
    private static final int CELLS = 256;
    private static final int BATCH = 64;

    private static Path model;

    @BeforeAll
    static void writeModel(@TempDir Path directory) {
        model = TinyModel.llama().exact().uint32("llama.context_length", CELLS).write(directory.resolve("tiny.gguf"));
    }

    private static LoopRig.Result generate(LoopRig rig, String prompt) {
        LoopRig.Result result = new LoopRig.Result();
        rig.submit(rig.tokenize(prompt), 4, EngineOptions.DEFAULTS, result);
        while (!result.hasEnded()) {
            rig.turn();
        }
        return result;
    }

    @Test
    @DisplayName("are of what is left of the slot, if the copy cost it its own sequence")
    void idTaken() {
        // Two ids for one slot: the copy of the slot's sequence needs the id of another.
        try (LoopRig rig = new LoopRig(model, CELLS, 1, 2, BATCH, EngineListener.NONE)) {
            int slot = generate(rig, "the first").reply().slot();
            int tokens = rig.usedCells();
            try (SavedSequence copy = rig.loop().copySlot(slot)) {
                assertThat(copy.tokens()).hasSize(tokens);
            }
            assertThat(rig.usedCells()).isEqualTo(tokens);
            LoopRig.Result running = new LoopRig.Result();
            rig.submit(rig.tokenize("once upon a time"), 100, EngineOptions.DEFAULTS, running);
            rig.turn();
            // The slot is another's now, which is copied by way of the id of the first.
            try (SavedSequence copy = rig.loop().copySlot(slot)) {
                assertThat(copy.tokens()).startsWith(rig.tokenize("once upon a time"));
            }
            rig.turn();
            assertThat(running.hasEnded()).isFalse();
        }
        // One id alone: it is the slot's own.
        try (LoopRig rig = new LoopRig(model, CELLS, 1, 1, BATCH, EngineListener.NONE)) {
            int slot = generate(rig, "the first").reply().slot();
            assertThat(catchThrowableOfType(InvalidRequestException.class, () -> rig.loop()
                                    .copySlot(slot))
                            .code())
                    .isEqualTo(ErrorCode.EMPTY_SLOT);
            rig.turn();
            assertThat(rig.usedCells()).isZero();
        }
    }

    @Test
    @DisplayName("are refused as busy while all sequences are at work, which go on")
    void allAtWork() {
        try (LoopRig rig = new LoopRig(model, CELLS, 1, 1, BATCH, EngineListener.NONE);
                LoopRig other = new LoopRig(model, CELLS, 1, 2, BATCH, EngineListener.NONE)) {
            String alone = generate(other, "once upon a time").reply().text();
            LoopRig.Result running = new LoopRig.Result();
            rig.submit(rig.tokenize("once upon a time"), 4, EngineOptions.DEFAULTS, running);
            rig.turn();
            assertThat(catchThrowableOfType(
                                    BusyException.class, () -> rig.loop().copySlot(0))
                            .code())
                    .isEqualTo(ErrorCode.QUEUE_FULL);
            try (SavedSequence saved = other.loop().copySlot(0)) {
                assertThat(catchThrowableOfType(
                                        BusyException.class, () -> rig.loop().restoreSlot(0, saved, List.of()))
                                .code())
                        .isEqualTo(ErrorCode.QUEUE_FULL);
            }
            while (!running.hasEnded()) {
                rig.turn();
            }
            assertThat(running.reply().text()).isEqualTo(alone);
        }
    }
}
