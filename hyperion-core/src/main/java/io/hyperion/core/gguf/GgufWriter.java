package io.hyperion.core.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Writes GGUF files of version 3. Metadata and tensors come in the order in which they were given; the weights are asked for row by row
 * while they are written, so that a file may be larger than the memory.
 *
 * <pre>{@code
 * new GgufWriter()
 *         .text("general.architecture", "llama")
 *         .tensor("output_norm.weight", TensorType.F32, List.of(64L), row -> Arrays.fill(row, 1))
 *         .write(Path.of("model.gguf"));
 * }</pre>
 */
public final class GgufWriter {
    /** Where the numbers of a tensor come from. */
    @FunctionalInterface
    public interface Weights {
        /**
         * Gives the next row of the tensor.
         *
         * @param row to be filled; it holds the numbers of the row before
         */
        void next(float[] row);
    }

    private record Entry(GgufType type, byte[] value) {}

    private record Tensor(TensorType type, List<Long> dimensions, Weights weights) {
        long rows() {
            return dimensions.stream().skip(1).reduce(1L, Math::multiplyExact);
        }

        int rowLength() {
            return Math.toIntExact(dimensions.get(0));
        }

        int rowBytes() {
            return Math.multiplyExact(rowLength() / type.blockSize(), type.blockBytes());
        }
    }

    private static final int BUFFER_SIZE = 1 << 20;

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private int alignment = 32;

    /**
     * Adds a text.
     *
     * @param key its key
     * @param value the text
     * @return this
     */
    public GgufWriter text(String key, String value) {
        return put(key, GgufType.STRING, lengthAndBytes(value.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Adds an integer of 32 bits without a sign, the type of most numbers.
     *
     * @param key its key
     * @param value the number
     * @return this
     */
    public GgufWriter uint32(String key, long value) {
        return whole(key, GgufType.UINT32, value);
    }

    /**
     * Adds an integer.
     *
     * @param key its key
     * @param type its type
     * @param value the number, of which only the bits of the type are written
     * @return this
     */
    public GgufWriter whole(String key, GgufType type, long value) {
        if (!type.isWhole()) {
            throw new IllegalArgumentException(type + " is no type of integers");
        }
        ByteBuffer bytes = littleEndian(8).putLong(value);
        return put(key, type, Arrays.copyOf(bytes.array(), type.size()));
    }

    /**
     * Adds a floating point number of 32 bits.
     *
     * @param key its key
     * @param value the number
     * @return this
     */
    public GgufWriter float32(String key, float value) {
        return put(key, GgufType.FLOAT32, littleEndian(4).putFloat(value).array());
    }

    /**
     * Adds a truth value.
     *
     * @param key its key
     * @param value the value
     * @return this
     */
    public GgufWriter bool(String key, boolean value) {
        return put(key, GgufType.BOOL, new byte[] {(byte) (value ? 1 : 0)});
    }

    /**
     * Adds a list of texts.
     *
     * @param key its key
     * @param values the texts
     * @return this
     */
    public GgufWriter texts(String key, List<String> values) {
        List<byte[]> encoded = values.stream()
                .map(value -> lengthAndBytes(value.getBytes(StandardCharsets.UTF_8)))
                .toList();
        ByteBuffer bytes = list(
                GgufType.STRING,
                values.size(),
                encoded.stream().mapToInt(value -> value.length).sum());
        encoded.forEach(bytes::put);
        return put(key, GgufType.ARRAY, bytes.array());
    }

    /**
     * Adds a list of floating point numbers of 32 bits.
     *
     * @param key its key
     * @param values the numbers
     * @return this
     */
    public GgufWriter float32s(String key, float... values) {
        ByteBuffer bytes = list(GgufType.FLOAT32, values.length, Math.multiplyExact(values.length, 4));
        for (float value : values) {
            bytes.putFloat(value);
        }
        return put(key, GgufType.ARRAY, bytes.array());
    }

    /**
     * Adds a list of integers of 32 bits.
     *
     * @param key its key
     * @param values the numbers
     * @return this
     */
    public GgufWriter int32s(String key, int... values) {
        ByteBuffer bytes = list(GgufType.INT32, values.length, Math.multiplyExact(values.length, 4));
        for (int value : values) {
            bytes.putInt(value);
        }
        return put(key, GgufType.ARRAY, bytes.array());
    }

    /**
     * Adds a list of integers of 8 bits.
     *
     * @param key its key
     * @param values the numbers
     * @return this
     */
    public GgufWriter int8s(String key, byte... values) {
        return put(
                key,
                GgufType.ARRAY,
                list(GgufType.INT8, values.length, values.length).put(values).array());
    }

    /**
     * Adds a tensor.
     *
     * @param name its name, of at most 63 ASCII characters
     * @param type how it is written: {@link TensorType#F32}, {@link TensorType#F16} or {@link TensorType#Q8_0}
     * @param dimensions its one to four dimensions, the length of a row first, which is a multiple of the type's block size
     * @param weights gives its rows
     * @return this
     */
    public GgufWriter tensor(String name, TensorType type, List<Long> dimensions, Weights weights) {
        Objects.requireNonNull(weights, "weights");
        if (name.isEmpty() || name.length() > 63) {
            throw new IllegalArgumentException("The name of a tensor has 1 to 63 characters: " + name);
        }
        if (type != TensorType.F32 && type != TensorType.F16 && type != TensorType.Q8_0) {
            throw new IllegalArgumentException(type + " cannot be written");
        }
        if (dimensions.isEmpty() || dimensions.size() > 4 || dimensions.stream().anyMatch(length -> length < 1)) {
            throw new IllegalArgumentException("Tensor " + name + " cannot have the dimensions " + dimensions);
        }
        if (dimensions.get(0) % type.blockSize() != 0) {
            throw new IllegalArgumentException(
                    "The rows of tensor " + name + " are no multiple of " + type.blockSize() + " long");
        }
        if (tensors.putIfAbsent(name, new Tensor(type, List.copyOf(dimensions), weights)) != null) {
            throw new IllegalArgumentException("There is a tensor " + name + " already");
        }
        return this;
    }

    private GgufWriter put(String key, GgufType type, byte[] value) {
        if (key.isEmpty()) {
            throw new IllegalArgumentException("A key must not be empty");
        }
        if (key.equals(GgufReader.ALIGNMENT)) {
            alignment = littleEndian(value);
            if (Integer.bitCount(alignment) != 1) {
                throw new IllegalArgumentException("The alignment must be a power of two");
            }
        }
        if (entries.putIfAbsent(key, new Entry(type, value)) != null) {
            throw new IllegalArgumentException("There is an entry " + key + " already");
        }
        return this;
    }

    private static int littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(Arrays.copyOf(bytes, 4))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt();
    }

    private static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] lengthAndBytes(byte[] bytes) {
        return littleEndian(8 + bytes.length).putLong(bytes.length).put(bytes).array();
    }

    private static ByteBuffer list(GgufType elementType, int count, int size) {
        return littleEndian(12 + size).putInt(elementType.id()).putLong(count);
    }

    /**
     * Writes the file, over one that is there.
     *
     * @param file the file
     * @throws IOException if it cannot be written
     */
    public void write(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            Output out = new Output(channel);
            out.bytes(littleEndian(24)
                    .put("GGUF".getBytes(StandardCharsets.US_ASCII))
                    .putInt(3)
                    .putLong(tensors.size())
                    .putLong(entries.size())
                    .array());
            for (Map.Entry<String, Entry> entry : entries.entrySet()) {
                out.bytes(lengthAndBytes(entry.getKey().getBytes(StandardCharsets.US_ASCII)));
                out.bytes(littleEndian(4).putInt(entry.getValue().type.id()).array());
                out.bytes(entry.getValue().value);
            }
            table(out);
            out.pad(alignment);
            for (Tensor tensor : tensors.values()) {
                data(out, tensor);
                out.pad(alignment);
            }
            out.flush();
        }
    }

    private void table(Output out) throws IOException {
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            Tensor tensor = entry.getValue();
            out.bytes(lengthAndBytes(entry.getKey().getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer bytes =
                    littleEndian(4 + 8 * tensor.dimensions.size() + 4 + 8).putInt(tensor.dimensions.size());
            tensor.dimensions.forEach(bytes::putLong);
            out.bytes(bytes.putInt(tensor.type.id()).putLong(offset).array());
            long size = Math.multiplyExact(tensor.rows(), tensor.rowBytes());
            offset = Math.addExact(offset, (size + alignment - 1) / alignment * alignment);
        }
    }

    private static void data(Output out, Tensor tensor) throws IOException {
        float[] row = new float[tensor.rowLength()];
        ByteBuffer bytes = littleEndian(tensor.rowBytes());
        for (long i = 0; i < tensor.rows(); i++) {
            tensor.weights.next(row);
            bytes.clear();
            switch (tensor.type) {
                case F32 -> {
                    for (float value : row) {
                        bytes.putFloat(value);
                    }
                }
                case F16 -> {
                    for (float value : row) {
                        bytes.putShort(Half.of(value));
                    }
                }
                default -> quantise(row, bytes);
            }
            out.bytes(bytes.array());
        }
    }

    /** Q8_0: of each 32 numbers the largest is 127 times a scale of 16 bits, and all are rounded to multiples of the scale. */
    private static void quantise(float[] row, ByteBuffer bytes) {
        int block = TensorType.Q8_0.blockSize();
        for (int begin = 0; begin < row.length; begin += block) {
            float largest = 0;
            for (int i = begin; i < begin + block; i++) {
                largest = Math.max(largest, Math.abs(row[i]));
            }
            float scale = largest / 127;
            bytes.putShort(Half.of(scale));
            for (int i = begin; i < begin + block; i++) {
                bytes.put((byte) (scale == 0 ? 0 : Math.round(row[i] / scale)));
            }
        }
    }

    /** Gathers small pieces into large writes. */
    private static final class Output {
        private final FileChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_SIZE);
        private long written;

        Output(FileChannel channel) {
            this.channel = channel;
        }

        void bytes(byte[] bytes) throws IOException {
            int from = 0;
            while (from < bytes.length) {
                if (!buffer.hasRemaining()) {
                    flush();
                }
                int part = Math.min(bytes.length - from, buffer.remaining());
                buffer.put(bytes, from, part);
                from += part;
            }
            written += bytes.length;
        }

        void pad(int alignment) throws IOException {
            bytes(new byte[(int) ((alignment - written % alignment) % alignment)]);
        }

        void flush() throws IOException {
            buffer.flip();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            buffer.clear();
        }
    }
}
