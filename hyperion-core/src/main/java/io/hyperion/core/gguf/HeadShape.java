package io.hyperion.core.gguf;

import java.util.OptionalLong;

/**
 * The attention heads of a model, as far as its file tells; of what is missing or absurd, none.
 *
 * @param heads the query heads of each layer
 * @param keyValueHeads the key and value heads of each layer
 * @param keyLength the length of a key
 * @param valueLength the length of a value
 */
record HeadShape(PerLayer heads, PerLayer keyValueHeads, long keyLength, long valueLength) {
    /** A number that is the same in all layers, or a list with one for each. */
    interface PerLayer {
        long of(int layer);
    }

    static HeadShape of(GgufFile file) {
        if (file.isRecurrent()) {
            return new HeadShape(layer -> 0, layer -> 0, 0, 0);
        }
        PerLayer heads = perLayer(file, "attention.head_count", layer -> 0);
        PerLayer keyValueHeads = perLayer(file, "attention.head_count_kv", heads);
        long first = heads.of(0);
        long usual = first == 0 ? 0 : file.embeddingLength() / first;
        return new HeadShape(
                heads,
                keyValueHeads,
                length(file, "attention.key_length", usual),
                length(file, "attention.value_length", usual));
    }

    private static PerLayer perLayer(GgufFile file, String name, PerLayer otherwise) {
        GgufValue value = file.metadata().get(file.key(name));
        if (value instanceof GgufValue.Whole whole) {
            long same = bounded(whole.value());
            return layer -> same;
        }
        if (value instanceof GgufValue.Numbers numbers && numbers.elementType().isWhole()) {
            return layer -> layer < numbers.size() ? bounded(numbers.whole(layer)) : 0;
        }
        return otherwise;
    }

    private static long length(GgufFile file, String name, long otherwise) {
        OptionalLong length = file.whole(file.key(name));
        return length.isPresent() ? bounded(length.getAsLong()) : otherwise;
    }

    /** Keeps the product of two of these within a long. */
    private static long bounded(long value) {
        return value < 0 || value > Integer.MAX_VALUE ? 0 : value;
    }

    long keyElements(int layer) {
        return keyLength * keyValueHeads.of(layer);
    }

    long valueElements(int layer) {
        return valueLength * keyValueHeads.of(layer);
    }
}
