package io.hyperion.core.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.core.gguf.GgufFile;
import io.hyperion.core.gguf.GgufFingerprint;
import io.hyperion.core.gguf.TinyLora;
import io.hyperion.core.gguf.TinyModel;
import io.hyperion.core.llama.Batch;
import io.hyperion.core.llama.LlamaContext;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaLibrary;
import io.hyperion.core.llama.LlamaModel;
import io.hyperion.core.llama.SamplerChain;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The saved sequences of a model")
class SequenceStoreTest {
    private static final int[] PROMPT = {1, 70, 300, 81, 259, 12, 305, 66, 99, 280, 301, 77};
    private static final float[] SCALES = {0.5f, 0};

    @TempDir
    Path temporary;

    private Path saved;
    private LlamaLibrary library;
    private LlamaModel model;
    private LlamaContext context;
    private SequenceStore store;

    @BeforeEach
    void open() throws Exception {
        saved = Files.createDirectory(temporary.resolve("saved"));
        Path file = TinyModel.llama().write(temporary.resolve("tiny.gguf"));
        store = store(file);
        library = LlamaLibrary.open();
        model = LlamaModel.load(library, file, 0);
        context = context();
    }

    @AfterEach
    void close() {
        context.close();
        model.close();
        library.close();
    }

    private LlamaContext context() throws LlamaException {
        return model.newContext(new LlamaContext.Settings(64, 4, 32, 1));
    }

    private SequenceStore store(Path... files) throws IOException {
        List<GgufFile> all = new ArrayList<>();
        for (Path file : files) {
            all.add(GgufFile.read(file));
        }
        return new SequenceStore("tiny", Optional.of(saved), GgufFingerprint.of(all));
    }

    private void prefill(int sequence) throws LlamaException {
        try (Batch batch = context.newBatch()) {
            for (int i = 0; i < PROMPT.length; i++) {
                batch.add(PROMPT[i], i, sequence, false);
            }
            context.decode(batch);
        }
    }

    private List<Integer> goOn(LlamaContext in, int sequence) throws LlamaException {
        List<Integer> tokens = new ArrayList<>(List.of(88));
        try (Batch batch = in.newBatch();
                SamplerChain greedy = new SamplerChain(library).greedy()) {
            for (int i = 0; i < 12; i++) {
                batch.clear();
                int index = batch.add(tokens.get(i), PROMPT.length + i, sequence, true);
                in.decode(batch);
                tokens.add(greedy.sample(in, index));
            }
        }
        return tokens;
    }

    private long save(String name) throws LlamaException {
        prefill(0);
        try (SavedSequence sequence = new SavedSequence(PROMPT, SCALES, context.copySequence(0))) {
            return store.save(name, sequence);
        }
    }

    private SavedSequence load(String name) {
        return store.load(name, SCALES.length, model.vocabulary().size(), 64);
    }

    private static void assertRefused(ThrowingCallable call, ErrorCode code, String why) {
        assertThatThrownBy(call).isInstanceOfSatisfying(InvalidRequestException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(code);
            assertThat(refusal.parameter()).contains("filename");
            assertThat(refusal).hasMessageContaining(why);
        });
    }

    @Test
    @DisplayName("go on after they were read as if nothing had been, in another sequence and in another context")
    void goOn() throws Exception {
        long size = save("chat.bin");
        assertThat(saved.resolve("chat.bin")).hasSize(size);
        List<Integer> expected = goOn(context, 0);
        try (SavedSequence sequence = load("chat.bin");
                LlamaContext other = context()) {
            assertThat(sequence.tokens()).isEqualTo(PROMPT);
            assertThat(sequence.scales()).isEqualTo(SCALES);
            context.restoreSequence(3, sequence.state(), sequence.tokens().length);
            other.restoreSequence(1, sequence.state(), sequence.tokens().length);
            assertThat(goOn(context, 3)).isEqualTo(expected);
            assertThat(goOn(other, 1)).isEqualTo(expected);
        }
    }

    @Test
    @DisplayName("are replaced whole, and no other file is left behind")
    void replaced() throws Exception {
        Files.writeString(saved.resolve("chat.bin"), "something else");
        save("chat.bin");
        load("chat.bin").close();
        try (Stream<Path> files = Files.list(saved)) {
            assertThat(files).containsExactly(saved.resolve("chat.bin"));
        }
    }

    @Test
    @DisplayName("are refused with one bit changed anywhere, cut off anywhere, or with something behind them")
    void damaged() throws Exception {
        save("chat.bin");
        byte[] sound = Files.readAllBytes(saved.resolve("chat.bin"));
        int head = 8 + 4 + 32 + 4 + 4 * SCALES.length + 4 + 4 * PROMPT.length + 8;
        Random random = new Random(4711);
        for (int at = 0; at < sound.length; at += at < head || at >= sound.length - 4 ? 1 : 1 + random.nextInt(200)) {
            byte[] damaged = sound.clone();
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            assertUnusable(damaged, "bit at " + at);
            assertUnusable(Arrays.copyOf(sound, at), "cut at " + at);
        }
        assertUnusable(Arrays.copyOf(sound, sound.length + 1), "one byte more");
        Files.write(saved.resolve("damaged.bin"), sound);
        load("damaged.bin").close();
    }

    private void assertUnusable(byte[] bytes, String how) throws IOException {
        Files.write(saved.resolve("damaged.bin"), bytes);
        assertThatThrownBy(() -> load("damaged.bin"))
                .as(how)
                .isInstanceOfSatisfying(InvalidRequestException.class, refusal -> assertThat(refusal.code())
                        .isEqualTo(ErrorCode.UNUSABLE_FILE));
    }

    @Test
    @DisplayName("are refused where their numbers are none of this model, even with a right checksum")
    void forged() throws Exception {
        save("chat.bin");
        int scales = 8 + 4 + 32 + 4;
        int count = scales + 4 * SCALES.length;
        assertForged(8, 2, "version 2 of the format");
        assertForged(scales - 4, 3, "of 3 adapters");
        assertForged(scales, Float.floatToIntBits(Float.NaN), "the scale of an adapter is NaN");
        assertForged(count, 65, "has 65 tokens, and a sequence of this model has 1 to 64");
        assertForged(count, 0, "has 0 tokens");
        assertForged(count, -1, "has -1 tokens");
        assertForged(count + 4, model.vocabulary().size(), "which the model does not have");
        assertForged(count + 4 + 4 * PROMPT.length + 4, 1 << 30, "is damaged or truncated");
    }

    private void assertForged(int at, int value, String why) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.wrap(Files.readAllBytes(saved.resolve("chat.bin"))).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(at, value);
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.array(), 0, bytes.capacity() - 4);
        bytes.putInt(bytes.capacity() - 4, (int) checksum.getValue());
        Files.write(saved.resolve("forged.bin"), bytes.array());
        assertRefused(() -> load("forged.bin"), ErrorCode.UNUSABLE_FILE, why);
    }

    @Test
    @DisplayName("are refused by a model with other weights or other adapters, and by one that has none")
    void otherModel() throws Exception {
        save("chat.bin");
        Path model42 = temporary.resolve("tiny.gguf");
        Path others = TinyModel.llama(43).write(temporary.resolve("others.gguf"));
        Path lora = TinyLora.llama(1).write(temporary.resolve("lora.gguf"));
        String why = "was saved with another model, or with other adapters";
        for (SequenceStore other : List.of(store(others), store(model42, lora))) {
            store = other;
            assertRefused(() -> load("chat.bin"), ErrorCode.UNUSABLE_FILE, why);
        }
        store = store(model42);
        assertRefused(() -> store.load("chat.bin", 1, 300, 64), ErrorCode.UNUSABLE_FILE, "of 2 adapters");
        Files.writeString(saved.resolve("notes.txt"), "This is no saved sequence.");
        assertRefused(() -> load("notes.txt"), ErrorCode.UNUSABLE_FILE, "'notes.txt' is no saved sequence");
    }

    @Test
    @DisplayName("are where the administrator says, and nowhere else")
    void confined() throws Exception {
        save("chat.bin");
        Path outside = Files.copy(saved.resolve("chat.bin"), temporary.resolve("outside.bin"));
        Files.createSymbolicLink(saved.resolve("link.bin"), outside);
        Files.createDirectory(saved.resolve("directory"));
        assertRefused(() -> load("../outside.bin"), ErrorCode.INVALID_FILE_NAME, "must be a plain file name");
        assertRefused(() -> load("none.bin"), ErrorCode.UNUSABLE_FILE, "does not exist");
        assertRefused(() -> load("link.bin"), ErrorCode.UNUSABLE_FILE, "is no regular file");
        assertRefused(() -> load("directory"), ErrorCode.UNUSABLE_FILE, "is no regular file");
        assertRefused(() -> save("directory"), ErrorCode.UNUSABLE_FILE, "is a directory");
        Files.write(outside, new byte[0]);
        save("link.bin");
        assertThat(outside).as("what the link led to").isEmptyFile();
        assertThat(saved.resolve("link.bin")).isRegularFile().satisfies(file -> assertThat(Files.isSymbolicLink(file))
                .isFalse());
    }

    @Test
    @DisplayName("are off without a directory, and an error where it is gone")
    void off() throws Exception {
        GgufFingerprint fingerprint = new GgufFingerprint("0".repeat(64));
        store = new SequenceStore("tiny", Optional.empty(), fingerprint);
        assertRefused(() -> store.requireValid("chat.bin"), ErrorCode.SAVING_IS_OFF, "'slot-save-path' is not set");
        store = new SequenceStore("tiny", Optional.of(temporary.resolve("gone")), fingerprint);
        assertThatThrownBy(() -> store.requireValid("chat.bin"))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("is not there");
    }
}
