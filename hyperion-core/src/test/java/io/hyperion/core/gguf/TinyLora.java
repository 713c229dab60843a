package io.hyperion.core.gguf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/** A LoRA adapter with random matrices. A test changes what it is about before it writes the file. */
public final class TinyLora {
    private record Matrix(TensorType type, float[][] rows, List<Long> dimensions) {}

    private final Map<String, Consumer<GgufWriter>> entries = new LinkedHashMap<>();
    private final Map<String, Matrix> matrices = new LinkedHashMap<>();
    private final Random random;
    private final float alpha;

    private TinyLora(long seed, float alpha) {
        this.random = new Random(seed);
        this.alpha = alpha;
        text("general.type", "adapter");
        text("general.architecture", "llama");
        text("adapter.type", "lora");
        entry("adapter.lora.alpha", writer -> writer.float32("adapter.lora.alpha", alpha));
    }

    /** {@return an adapter of a {@link TinyModel} that changes four of its weights} */
    public static TinyLora llama(long seed) {
        return empty(seed, 16)
                .pair("blk.0.attn_q.weight", 64, 64, 8)
                .pair("blk.0.ffn_down.weight", 96, 64, 8)
                .pair("blk.1.attn_v.weight", 64, 32, 8)
                .pair("blk.1.ffn_up.weight", 64, 96, 8);
    }

    /** {@return an adapter that changes nothing yet} */
    public static TinyLora empty(long seed, float alpha) {
        return new TinyLora(seed, alpha);
    }

    public TinyLora text(String key, String value) {
        return entry(key, writer -> writer.text(key, value));
    }

    /** Sets an entry. */
    public TinyLora entry(String key, Consumer<GgufWriter> entry) {
        entries.put(key, entry);
        return this;
    }

    /** Leaves an entry out. */
    public TinyLora without(String key) {
        entries.remove(key);
        return this;
    }

    /** Adds the pair of a weight that turns so many numbers into so many others. */
    public TinyLora pair(String weight, int in, int out, int rank) {
        return matrix(weight + ".lora_a", in, rank).matrix(weight + ".lora_b", rank, out);
    }

    /** Adds the pair of the embeddings, whose matrices are the other way round. */
    public TinyLora embeddings(int width, int tokens, int rank) {
        return matrix("token_embd.weight.lora_a", rank, tokens).matrix("token_embd.weight.lora_b", rank, width);
    }

    /** Adds a matrix, or changes the shape of one that is there. */
    public TinyLora matrix(String name, long... dimensions) {
        return matrix(name, TensorType.F32, dimensions);
    }

    /** Adds a matrix, or changes the type and shape of one that is there. */
    public TinyLora matrix(String name, TensorType type, long... dimensions) {
        List<Long> lengths = Arrays.stream(dimensions).boxed().toList();
        int count = (int) lengths.stream().skip(1).reduce(1L, (a, b) -> a * b).longValue();
        float[][] rows = new float[count][(int) dimensions[0]];
        for (float[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                row[i] = (float) random.nextGaussian() * 0.1f;
            }
        }
        matrices.put(name, new Matrix(type, rows, lengths));
        return this;
    }

    /** Leaves a matrix out. */
    public TinyLora withoutMatrix(String name) {
        matrices.remove(name);
        return this;
    }

    /**
     * Adds to a model what the adapter changes of it.
     *
     * @param model the model
     * @param scale the scale
     * @return the model
     */
    public TinyModel mergeInto(TinyModel model, float scale) {
        for (String name : matrices.keySet()) {
            if (name.endsWith(".lora_a")) {
                String weight = name.substring(0, name.length() - ".lora_a".length());
                model.plus(weight, change(weight, scale));
            }
        }
        return model;
    }

    private float[][] change(String weight, float scale) {
        float[][] a = matrices.get(weight + ".lora_a").rows;
        float[][] b = matrices.get(weight + ".lora_b").rows;
        boolean embedding = weight.equals("token_embd.weight");
        int rank = embedding ? a[0].length : a.length;
        int out = embedding ? a.length : b.length;
        int in = embedding ? b.length : a[0].length;
        float[][] change = new float[out][in];
        for (int row = 0; row < out; row++) {
            for (int column = 0; column < in; column++) {
                double sum = 0;
                for (int r = 0; r < rank; r++) {
                    sum += embedding ? a[row][r] * b[column][r] : b[row][r] * a[r][column];
                }
                change[row][column] = (float) (scale * alpha / rank * sum);
            }
        }
        return change;
    }

    /**
     * Writes the adapter.
     *
     * @param file the file
     * @return the file
     */
    public Path write(Path file) {
        GgufWriter writer = new GgufWriter();
        entries.values().forEach(entry -> entry.accept(writer));
        matrices.forEach((name, matrix) -> {
            Iterator<float[]> rows = List.of(matrix.rows).iterator();
            writer.tensor(
                    name, matrix.type, matrix.dimensions, row -> System.arraycopy(rows.next(), 0, row, 0, row.length));
        });
        try {
            writer.write(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }
}
