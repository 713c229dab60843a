package io.hyperion.core.gguf;

import java.util.List;
import java.util.Objects;

/**
 * An entry of a file's tensor table.
 *
 * @param name its name
 * @param type how its numbers are stored
 * @param dimensions its dimensions, at most four, the length of a row first
 * @param part which of the files it is in that the model is split into, from 0; 0 if it is not split
 * @param offset where its numbers begin, in bytes from the beginning of that file
 * @param size the bytes of its numbers
 * @param entryOffset where its entry in the table begins, in bytes from the beginning of that file
 */
public record GgufTensor(
        String name, TensorType type, List<Long> dimensions, int part, long offset, long size, long entryOffset) {
    public GgufTensor {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        dimensions = List.copyOf(dimensions);
    }

    /** {@return how many numbers it has} */
    public long elements() {
        return dimensions.stream().reduce(1L, (a, b) -> a * b);
    }

    /**
     * A dimension as ggml sees it.
     *
     * @param index from 0
     * @return its length; 1 beyond the last one
     */
    public long dimension(int index) {
        return index < dimensions.size() ? dimensions.get(index) : 1;
    }
}
