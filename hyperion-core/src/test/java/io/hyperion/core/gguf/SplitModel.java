package io.hyperion.core.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Splits a model into files as llama.cpp's {@code gguf-split} does: the first has all metadata, and each its number, how many there are,
 * and how many tensors there are together. A test changes the parts before it writes them.
 */
public final class SplitModel {
    /** One of the files. */
    public static final class Part {
        private final byte[] otherEntries;
        private final int otherEntryCount;
        private final Map<String, byte[]> entries = new LinkedHashMap<>();
        private final List<GgufTensor> tensors;
        private final byte[] model;

        private Part(byte[] otherEntries, int otherEntryCount, List<GgufTensor> tensors, byte[] model) {
            this.otherEntries = otherEntries;
            this.otherEntryCount = otherEntryCount;
            this.tensors = new ArrayList<>(tensors);
            this.model = model;
        }

        /** Sets one of the entries of splitting, or adds an entry. */
        public Part whole(String key, GgufType type, long value) {
            ByteBuffer bytes = littleEndian(4 + type.size()).putInt(type.id());
            bytes.put(littleEndian(8).putLong(value).array(), 0, type.size());
            entries.put(key, bytes.array());
            return this;
        }

        public Part text(String key, String value) {
            byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
            entries.put(
                    key,
                    littleEndian(4 + 8 + utf8.length)
                            .putInt(GgufType.STRING.id())
                            .putLong(utf8.length)
                            .put(utf8)
                            .array());
            return this;
        }

        public Part without(String key) {
            entries.remove(key);
            return this;
        }

        public Part plus(GgufTensor tensor) {
            tensors.add(tensor);
            return this;
        }

        public Part withoutLastTensor() {
            tensors.remove(tensors.size() - 1);
            return this;
        }

        public List<GgufTensor> tensors() {
            return List.copyOf(tensors);
        }

        public Path write(Path file) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(littleEndian(24)
                    .put("GGUF".getBytes(StandardCharsets.US_ASCII))
                    .putInt(3)
                    .putLong(tensors.size())
                    .putLong(otherEntryCount + entries.size())
                    .array());
            out.writeBytes(otherEntries);
            entries.forEach((key, value) -> {
                out.writeBytes(named(key));
                out.writeBytes(value);
            });
            long offset = 0;
            for (GgufTensor tensor : tensors) {
                out.writeBytes(named(tensor.name()));
                ByteBuffer entry = littleEndian(4 + 8 * tensor.dimensions().size() + 4 + 8);
                entry.putInt(tensor.dimensions().size());
                tensor.dimensions().forEach(entry::putLong);
                out.writeBytes(entry.putInt(tensor.type().id()).putLong(offset).array());
                offset += (tensor.size() + 31) / 32 * 32;
            }
            for (GgufTensor tensor : tensors) {
                pad(out);
                out.write(model, (int) tensor.offset(), (int) tensor.size());
            }
            pad(out);
            Files.write(file, out.toByteArray());
            return file;
        }

        private static void pad(ByteArrayOutputStream out) {
            out.writeBytes(new byte[(32 - out.size() % 32) % 32]);
        }
    }

    private SplitModel() {}

    /**
     * Splits a model.
     *
     * @param file the model
     * @param tensors how many tensors each part but the last gets; the last gets the rest
     * @return the parts
     */
    public static List<Part> of(Path file, int... tensors) throws IOException {
        GgufFile model = GgufFile.read(file);
        byte[] bytes = Files.readAllBytes(file);
        int headEnd = (int) model.tensors().get(0).entryOffset();
        byte[] entries = Arrays.copyOfRange(bytes, 24, headEnd);
        List<Part> parts = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= tensors.length; i++) {
            int to = i < tensors.length ? from + tensors[i] : model.tensors().size();
            Part part = new Part(
                    i == 0 ? entries : new byte[0],
                    i == 0 ? model.metadata().size() : 0,
                    model.tensors().subList(from, to),
                    bytes);
            parts.add(part.whole("split.no", GgufType.UINT16, i)
                    .whole("split.count", GgufType.UINT16, tensors.length + 1)
                    .whole(
                            "split.tensors.count",
                            GgufType.INT32,
                            model.tensors().size()));
            from = to;
        }
        return parts;
    }

    /**
     * Writes the parts under the names that they should have.
     *
     * @return the files
     */
    public static List<Path> write(List<Part> parts, Path directory, String name) throws IOException {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            String ending = String.format("-%05d-of-%05d.gguf", i + 1, parts.size());
            files.add(parts.get(i).write(directory.resolve(name + ending)));
        }
        return files;
    }

    private static byte[] named(String name) {
        byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
        return littleEndian(8 + ascii.length).putLong(ascii.length).put(ascii).array();
    }

    private static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
