package io.hyperion.bench.model;

import io.hyperion.core.gguf.GgufWriter;
import io.hyperion.core.gguf.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes a model of the llama architecture with random weights, as a GGUF file that llama.cpp loads. It takes the time and the memory of
 * a trained one of its shape. Its completions are random words: each is one token, and the same tokens again when it comes back in a
 * prompt, and the model never ends its turn. Its template is ChatML. The file is the same for the same shape and seed.
 */
public final class RandomModel {
    /** Gives the words logits that are as far apart as a trained model's: with less, rounding decides which token is the first. */
    private static final double OUTPUT_GAIN = 4;

    private static final String CHAT_ML = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n'"
            + " + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}"
            + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    private final ModelShape shape;
    private final RandomVocabulary vocabulary;
    private final SplittableRandom seeds;
    private final GgufWriter writer = new GgufWriter();

    private RandomModel(ModelShape shape, long seed) {
        this.shape = shape;
        this.vocabulary = new RandomVocabulary(shape.vocabulary());
        this.seeds = new SplittableRandom(seed);
    }

    /**
     * Writes a model. Weights are made row by row: little memory is needed for the largest.
     *
     * @param file the file, which is replaced if it is there; its directory is made
     * @param shape how large it is
     * @param seed says which weights
     * @throws IOException if it cannot be written
     */
    public static void write(Path file, ModelShape shape, long seed) throws IOException {
        RandomModel model = new RandomModel(shape, seed);
        model.metadata(seed);
        model.tensors();
        Files.createDirectories(file.toAbsolutePath().getParent());
        model.writer.write(file);
    }

    private void metadata(long seed) {
        writer.text("general.architecture", "llama")
                .text("general.name", "Random " + shape.parameters() / 1_000_000 + "M, seed " + seed)
                .uint32("llama.context_length", shape.context())
                .uint32("llama.embedding_length", shape.width())
                .uint32("llama.block_count", shape.layers())
                .uint32("llama.feed_forward_length", shape.feedForward())
                .uint32("llama.rope.dimension_count", shape.width() / shape.heads())
                .uint32("llama.attention.head_count", shape.heads())
                .uint32("llama.attention.head_count_kv", shape.keyValueHeads())
                .float32("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .float32("llama.rope.freq_base", 10_000)
                .uint32("llama.vocab_size", shape.vocabulary())
                .text("tokenizer.ggml.model", "llama")
                .texts("tokenizer.ggml.tokens", vocabulary.tokens())
                .float32s("tokenizer.ggml.scores", vocabulary.scores())
                .int32s("tokenizer.ggml.token_type", vocabulary.types())
                .uint32("tokenizer.ggml.unknown_token_id", RandomVocabulary.UNKNOWN)
                .uint32("tokenizer.ggml.bos_token_id", RandomVocabulary.BOS)
                .uint32("tokenizer.ggml.eos_token_id", RandomVocabulary.EOS)
                .uint32("tokenizer.ggml.eot_token_id", RandomVocabulary.END_OF_TURN)
                .bool("tokenizer.ggml.add_bos_token", true)
                .text("tokenizer.chat_template", CHAT_ML);
    }

    private void tensors() {
        int width = shape.width();
        int keys = shape.keyValueWidth();
        int feedForward = shape.feedForward();
        matrix("token_embd.weight", width, shape.vocabulary(), 1);
        norm("output_norm.weight");
        output();
        for (int i = 0; i < shape.layers(); i++) {
            String layer = "blk." + i + ".";
            norm(layer + "attn_norm.weight");
            matrix(layer + "attn_q.weight", width, width, 1 / Math.sqrt(width));
            matrix(layer + "attn_k.weight", width, keys, 1 / Math.sqrt(width));
            matrix(layer + "attn_v.weight", width, keys, 1 / Math.sqrt(width));
            matrix(layer + "attn_output.weight", width, width, 1 / Math.sqrt(width));
            norm(layer + "ffn_norm.weight");
            matrix(layer + "ffn_gate.weight", width, feedForward, 1 / Math.sqrt(width));
            matrix(layer + "ffn_up.weight", width, feedForward, 1 / Math.sqrt(width));
            matrix(layer + "ffn_down.weight", feedForward, width, 1 / Math.sqrt(feedForward));
        }
    }

    private void norm(String name) {
        writer.tensor(name, TensorType.F32, List.of((long) shape.width()), row -> Arrays.fill(row, 1));
    }

    private void matrix(String name, long rowLength, long rows, double deviation) {
        SplittableRandom random = seeds.split();
        writer.tensor(name, shape.type(), List.of(rowLength, rows), row -> fill(row, random, deviation));
    }

    /** What is no word has the logit 0, which is never the largest of thousands. */
    private void output() {
        SplittableRandom random = seeds.split();
        double deviation = OUTPUT_GAIN / Math.sqrt(shape.width());
        int[] token = {0};
        writer.tensor("output.weight", shape.type(), List.of((long) shape.width(), (long) shape.vocabulary()), row -> {
            if (vocabulary.isWord(token[0]++)) {
                fill(row, random, deviation);
            } else {
                Arrays.fill(row, 0);
            }
        });
    }

    /** Evenly distributed: a matrix adds up so many that it makes no difference, and they are made ten times as fast. */
    private static void fill(float[] row, SplittableRandom random, double deviation) {
        float scale = (float) (2 * Math.sqrt(3) * deviation);
        for (int i = 0; i < row.length; i++) {
            row[i] = ((random.nextInt() >>> 8) * 0x1p-24f - 0.5f) * scale;
        }
    }
}
