package io.hyperion.core.gguf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the head of one file. Not a single number out of it is believed before it is held against the length of the file. */
final class GgufReader {
    static final String ALIGNMENT = "general.alignment";

    private static final int MAGIC = 0x46554747;
    private static final int MAX_KEY = 65_535;

    /** ggml keeps a name in an array of 64 bytes, the last of which is zero. */
    private static final int MAX_NAME = 63;

    private static final int MAX_DIMENSIONS = 4;
    private static final int DEFAULT_ALIGNMENT = 32;

    /** Length and one byte of a key, type and one byte of a value. */
    private static final int SMALLEST_ENTRY = 8 + 1 + 4 + 1;

    /** Length and one byte of a name, number of dimensions, type and offset. */
    private static final int SMALLEST_TENSOR = 8 + 1 + 4 + 4 + 8;

    private final Path file;
    private final int part;
    private final GgufInput in;
    private final Map<String, GgufValue> metadata = new LinkedHashMap<>();
    private final Map<String, Long> offsets = new HashMap<>();
    private final Map<String, GgufTensor> tensors = new LinkedHashMap<>();

    private GgufReader(Path file, int part, GgufInput in) {
        this.file = file;
        this.part = part;
        this.in = in;
    }

    /** Reads one file, as the part of that number of the model that it is split into. */
    static GgufFile read(Path file, int part) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            // Opening a pipe would wait for its other end for ever.
            throw new GgufException(file, 0, "this is no regular file");
        }
        try (GgufInput in = GgufInput.open(file)) {
            return new GgufReader(file, part, in).read();
        }
    }

    private GgufFile read() throws IOException {
        magic();
        int version = version();
        long tensorCount = count("tensors", SMALLEST_TENSOR);
        long entryCount = count("metadata entries", SMALLEST_ENTRY);
        long metadataOffset = in.position();
        for (long i = 0; i < entryCount; i++) {
            entry(i);
        }
        int alignment = alignment();
        List<RawTensor> table = new ArrayList<>();
        for (long i = 0; i < tensorCount; i++) {
            table.add(tensor(i));
        }
        // Cannot overflow: the head is of at most 64 MiB.
        long dataOffset = (in.position() + alignment - 1) / alignment * alignment;
        for (RawTensor tensor : table) {
            place(tensor, dataOffset, alignment);
        }
        return new GgufFile(
                file, in.size(), version, alignment, metadataOffset, dataOffset, metadata, offsets, tensors);
    }

    private void magic() throws IOException {
        if (in.size() == 0) {
            throw in.fault(0, "the file is empty");
        }
        byte[] begin = new byte[(int) Math.min(16, in.size())];
        in.bytes(begin, 0, Math.min(4, begin.length), "the magic number");
        if (begin.length >= 4 && magicOf(begin) == MAGIC) {
            return;
        }
        in.bytes(begin, Math.min(4, begin.length), Math.max(0, begin.length - 4), "the magic number");
        String text = new String(begin, StandardCharsets.ISO_8859_1);
        throw in.fault(0, "this is no GGUF file" + likeness(text));
    }

    private static int magicOf(byte[] begin) {
        return begin[0] & 0xFF | (begin[1] & 0xFF) << 8 | (begin[2] & 0xFF) << 16 | (begin[3] & 0xFF) << 24;
    }

    /** What a file that a user took for a model most often is. */
    private static String likeness(String begin) {
        if (begin.startsWith("version https:")) {
            return " but the pointer of Git LFS to one: fetch it with 'git lfs pull'";
        }
        if (begin.startsWith("<")) {
            return " but a web page, such as an error page in place of a download";
        }
        if (begin.startsWith("PK") || begin.startsWith("\u001f\u008b") || begin.startsWith("7z")) {
            return " but an archive: unpack it";
        }
        if (begin.startsWith("lmgg")
                || begin.startsWith("fmgg")
                || begin.startsWith("tjgg")
                || begin.startsWith("algg")) {
            return " but one of the older GGML formats: convert the model again";
        }
        return ": it begins with " + Messages.quote(begin.substring(0, Math.min(4, begin.length()))) + ", not 'GGUF'";
    }

    private int version() throws IOException {
        long at = in.position();
        int version = in.int32("the version");
        if (version == 2 || version == 3) {
            return version;
        }
        if ((version & 0xFFFF) == 0 && version != 0) {
            throw in.fault(at, "the file is big-endian, and only little-endian ones are read");
        }
        throw in.fault(
                at, "version " + Messages.unsigned(version & 0xFFFF_FFFFL) + " of GGUF is not known, only 2 and 3");
    }

    private long count(String what, int smallest) throws IOException {
        long at = in.position();
        long count = in.int64("the number of " + what);
        long most = (in.size() - in.position()) / smallest;
        if (Long.compareUnsigned(count, most) > 0) {
            throw in.fault(
                    at,
                    "the file claims " + Messages.unsigned(count) + " " + what + ", but its " + in.size()
                            + " bytes cannot hold more than " + most);
        }
        return count;
    }

    private void entry(long index) throws IOException {
        long at = in.position();
        String key = identifier("the key of metadata entry " + index, MAX_KEY);
        if (metadata.containsKey(key)) {
            throw in.fault(at, "the key " + Messages.quote(key) + " is there a second time");
        }
        String what = "the value of " + Messages.quote(key);
        GgufType type = type(what);
        offsets.put(key, in.position());
        metadata.put(key, value(type, what));
    }

    /** Keys and names are ASCII by the specification; llama.cpp aborts on an empty key and cuts at a zero byte. */
    private String identifier(String what, int longest) throws IOException {
        long at = in.position();
        long length = in.int64("the length of " + what);
        if (length <= 0 || length > longest) {
            throw in.fault(at, what + " has " + Messages.unsigned(length) + " bytes, and must have 1 to " + longest);
        }
        in.require(length, what);
        byte[] bytes = new byte[(int) length];
        in.bytes(bytes, 0, bytes.length, what);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] < ' ' || bytes[i] == 0x7F) {
                throw in.fault(
                        at + 8 + i,
                        String.format("%s has a byte 0x%02x, which is no printable ASCII", what, bytes[i] & 0xFF));
            }
        }
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private GgufType type(String what) throws IOException {
        long at = in.position();
        int id = in.int32("the type of " + what);
        return GgufType.of(id).orElseThrow(() -> in.fault(at, what + " is of the unknown type " + id));
    }

    private GgufValue value(GgufType type, String what) throws IOException {
        return switch (type) {
            case UINT8 -> new GgufValue.Whole(type, in.int8(what) & 0xFF);
            case INT8 -> new GgufValue.Whole(type, in.int8(what));
            case UINT16 -> new GgufValue.Whole(type, in.int16(what) & 0xFFFF);
            case INT16 -> new GgufValue.Whole(type, in.int16(what));
            case UINT32 -> new GgufValue.Whole(type, in.int32(what) & 0xFFFF_FFFFL);
            case INT32 -> new GgufValue.Whole(type, in.int32(what));
            case UINT64, INT64 -> new GgufValue.Whole(type, in.int64(what));
            case FLOAT32 -> new GgufValue.Real(type, Float.intBitsToFloat(in.int32(what)));
            case FLOAT64 -> new GgufValue.Real(type, Double.longBitsToDouble(in.int64(what)));
            case BOOL -> new GgufValue.Bool(bool(in.position(), in.int8(what), what));
            case STRING -> new GgufValue.Text(text(what));
            case ARRAY -> array(what);
        };
    }

    private boolean bool(long at, int value, String what) throws GgufException {
        if (value != 0 && value != 1) {
            throw in.fault(at, what + " is " + (value & 0xFF) + ", and must be 0 or 1 for true or false");
        }
        return value == 1;
    }

    private String text(String what) throws IOException {
        long length = in.int64("the length of " + what);
        in.require(length, what);
        byte[] bytes = new byte[(int) length];
        in.bytes(bytes, 0, bytes.length, what);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private GgufValue array(String what) throws IOException {
        long typeAt = in.position();
        GgufType elementType = type("an element of " + what);
        if (elementType == GgufType.ARRAY) {
            throw in.fault(typeAt, what + " is a list of lists, which llama.cpp does not read");
        }
        long at = in.position();
        long count = in.int64("the length of " + what);
        int smallest = elementType == GgufType.STRING ? 8 : elementType.size();
        long most = in.left() / smallest;
        if (Long.compareUnsigned(count, most) > 0) {
            throw in.fault(
                    at,
                    what + " claims " + Messages.unsigned(count) + " elements, but there is room for no more than "
                            + most);
        }
        return elementType == GgufType.STRING
                ? texts((int) count, what)
                : numbers(elementType, (int) count * elementType.size(), what);
    }

    private GgufValue numbers(GgufType elementType, int length, String what) throws IOException {
        long at = in.position();
        byte[] bytes = new byte[length];
        in.bytes(bytes, 0, length, what);
        if (elementType == GgufType.BOOL) {
            for (int i = 0; i < length; i++) {
                bool(at + i, bytes[i], "an element of " + what);
            }
        }
        return new GgufValue.Numbers(elementType, bytes);
    }

    private GgufValue texts(int count, String what) throws IOException {
        int[] ends = new int[count];
        byte[] bytes = new byte[Math.max(16, count)];
        int end = 0;
        for (int i = 0; i < count; i++) {
            long length = in.int64("the length of an element of " + what);
            in.require(length, "an element of " + what);
            // An int is enough: what was required lies within the head's 64 MiB.
            int next = end + (int) length;
            if (next > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(next, bytes.length + bytes.length / 2));
            }
            in.bytes(bytes, end, (int) length, what);
            ends[i] = next;
            end = next;
        }
        return new GgufValue.Texts(Arrays.copyOf(bytes, end), ends);
    }

    private int alignment() throws GgufException {
        GgufValue value = metadata.get(ALIGNMENT);
        if (value == null) {
            return DEFAULT_ALIGNMENT;
        }
        // llama.cpp aborts if this one is of another type.
        if (!(value instanceof GgufValue.Whole whole) || whole.type() != GgufType.UINT32) {
            throw in.fault(offsets.get(ALIGNMENT), "'" + ALIGNMENT + "' is of type " + value.type() + ", not uint32");
        }
        long alignment = whole.value();
        if (Long.bitCount(alignment) != 1 || alignment > 1 << 20) {
            throw in.fault(
                    offsets.get(ALIGNMENT),
                    "'" + ALIGNMENT + "' is " + alignment + ", and must be a power of two of at most 1048576");
        }
        return (int) alignment;
    }

    private record RawTensor(
            String name, TensorType type, List<Long> dimensions, long elements, long at, long offset) {}

    private RawTensor tensor(long index) throws IOException {
        long at = in.position();
        String name = identifier("the name of tensor " + index, MAX_NAME);
        String what = "tensor " + Messages.quote(name);
        long dimensionsAt = in.position();
        int count = in.int32("the number of dimensions of " + what);
        if (count < 0 || count > MAX_DIMENSIONS) {
            throw in.fault(
                    dimensionsAt,
                    what + " has " + Integer.toUnsignedString(count) + " dimensions, and may have at most "
                            + MAX_DIMENSIONS);
        }
        List<Long> dimensions = new ArrayList<>(count);
        long elements = 1;
        for (int i = 0; i < count; i++) {
            long dimensionAt = in.position();
            long dimension = in.int64("dimension " + i + " of " + what);
            // A dimension of zero makes llama.cpp divide by it, which ends the process.
            if (dimension <= 0 || dimension > Long.MAX_VALUE / elements) {
                throw in.fault(
                        dimensionAt,
                        "dimension " + i + " of " + what + " is " + Messages.unsigned(dimension)
                                + ", with which it has no possible size");
            }
            dimensions.add(dimension);
            elements *= dimension;
        }
        long typeAt = in.position();
        int typeId = in.int32("the type of " + what);
        TensorType type =
                TensorType.of(typeId).orElseThrow(() -> in.fault(typeAt, what + " is of the unknown type " + typeId));
        if (dimensions.isEmpty() ? type.blockSize() > 1 : dimensions.get(0) % type.blockSize() != 0) {
            throw in.fault(
                    typeAt,
                    what + " has rows of " + (dimensions.isEmpty() ? 1 : dimensions.get(0)) + " numbers, but its type "
                            + type + " wants a multiple of " + type.blockSize());
        }
        return new RawTensor(name, type, dimensions, elements, at, in.int64("the offset of " + what));
    }

    private void place(RawTensor tensor, long dataOffset, int alignment) throws GgufException {
        String what = "tensor " + Messages.quote(tensor.name);
        if (tensors.containsKey(tensor.name)) {
            throw in.fault(tensor.at, what + " is there a second time");
        }
        long room = in.size() - dataOffset;
        long blocks = tensor.elements / tensor.type.blockSize();
        if (room < 0 || blocks > room / tensor.type.blockBytes()) {
            throw in.fault(
                    tensor.at,
                    what + " has " + tensor.elements + " numbers of type " + tensor.type + ", which do not fit the "
                            + Math.max(0, room) + " bytes of data in the file: it is truncated or damaged");
        }
        long size = blocks * tensor.type.blockBytes();
        if (tensor.offset < 0 || tensor.offset > room - size) {
            throw in.fault(
                    tensor.at,
                    what + " begins at " + Messages.unsigned(tensor.offset) + " and takes " + size
                            + " bytes, but the file has only " + room + " bytes of data: it is truncated or damaged");
        }
        if (tensor.offset % alignment != 0) {
            throw in.fault(
                    tensor.at,
                    what + " begins at " + tensor.offset + ", which is no multiple of the alignment " + alignment);
        }
        tensors.put(
                tensor.name,
                new GgufTensor(
                        tensor.name,
                        tensor.type,
                        tensor.dimensions,
                        part,
                        dataOffset + tensor.offset,
                        size,
                        tensor.at));
    }
}
