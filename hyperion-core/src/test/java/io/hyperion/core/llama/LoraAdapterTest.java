package io.hyperion.core.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hyperion.core.gguf.TensorType;
import io.hyperion.core.gguf.TinyLora;
import io.hyperion.core.gguf.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A LoRA adapter")
class LoraAdapterTest {
    private static final int[] PROMPT = {1, 70, 300, 81, 259, 12, 305};
    private static final Path STATUS = Path.of("/proc/self/status");

    @TempDir
    Path directory;

    private LlamaLibrary library;

    @BeforeEach
    void open() throws LlamaException {
        library = LlamaLibrary.open();
    }

    @AfterEach
    void close() {
        library.close();
    }

    /** All weights exact, so that what differs is the adapter's. */
    private static TinyModel exact() {
        TinyModel model = TinyModel.llama();
        int tokens = TinyModel.tokens().size();
        model.tensor("token_embd.weight", TensorType.F32, 64, tokens)
                .tensor("output.weight", TensorType.F32, 64, tokens);
        for (String layer : List.of("blk.0.", "blk.1.")) {
            model.tensor(layer + "attn_k.weight", TensorType.F32, 64, 32)
                    .tensor(layer + "attn_v.weight", TensorType.F32, 64, 32)
                    .tensor(layer + "attn_output.weight", TensorType.F32, 64, 64)
                    .tensor(layer + "ffn_gate.weight", TensorType.F32, 64, 96)
                    .tensor(layer + "ffn_up.weight", TensorType.F32, 64, 96)
                    .tensor(layer + "ffn_down.weight", TensorType.F32, 96, 64);
        }
        return model;
    }

    private Path file(String name) {
        return directory.resolve(name);
    }

    private LlamaModel base() throws LlamaException {
        return LlamaModel.load(library, exact().write(file("base.gguf")), 0);
    }

    private static LlamaContext context(LlamaModel model) throws LlamaException {
        return model.newContext(new LlamaContext.Settings(64, 2, 32, 1));
    }

    private static float[] logits(LlamaContext context) throws LlamaException {
        context.clear();
        try (Batch batch = context.newBatch()) {
            int last = 0;
            for (int i = 0; i < PROMPT.length; i++) {
                last = batch.add(PROMPT[i], i, 0, i == PROMPT.length - 1);
            }
            context.decode(batch);
            return context.logits(last).values().clone();
        }
    }

    private float[] logits(TinyModel model) throws LlamaException {
        try (LlamaModel loaded = LlamaModel.load(library, model.write(file("merged.gguf")), 0);
                LlamaContext context = context(loaded)) {
            return logits(context);
        }
    }

    private static double distance(float[] a, float[] b) {
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
        }
        return largest;
    }

    private static LoraAdapter.Scaled scaled(LoraAdapter adapter, double scale) {
        return new LoraAdapter.Scaled(adapter, (float) scale);
    }

    @Test
    @DisplayName("changes the logits as the weights would, had it been merged into them, in proportion to its scale")
    void asMerged() throws LlamaException {
        TinyLora lora = TinyLora.llama(7).embeddings(64, TinyModel.tokens().size(), 4);
        try (LlamaModel model = base();
                LlamaContext context = context(model)) {
            float[] bare = logits(context);
            LoraAdapter adapter = model.loadAdapter(lora.write(file("lora.gguf")));
            assertThat(logits(context)).as("loaded, not used").isEqualTo(bare);
            for (double scale : new double[] {1, 0.25, -1}) {
                context.setAdapters(List.of(scaled(adapter, scale)));
                float[] expected = logits(lora.mergeInto(exact(), (float) scale));
                assertThat(distance(expected, bare)).as("scale %s", scale).isGreaterThan(0.1);
                assertThat(distance(logits(context), expected))
                        .as("scale %s", scale)
                        .isLessThan(0.01);
            }
            context.setAdapters(List.of(scaled(adapter, 0)));
            assertThat(logits(context)).as("scale 0").isEqualTo(bare);
        }
    }

    @Test
    @DisplayName("works together with others")
    void together() throws LlamaException {
        TinyLora one = TinyLora.empty(1, 8).pair("blk.0.attn_q.weight", 64, 64, 4);
        TinyLora other = TinyLora.empty(2, 4)
                .pair("output.weight", 64, TinyModel.tokens().size(), 16);
        try (LlamaModel model = base();
                LlamaContext context = context(model)) {
            context.setAdapters(List.of(
                    scaled(model.loadAdapter(one.write(file("one.gguf"))), 2),
                    scaled(model.loadAdapter(other.write(file("other.gguf"))), 1)));
            float[] expected = logits(other.mergeInto(one.mergeInto(exact(), 2), 1));
            assertThat(distance(logits(context), expected)).isLessThan(0.01);
        }
    }

    @Test
    @DisplayName("takes its alpha for 1 for each rank where the file has none")
    void withoutAlpha() throws LlamaException {
        TinyLora lora = TinyLora.empty(3, 4).pair("blk.0.attn_q.weight", 64, 64, 4);
        try (LlamaModel model = base();
                LlamaContext context = context(model)) {
            LoraAdapter adapter =
                    model.loadAdapter(lora.without("adapter.lora.alpha").write(file("lora.gguf")));
            context.setAdapters(List.of(scaled(adapter, 1)));
            assertThat(distance(logits(context), logits(lora.mergeInto(exact(), 1))))
                    .isLessThan(0.01);
        }
    }

    @Test
    @DisplayName("is refused by a context of another model, twice, closed, or with a scale that is no number")
    void misuse() throws LlamaException {
        try (LlamaModel model = base();
                LlamaModel other = LlamaModel.load(library, exact().write(file("other.gguf")), 0)) {
            LoraAdapter adapter = model.loadAdapter(TinyLora.llama(7).write(file("lora.gguf")));
            try (LlamaContext context = context(other)) {
                assertThatThrownBy(() -> context.setAdapters(List.of(scaled(adapter, 1))))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("another model");
            }
            try (LlamaContext context = context(model)) {
                assertThatThrownBy(() -> context.setAdapters(List.of(scaled(adapter, 1), scaled(adapter, 2))))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("twice");
                assertThatThrownBy(adapter::close)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("1 open contexts");
            }
            assertThatThrownBy(() -> scaled(adapter, Double.NaN)).isInstanceOf(IllegalArgumentException.class);
            adapter.close();
            adapter.close();
            try (LlamaContext context = context(model)) {
                assertThatThrownBy(() -> context.setAdapters(List.of(scaled(adapter, 1))))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("closed");
            }
        }
    }

    @Test
    @DisplayName("that llama.cpp does not load is an exception with its reason")
    void loadFailure() throws LlamaException {
        try (LlamaModel model = base()) {
            assertThatThrownBy(() -> model.loadAdapter(
                            TinyLora.llama(7).text("adapter.type", "other").write(file("lora.gguf"))))
                    .isInstanceOf(LlamaException.class)
                    .hasMessageContaining("lora.gguf")
                    .hasMessageContaining("adapter.type");
            assertThatThrownBy(() -> model.loadAdapter(file("none.gguf")))
                    .isInstanceOf(LlamaException.class)
                    .hasMessageContaining("cannot be read");
        }
    }

    @Test
    @DisplayName("gives its memory back, closed by itself or with its model")
    void memory() throws Exception {
        assumeTrue(Files.exists(STATUS), "the resident set size is read from /proc, which is not on this system");
        // 10 MB each.
        Path large = TinyLora.empty(7, 16)
                .pair("blk.0.attn_q.weight", 64, 64, 20_480)
                .write(file("large.gguf"));
        try (LlamaModel model = base()) {
            model.loadAdapter(large).close();
            long before = residentKilobytes();
            for (int i = 0; i < 20; i++) {
                model.loadAdapter(large).close();
            }
            assertThat(residentKilobytes()).isLessThan(before + 40_000);
        }
        long before = residentKilobytes();
        for (int i = 0; i < 20; i++) {
            try (LlamaModel model = base()) {
                model.loadAdapter(large);
            }
        }
        assertThat(residentKilobytes()).isLessThan(before + 40_000);
    }

    private static long residentKilobytes() throws IOException {
        System.gc();
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
