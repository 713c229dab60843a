package io.hyperion.core.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.hyperion.core.TestModels;
import io.hyperion.core.llama.Batch;
import io.hyperion.core.llama.EmbeddingContext;
import io.hyperion.core.llama.LlamaContext;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaLibrary;
import io.hyperion.core.llama.LlamaModel;
import io.hyperion.core.llama.Pooling;
import io.hyperion.core.llama.SamplerChain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damages a model in many ways and lets the real llama.cpp at whatever passes the gate, in this very process: a file that kills it kills
 * the test.
 */
@DisplayName("A damaged model file")
class CorruptedFilesTest {
    private static final String PROMPT = "Once upon a time, Zoë <s> 7+5\n\u0001";

    private static LlamaLibrary library;

    @TempDir
    Path directory;

    /** What became of the files. */
    private static final class Tally {
        private int refused;
        private int notLoaded;
        private int used;
    }

    @BeforeAll
    static void open() throws LlamaException {
        library = LlamaLibrary.open();
    }

    @AfterAll
    static void close() {
        library.close();
    }

    @Test
    @DisplayName("in 1 000 ways is refused with the offset of the fault, or does no harm to the process")
    void tiny() throws IOException {
        Tally tally = damage(TinyModel.llama().write(directory.resolve("sound.gguf")), 1000, 4711);
        assertThat(tally.refused).isGreaterThan(300);
        assertThat(tally.used).isGreaterThan(100);
        assertThat(tally.refused + tally.notLoaded + tally.used).isEqualTo(1000);
    }

    @Test
    @DisplayName("that was really trained is refused with the offset of the fault, or does no harm to the process")
    void trained() throws IOException {
        Tally tally = damage(TestModels.demo(), 100, 815);
        assertThat(tally.refused).isGreaterThan(30);
    }

    @Test
    @DisplayName("of a reranker in 500 ways is refused with the offset of the fault, or does no harm to the process")
    void reranker() throws IOException {
        Tally tally = damage(TinyModel.reranker().write(directory.resolve("sound.gguf")), 500, 31);
        assertThat(tally.refused).isGreaterThan(100);
        assertThat(tally.used).isGreaterThan(15);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nomic-bert", "jina-bert-v2", "sentencepiece"})
    @DisplayName("of another kind of encoder in 300 ways is refused, or does no harm to the process")
    void encoders(String kind) throws IOException {
        Tally tally = damage(TinyModel.encoder(kind).write(directory.resolve("sound.gguf")), 300, 97);
        assertThat(tally.refused).isGreaterThan(50);
        assertThat(tally.used).isGreaterThan(15);
    }

    private Tally damage(Path sound, int count, long seed) throws IOException {
        byte[] bytes = Files.readAllBytes(sound);
        GgufFile file = GgufFile.read(sound);
        assertThatCode(() -> ModelFileValidator.validate(file)).doesNotThrowAnyException();
        // Most bytes of a head are the vocabulary; half of the damage goes to the other ones.
        int[] vital = vital(file);
        int head = (int) file.dataOffset();
        Random random = new Random(seed);
        Path damaged = directory.resolve("damaged.gguf");
        Tally tally = new Tally();
        for (int i = 0; i < count; i++) {
            byte[] variant = variant(bytes, head, vital, random);
            Files.write(damaged, variant);
            examine(damaged, variant.length, tally, "seed " + seed + ", variant " + i);
        }
        return tally;
    }

    private static int[] vital(GgufFile file) {
        boolean[] vital = new boolean[(int) file.dataOffset()];
        Arrays.fill(vital, 0, 24, true);
        file.metadata().forEach((key, value) -> {
            int at = (int) file.offsetOf(key);
            // Length and text of the key, type, and the beginning of the value, which has the length of a list.
            Arrays.fill(vital, at - 4 - key.length() - 8, Math.min(vital.length, at + 16), true);
        });
        Arrays.fill(vital, (int) file.tensors().get(0).entryOffset(), vital.length, true);
        int[] offsets = new int[vital.length];
        int count = 0;
        for (int i = 0; i < vital.length; i++) {
            if (vital[i]) {
                offsets[count++] = i;
            }
        }
        return Arrays.copyOf(offsets, count);
    }

    private static byte[] variant(byte[] sound, int head, int[] vital, Random random) {
        byte[] bytes = sound.clone();
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> flip(bytes, vital[random.nextInt(vital.length)], random);
            case 3, 4 -> flip(bytes, random.nextInt(head), random);
            case 5 -> {
                for (int i = 0; i < 4; i++) {
                    flip(bytes, vital[random.nextInt(vital.length)], random);
                }
            }
            case 6 -> bytes[vital[random.nextInt(vital.length)]] = (byte) random.nextInt(256);
            case 7 -> {
                int at = vital[random.nextInt(vital.length)];
                Arrays.fill(
                        bytes, at, Math.min(head, at + 1 + random.nextInt(8)), (byte) (random.nextBoolean() ? 0 : -1));
            }
            case 8 -> {
                // At any place, that is mostly within the weights, or within the head.
                bytes = Arrays.copyOf(bytes, random.nextInt(random.nextBoolean() ? bytes.length : head));
            }
            default -> {
                int at = random.nextInt(head);
                byte[] inserted = new byte[1 + random.nextInt(16)];
                random.nextBytes(inserted);
                bytes = Arrays.copyOf(bytes, bytes.length + inserted.length);
                System.arraycopy(sound, at, bytes, at + inserted.length, sound.length - at);
                System.arraycopy(inserted, 0, bytes, at, inserted.length);
            }
        }
        return bytes;
    }

    private static void flip(byte[] bytes, int at, Random random) {
        bytes[at] ^= (byte) (1 << random.nextInt(8));
    }

    private static void examine(Path file, long length, Tally tally, String which) throws IOException {
        GgufFile header;
        try {
            header = GgufFile.read(file);
            ModelFileValidator.validate(header);
        } catch (GgufException e) {
            assertThat(e.offset()).as(which).isBetween(0L, length);
            assertThat(e).as(which).hasMessageStartingWith("damaged.gguf: at offset " + e.offset() + ": ");
            tally.refused++;
            return;
        }
        try {
            if (header.isEncoder()) {
                embed(file, header);
            } else {
                generate(file);
            }
            tally.used++;
        } catch (LlamaException e) {
            // llama.cpp found it out by itself, and said so.
            tally.notLoaded++;
        }
    }

    private static void embed(Path file, GgufFile header) throws LlamaException {
        try (LlamaModel model = LlamaModel.load(library, file, 0)) {
            for (Pooling pooling : Pooling.values()) {
                if (pooling != Pooling.RANK || header.hasClassifier()) {
                    embed(model, pooling);
                }
            }
        }
    }

    private static void embed(LlamaModel model, Pooling pooling) throws LlamaException {
        try (EmbeddingContext context =
                        model.newEmbeddingContext(new EmbeddingContext.Settings(64, 4, 1, pooling, true));
                Batch batch = context.newBatch()) {
            int[] tokens = model.vocabulary().tokenize(PROMPT, true, true);
            int length = Math.min(tokens.length, Math.min(24, context.maxTokens()));
            for (int sequence = 0; sequence < 2; sequence++) {
                for (int position = 0; position < length; position++) {
                    batch.add(tokens[position], position, sequence, true);
                }
            }
            context.evaluate(batch);
            if (pooling == Pooling.NONE) {
                context.ofToken(length);
            } else {
                context.ofSequence(1);
            }
        }
    }

    private static void generate(Path file) throws LlamaException {
        try (LlamaModel model = LlamaModel.load(library, file, 0);
                LlamaContext context = model.newContext(new LlamaContext.Settings(64, 1, 64, 1));
                Batch batch = context.newBatch();
                SamplerChain sampler =
                        new SamplerChain(library).topK(40).temperature(0.8).distribution(1)) {
            int[] prompt = model.vocabulary().tokenize(PROMPT, true, true);
            int position = 0;
            for (int token : Arrays.copyOf(prompt, Math.min(prompt.length, 48))) {
                batch.add(token, position++, 0, position == Math.min(prompt.length, 48));
            }
            for (int i = 0; i < 4; i++) {
                context.decode(batch);
                int token = sampler.sample(context, batch.size() - 1);
                model.vocabulary().piece(token);
                batch.clear();
                batch.add(token, position++, 0, true);
            }
        }
    }
}
