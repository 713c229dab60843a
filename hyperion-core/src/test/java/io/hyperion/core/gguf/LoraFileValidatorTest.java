package io.hyperion.core.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hyperion.core.llama.Batch;
import io.hyperion.core.llama.LlamaContext;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaLibrary;
import io.hyperion.core.llama.LlamaModel;
import io.hyperion.core.llama.LoraAdapter;
import io.hyperion.core.llama.SamplerChain;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The gate for LoRA adapters")
class LoraFileValidatorTest {
    private static final int TOKENS = TinyModel.tokens().size();

    @TempDir
    Path directory;

    private GgufFile base;

    @BeforeEach
    void writeBase() throws IOException {
        base = model(TinyModel.llama());
    }

    private GgufFile model(TinyModel model) throws IOException {
        return GgufFile.read(model.write(directory.resolve("base.gguf")));
    }

    private GgufFile adapter(TinyLora lora) throws IOException {
        return GgufFile.read(lora.write(directory.resolve("lora.gguf")));
    }

    private String refusal(TinyLora lora) throws IOException {
        GgufFile adapter = adapter(lora);
        GgufException refusal =
                catchThrowableOfType(GgufException.class, () -> LoraFileValidator.validate(List.of(adapter), base));
        assertThat(refusal).as("it was let through").isNotNull();
        assertThat(refusal.offset()).isBetween(0L, adapter.fileSize());
        return refusal.getMessage();
    }

    private static TinyLora lora() {
        return TinyLora.llama(7);
    }

    @Test
    @DisplayName(
            "lets a sound one through, with norms that llama.cpp ignores, with changed embeddings, and with experts")
    void sound() throws IOException {
        TinyLora lora = lora().matrix("blk.0.attn_norm.weight", 64).embeddings(64, TOKENS, 4);
        GgufFile adapter = adapter(lora);
        assertThatCode(() -> LoraFileValidator.validate(List.of(adapter), base)).doesNotThrowAnyException();
        base = model(TinyModel.llama().tensor("blk.0.ffn_up_exps.weight", TensorType.F32, 64, 96, 4));
        GgufFile experts = adapter(TinyLora.empty(1, 4)
                .matrix("blk.0.ffn_up_exps.weight.lora_a", 64, 8, 4)
                .matrix("blk.0.ffn_up_exps.weight.lora_b", 8, 96, 4));
        assertThatCode(() -> LoraFileValidator.validate(List.of(experts), base)).doesNotThrowAnyException();
    }

    @Nested
    @DisplayName("refuses a file")
    class Refuses {
        @Test
        @DisplayName("that is no LoRA adapter, such as a model")
        void noAdapter() throws IOException {
            GgufException model =
                    catchThrowableOfType(GgufException.class, () -> LoraFileValidator.validate(List.of(base), base));
            assertThat(model).hasMessageContaining("'general.type' is missing: this file is no adapter");
            assertThat(refusal(lora().text("general.type", "model"))).contains("'model', not 'adapter'");
            assertThat(refusal(lora().text("adapter.type", "control_vector")))
                    .contains("only LoRA adapters can be used");
            assertThat(refusal(lora().without("adapter.type"))).contains("'adapter.type' is missing");
        }

        @Test
        @DisplayName("whose metadata are of other types, of which llama.cpp asserts each")
        void types() throws IOException {
            for (String key : List.of("general.type", "general.architecture", "adapter.type")) {
                assertThat(refusal(lora().entry(key, writer -> writer.uint32(key, 1))))
                        .contains("'" + key + "' is of type uint32, not string");
            }
            String alpha = "adapter.lora.alpha";
            assertThat(refusal(lora().entry(alpha, writer -> writer.uint32(alpha, 16))))
                    .contains("is of type uint32, not float32");
            assertThat(refusal(lora().entry(alpha, writer -> writer.float32(alpha, Float.NaN))))
                    .contains("is NaN, and must be finite");
        }

        @Test
        @DisplayName("of another model: architecture, weights, shapes")
        void otherModel() throws IOException {
            assertThat(refusal(lora().text("general.architecture", "qwen2")))
                    .contains("'qwen2', not 'llama': the adapter is of another model");
            assertThat(refusal(lora().pair("blk.2.attn_q.weight", 64, 64, 8)))
                    .contains("lora.gguf: at offset ")
                    .contains("'blk.2.attn_q.weight.lora_a' changes a weight that base.gguf does not have");
            assertThat(refusal(lora().pair("blk.0.attn_q.weight", 128, 64, 8)))
                    .contains("'blk.0.attn_q.weight.lora_a' is 128 × 8 and its pair 8 × 64")
                    .contains("does not fit the weight of 64 × 64 in base.gguf: of another model");
            assertThat(refusal(lora().pair("blk.0.attn_q.weight", 64, 128, 8))).contains("its pair 8 × 128");
        }

        @Test
        @DisplayName("with shapes that llama.cpp takes and does not survive")
        void fatalShapes() throws IOException {
            assertThat(refusal(lora().matrix("blk.0.attn_q.weight.lora_b", 4, 64)))
                    .as("ranks")
                    .contains("is 64 × 8 and its pair 4 × 64");
            assertThat(refusal(lora().embeddings(64, TOKENS, 4).matrix("token_embd.weight.lora_b", 8, 64)))
                    .as("ranks of embeddings")
                    .contains("'token_embd.weight.lora_a' is 4 × " + TOKENS + " and its pair 8 × 64");
            assertThat(refusal(lora().matrix("blk.0.attn_q.weight.lora_a", 64, 8, 2)))
                    .as("a third dimension")
                    .contains("is 64 × 8 × 2");
            assertThat(refusal(lora().matrix("blk.0.attn_q.weight.lora_b", 8, 64, 1, 2)))
                    .as("a fourth dimension")
                    .contains("its pair 8 × 64 × 1 × 2");
        }

        @Test
        @DisplayName("that changes embeddings which are the output too")
        void tiedEmbeddings() throws IOException {
            base = model(TinyModel.llama().withoutTensor("output.weight"));
            assertThat(refusal(lora().embeddings(64, TOKENS, 4)))
                    .contains("changes the embeddings, which this model uses for its output too");
        }

        @Test
        @DisplayName("that changes weights which llama.cpp repacks")
        void repacked() throws IOException {
            base = withQ4("blk.0.attn_q.weight");
            assertThat(refusal(lora())).contains("changes a weight of type Q4_0, which llama.cpp b4916 repacks");
        }

        /** Q4_0 has 18 bytes for each 32 numbers, as many as nine of F16: so only the table needs to be changed. */
        private GgufFile withQ4(String name) throws IOException {
            Path file = TinyModel.llama().tensor(name, TensorType.F16, 18, 64).write(directory.resolve("base.gguf"));
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            int dimensions =
                    (int) GgufFile.read(file).tensor(name).orElseThrow().entryOffset() + 8 + name.length() + 4;
            bytes.putLong(dimensions, 64).putInt(dimensions + 16, TensorType.Q4_0.id());
            Files.write(file, bytes.array());
            return GgufFile.read(file);
        }

        @Test
        @DisplayName("whose tensors are no pairs of matrices")
        void noPairs() throws IOException {
            assertThat(refusal(TinyLora.empty(1, 4))).contains("changes no weight");
            assertThat(refusal(lora().withoutMatrix("blk.0.attn_q.weight.lora_b")))
                    .contains("'blk.0.attn_q.weight.lora_b' is missing");
            assertThat(refusal(lora().withoutMatrix("blk.0.attn_q.weight.lora_a")))
                    .contains("'blk.0.attn_q.weight.lora_a' is missing");
            assertThat(refusal(lora().matrix("blk.0.attn_q.weight", 64, 64))).contains("ends neither in .lora_a");
            assertThat(refusal(lora().pair("blk.0.lora_a.attn_q.weight", 64, 64, 8)))
                    .contains("more than once");
            assertThat(refusal(lora().pair("output_norm.weight", 64, 1, 8))).contains("is no matrix");
        }

        @Test
        @DisplayName("that is one too many for the operations that llama.cpp has room for")
        void tooMany() throws IOException {
            GgufFile adapter = adapter(lora());
            int most = LoraFileValidator.MAX_PAIRS / 4;
            assertThatCode(() -> LoraFileValidator.validate(Collections.nCopies(most, adapter), base))
                    .doesNotThrowAnyException();
            assertThat(catchThrowableOfType(
                            GgufException.class,
                            () -> LoraFileValidator.validate(Collections.nCopies(most + 1, adapter), base)))
                    .hasMessageContaining("may have " + LoraFileValidator.MAX_PAIRS);
        }
    }

    /** Whatever passes the gate is used by the real llama.cpp, in this very process: a file that kills it kills the test. */
    @Test
    @DisplayName("refuses a file damaged in 1 500 ways, or it does no harm to the process")
    void damaged() throws Exception {
        byte[] sound = Files.readAllBytes(lora().embeddings(64, TOKENS, 4).write(directory.resolve("sound.gguf")));
        int head = (int) GgufFile.read(directory.resolve("sound.gguf")).dataOffset();
        Path damaged = directory.resolve("damaged.gguf");
        Random random = new Random(4711);
        int refused = 0;
        int used = 0;
        try (LlamaLibrary library = LlamaLibrary.open();
                LlamaModel model = LlamaModel.load(library, base.path(), 0)) {
            for (int i = 0; i < 1500; i++) {
                Files.write(damaged, damage(sound, head, random));
                try {
                    LoraFileValidator.validate(List.of(GgufFile.read(damaged)), base);
                } catch (GgufException e) {
                    assertThat(e).as("variant %s", i).hasMessageStartingWith("damaged.gguf: at offset ");
                    refused++;
                    continue;
                }
                used += use(library, model, damaged) ? 1 : 0;
            }
        }
        assertThat(refused).isGreaterThan(700);
        assertThat(used).isGreaterThan(100);
    }

    private static byte[] damage(byte[] sound, int head, Random random) {
        byte[] bytes = sound.clone();
        switch (random.nextInt(8)) {
            case 0, 1, 2, 3 -> bytes[random.nextInt(head)] ^= (byte) (1 << random.nextInt(8));
            case 4 -> bytes[random.nextInt(head)] = (byte) random.nextInt(16);
            case 5 -> {
                for (int i = 0; i < 3; i++) {
                    bytes[random.nextInt(head)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            case 6 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            default -> bytes = Arrays.copyOf(bytes, random.nextInt(random.nextBoolean() ? bytes.length : head));
        }
        return bytes;
    }

    /** {@return whether llama.cpp took the file: if not, it found its fault by itself and said so} */
    private static boolean use(LlamaLibrary library, LlamaModel model, Path file) {
        try (LoraAdapter adapter = model.loadAdapter(file)) {
            try (LlamaContext context = model.newContext(new LlamaContext.Settings(32, 1, 32, 1));
                    Batch batch = context.newBatch();
                    SamplerChain sampler = new SamplerChain(library).greedy()) {
                context.setAdapters(List.of(new LoraAdapter.Scaled(adapter, 1)));
                for (int i = 0; i < 8; i++) {
                    batch.add(70 + i, i, 0, i == 7);
                }
                context.decode(batch);
                sampler.sample(context, 7);
            }
            return true;
        } catch (LlamaException e) {
            return false;
        }
    }
}
