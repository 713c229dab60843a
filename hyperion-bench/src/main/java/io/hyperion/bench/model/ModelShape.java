package io.hyperion.bench.model;

import io.hyperion.core.gguf.TensorType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The size of a {@link RandomModel}, a llama whose embeddings and output are two matrices.
 *
 * @param layers how many layers there are
 * @param width the length of an embedding, a multiple of twice {@code heads}
 * @param heads how many heads the attention has
 * @param keyValueHeads for how many of them there are keys and values; divides {@code heads}
 * @param feedForward the width inside the feed-forward
 * @param vocabulary how many tokens there are, from 512
 * @param context the tokens of the trained context
 * @param type how the matrices are stored: F32, F16 or Q8_0; with Q8_0, {@code width} and {@code feedForward} are multiples of 32
 */
public record ModelShape(
        int layers,
        int width,
        int heads,
        int keyValueHeads,
        int feedForward,
        int vocabulary,
        int context,
        TensorType type) {
    private static final Set<String> NAMES =
            Set.of("layers", "width", "heads", "kv-heads", "feed-forward", "vocabulary", "context", "type");
    private static final Set<TensorType> TYPES = Set.of(TensorType.F32, TensorType.F16, TensorType.Q8_0);

    /** 125 million parameters. */
    public static final ModelShape DEFAULT = new ModelShape(12, 768, 12, 12, 1728, 32_000, 4096, TensorType.Q8_0);

    /**
     * @throws IllegalArgumentException if there can be no such model
     */
    public ModelShape {
        requirePositive("layers", layers);
        requirePositive("width", width);
        requirePositive("heads", heads);
        requirePositive("kv-heads", keyValueHeads);
        requirePositive("feed-forward", feedForward);
        requirePositive("context", context);
        require(width % (2 * heads) == 0, "width must be a multiple of twice the heads, " + 2 * heads);
        require(heads % keyValueHeads == 0, "kv-heads must divide the heads, " + heads);
        require(
                vocabulary >= RandomVocabulary.MIN_SIZE,
                "vocabulary must be at least " + RandomVocabulary.MIN_SIZE + ", but is " + vocabulary);
        require(TYPES.contains(type), "type must be F32, F16 or Q8_0, but is " + type);
        require(
                width % type.blockSize() == 0 && feedForward % type.blockSize() == 0,
                "width and feed-forward must be multiples of " + type.blockSize() + " for " + type);
    }

    /**
     * Reads a shape.
     *
     * @param text such as {@code layers=22,width=2048,heads=32,kv-heads=4,feed-forward=5632,vocabulary=32000,context=2048,type=F16}; what
     *     is left out is as in {@link #DEFAULT}, and {@code kv-heads} as {@code heads}
     * @return the shape
     * @throws IllegalArgumentException if it has other names or wrong values
     */
    public static ModelShape parse(String text) {
        Map<String, String> values = new HashMap<>();
        Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .forEach(part -> {
                    String[] nameAndValue = part.split("=", 2);
                    require(
                            nameAndValue.length == 2 && NAMES.contains(nameAndValue[0]),
                            "'" + part + "' is not understood");
                    values.put(nameAndValue[0], nameAndValue[1]);
                });
        int heads = whole(values, "heads", DEFAULT.heads);
        return new ModelShape(
                whole(values, "layers", DEFAULT.layers),
                whole(values, "width", DEFAULT.width),
                heads,
                whole(values, "kv-heads", heads),
                whole(values, "feed-forward", DEFAULT.feedForward),
                whole(values, "vocabulary", DEFAULT.vocabulary),
                whole(values, "context", DEFAULT.context),
                TensorType.valueOf(values.getOrDefault("type", DEFAULT.type.toString())));
    }

    /** {@return how many numbers the keys of a token have in one layer, and its values as many} */
    int keyValueWidth() {
        return width / heads * keyValueHeads;
    }

    /** {@return how many parameters the model has} */
    public long parameters() {
        long attention = 2L * width * width + 2L * width * keyValueWidth();
        long layer = attention + 3L * width * feedForward + 2L * width;
        return 2L * vocabulary * width + layers * layer + width;
    }

    private static int whole(Map<String, String> values, String name, int otherwise) {
        return values.containsKey(name) ? Integer.parseInt(values.get(name)) : otherwise;
    }

    private static void requirePositive(String name, int value) {
        require(value > 0, name + " must be above 0, but is " + value);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException("Shape of the model: " + message);
        }
    }
}
