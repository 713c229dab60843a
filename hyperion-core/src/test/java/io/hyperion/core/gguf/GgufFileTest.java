package io.hyperion.core.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hyperion.core.TestModels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A GGUF file")
class GgufFileTest {
    private static final Duration AT_ONCE = Duration.ofSeconds(2);

    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("model.gguf");
    }

    private GgufException refusal(byte[] bytes) throws IOException {
        Files.write(file(), bytes);
        return refusal(file());
    }

    private static GgufException refusal(Path file) {
        return catchThrowableOfType(
                GgufException.class, () -> Assertions.assertTimeoutPreemptively(AT_ONCE, () -> GgufFile.read(file)));
    }

    /** A file, byte by byte. */
    private static final class Bytes {
        private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

        static Bytes header(long tensors, long entries) {
            return new Bytes().ascii("GGUF").int32(3).int64(tensors).int64(entries);
        }

        Bytes ascii(String text) {
            buffer.put(text.getBytes(StandardCharsets.US_ASCII));
            return this;
        }

        Bytes int8(int value) {
            buffer.put((byte) value);
            return this;
        }

        Bytes int32(int value) {
            buffer.putInt(value);
            return this;
        }

        Bytes int64(long value) {
            buffer.putLong(value);
            return this;
        }

        Bytes text(String text) {
            return int64(text.length()).ascii(text);
        }

        Bytes key(String key, GgufType type) {
            return text(key).int32(type.id());
        }

        Bytes zeros(int count) {
            buffer.put(new byte[count]);
            return this;
        }

        byte[] get() {
            byte[] bytes = new byte[buffer.position()];
            buffer.flip().get(bytes);
            return bytes;
        }
    }

    @Nested
    @DisplayName("that is sound")
    class Sound {
        @Test
        @DisplayName("tells what the model is")
        void facts() throws IOException {
            GgufFile model = GgufFile.read(
                    TinyModel.llama().uint32("general.file_type", 15).write(file()));
            assertThat(model.version()).isEqualTo(3);
            assertThat(model.architecture()).isEqualTo("llama");
            assertThat(model.title()).contains("Tiny");
            assertThat(model.trainedContextLength()).isEqualTo(128);
            assertThat(model.layerCount()).isEqualTo(2);
            assertThat(model.embeddingLength()).isEqualTo(64);
            assertThat(model.vocabularySize()).isEqualTo(TinyModel.tokens().size());
            assertThat(model.chatTemplate())
                    .hasValueSatisfying(text -> assertThat(text).startsWith("{% for m in messages %}"));
            assertThat(model.quantization()).isEqualTo("Q4_K_M");
            assertThat(model.bosToken()).hasValue(1);
            assertThat(model.eosToken()).hasValue(2);
            assertThat(model.isRecurrent()).isFalse();
            assertThat(model.hasLearnedPositions()).isFalse();
            assertThat(model.fileSize()).isEqualTo(Files.size(file()));
            assertThat(model.dataOffset() % model.alignment()).isZero();
            assertThat(model.tensors()).hasSize(21);
            assertThat(model.parameterCount())
                    .isEqualTo(2L * 64 * TinyModel.tokens().size()
                            + 64
                            + 2 * (64 + 64 * 64 + 2 * 64 * 32 + 64 * 64 + 64 + 3 * 64 * 96));
        }

        @Test
        @DisplayName("tells what its cache of keys and values takes")
        void cache() throws IOException {
            GgufFile model = GgufFile.read(TinyModel.llama().write(file()));
            assertThat(model.cacheElementsPerToken()).isEqualTo(2 * (32 + 32));
            assertThat(model.largestContext()).isEqualTo((1 << 27) - 256);
        }

        @Test
        @DisplayName("has no context beyond the positions that it learned")
        void learnedPositions() throws IOException {
            GgufFile model = GgufFile.read(TinyModel.llama()
                    .tensor("position_embd.weight", TensorType.F32, 64, 128)
                    .write(file()));
            assertThat(model.largestContext()).isEqualTo(128);
        }

        @Test
        @DisplayName("gives its metadata with their types, in their order")
        void metadata() throws IOException {
            GgufFile model = GgufFile.read(TinyModel.llama()
                    .whole("x.byte", GgufType.UINT8, 255)
                    .whole("x.signed", GgufType.INT8, -1)
                    .whole("x.short", GgufType.UINT16, 65_535)
                    .whole("x.long", GgufType.UINT64, -1)
                    .int32s("x.list", 1, -2)
                    .write(file()));
            assertThat(model.metadata().keySet()).startsWith("general.architecture", "general.name");
            assertThat(model.metadata())
                    .containsEntry("general.name", new GgufValue.Text("Tiny"))
                    .containsEntry("x.byte", new GgufValue.Whole(GgufType.UINT8, 255))
                    .containsEntry("x.signed", new GgufValue.Whole(GgufType.INT8, -1))
                    .containsEntry("x.short", new GgufValue.Whole(GgufType.UINT16, 65_535))
                    .containsEntry("x.long", new GgufValue.Whole(GgufType.UINT64, -1))
                    .containsEntry("tokenizer.ggml.add_bos_token", new GgufValue.Bool(true))
                    .containsEntry("llama.rope.freq_base", new GgufValue.Real(GgufType.FLOAT32, 10_000));
            GgufValue.Numbers list = (GgufValue.Numbers) model.metadata().get("x.list");
            assertThat(List.of(list.whole(0), list.whole(1))).containsExactly(1L, -2L);
            GgufValue.Texts tokens = (GgufValue.Texts) model.metadata().get("tokenizer.ggml.tokens");
            assertThat(IntStream.range(0, tokens.size()).mapToObj(tokens::get))
                    .containsExactlyElementsOf(TinyModel.tokens());
        }

        @Test
        @DisplayName("is named by the type of most of its numbers if it names no type")
        void quantizationFromTensors() throws IOException {
            assertThat(GgufFile.read(TinyModel.llama().write(file())).quantization())
                    .isEqualTo("Q8_0");
            assertThat(GgufFile.read(TinyModel.llama()
                                    .uint32("general.file_type", 4711)
                                    .write(file()))
                            .quantization())
                    .isEqualTo("Q8_0");
        }

        @ParameterizedTest
        @CsvSource({"0,F32", "1,F16", "7,Q8_0", "17,Q5_K_M", "1042,Q6_K", "32,BF16"})
        @DisplayName("is named by the type that it names")
        void quantizationFromFileType(int fileType, String name) throws IOException {
            assertThat(GgufFile.read(TinyModel.llama()
                                    .uint32("general.file_type", fileType)
                                    .write(file()))
                            .quantization())
                    .isEqualTo(name);
        }

        @Test
        @DisplayName("of the older version 2 is read like one of version 3")
        void versionTwo() throws IOException {
            TinyModel.llama().write(file());
            byte[] bytes = Files.readAllBytes(file());
            bytes[4] = 2;
            Files.write(file(), bytes);
            assertThat(GgufFile.read(file()).version()).isEqualTo(2);
        }

        @Test
        @DisplayName("with a vocabulary of 150 000 tokens and as many merges is read in less than a second")
        void largeVocabulary() throws IOException {
            List<String> tokens =
                    IntStream.range(0, 150_000).mapToObj(i -> "token" + i).toList();
            TinyModel.llama()
                    .texts("tokenizer.ggml.tokens", tokens)
                    .texts("tokenizer.ggml.merges", tokens)
                    .write(file());
            // In practice some 50 ms; the test is that nothing grows with the square of it.
            GgufFile model = Assertions.assertTimeout(Duration.ofSeconds(1), () -> GgufFile.read(file()));
            assertThat(model.vocabularySize()).isEqualTo(150_000);
        }

        @Test
        @DisplayName("that was really trained tells what it is")
        void stories() throws IOException {
            GgufFile model = GgufFile.read(TestModels.stories());
            assertThat(model.architecture()).isEqualTo("llama");
            assertThat(model.trainedContextLength()).isEqualTo(512);
            assertThat(model.vocabularySize()).isEqualTo(512);
            assertThat(model.quantization()).isEqualTo("F32");
            assertThat(model.parameterCount()).isEqualTo(292_800);
            assertThat(model.chatTemplate()).isEmpty();
            assertThat(model.tensors()).hasSize(48);
            ModelFileValidator.validate(model);
        }
    }

    @Nested
    @DisplayName("that is none")
    class NoModel {
        @Test
        @DisplayName("because it does not exist is told by the exception of the JDK")
        void missing() {
            assertThatThrownBy(() -> GgufFile.read(file())).isInstanceOf(NoSuchFileException.class);
        }

        @Test
        @DisplayName("because it is a directory is refused")
        void isDirectory() {
            assertThat(refusal(directory)).hasMessageContaining("no regular file");
        }

        @Test
        @DisplayName("because it is empty is refused")
        void empty() throws IOException {
            assertThat(refusal(new byte[0])).hasMessage("model.gguf: at offset 0: the file is empty");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                textBlock =
                        """
                        GG                                        | it begins with 'GG', not 'GGUF'
                        hello, this is no model                   | it begins with 'hell', not 'GGUF'
                        version https://git-lfs.github.com/spec/v1| the pointer of Git LFS
                        <!DOCTYPE html>                           | a web page
                        PK.....................                   | an archive
                        tjgg.....................                 | older GGML formats
                        """)
        @DisplayName("because it is something else is refused with what it is")
        void somethingElse(String content, String message) throws IOException {
            GgufException refusal = refusal(content.getBytes(StandardCharsets.US_ASCII));
            assertThat(refusal)
                    .hasMessageStartingWith("model.gguf: at offset 0: this is no GGUF file")
                    .hasMessageContaining(message);
            assertThat(refusal.offset()).isZero();
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 4, 1000})
        @DisplayName("because its version is not known is refused")
        void unknownVersion(int version) throws IOException {
            GgufException refusal =
                    refusal(new Bytes().ascii("GGUF").int32(version).zeros(100).get());
            assertThat(refusal).hasMessageContaining("version " + version + " of GGUF is not known");
            assertThat(refusal.offset()).isEqualTo(4);
        }

        @Test
        @DisplayName("because it is big-endian is refused")
        void bigEndian() throws IOException {
            GgufException refusal =
                    refusal(new Bytes().ascii("GGUF").int32(3 << 24).zeros(100).get());
            assertThat(refusal)
                    .hasMessage(
                            "model.gguf: at offset 4: the file is big-endian, and only little-endian ones are read");
        }
    }

    @Nested
    @DisplayName("that claims more than it holds")
    class Absurd {
        @Test
        @DisplayName("in tensors is refused at once")
        void tensors() throws IOException {
            GgufException refusal = refusal(Bytes.header(-1, 0).zeros(76).get());
            assertThat(refusal)
                    .hasMessage(
                            "model.gguf: at offset 8: the file claims 18446744073709551615 tensors, but its 100 bytes"
                                    + " cannot hold more than 3");
            assertThat(refusal.offset()).isEqualTo(8);
        }

        @Test
        @DisplayName("in metadata is refused at once")
        void entries() throws IOException {
            GgufException refusal = refusal(Bytes.header(0, 1L << 60).zeros(76).get());
            assertThat(refusal).hasMessageContaining("claims 1152921504606846976 metadata entries");
            assertThat(refusal.offset()).isEqualTo(16);
        }

        @Test
        @DisplayName("in texts of a list is refused at once, without memory for them")
        void texts() throws IOException {
            GgufException refusal = refusal(Bytes.header(0, 1)
                    .key("x", GgufType.ARRAY)
                    .int32(GgufType.STRING.id())
                    .int64(1L << 60)
                    .zeros(50)
                    .get());
            assertThat(refusal)
                    .hasMessageContaining("the value of 'x' claims 1152921504606846976 elements")
                    .hasMessageContaining("no more than 6");
            assertThat(refusal.offset()).isEqualTo(24 + 8 + 1 + 4 + 4);
        }

        @ParameterizedTest
        @ValueSource(longs = {13, 1L << 31, 1L << 62, -1})
        @DisplayName("in numbers of a list is refused at once, without memory for them")
        void numbers(long count) throws IOException {
            assertThat(refusal(Bytes.header(0, 1)
                            .key("x", GgufType.ARRAY)
                            .int32(GgufType.INT32.id())
                            .int64(count)
                            .zeros(50)
                            .get()))
                    .hasMessageContaining("claims " + Long.toUnsignedString(count) + " elements");
        }

        @ParameterizedTest
        @ValueSource(longs = {51, 1L << 31, Long.MAX_VALUE, -1, Long.MIN_VALUE})
        @DisplayName("in bytes of a text is refused at once, without memory for them")
        void text(long length) throws IOException {
            GgufException refusal = refusal(Bytes.header(0, 1)
                    .key("x", GgufType.STRING)
                    .int64(length)
                    .zeros(50)
                    .get());
            assertThat(refusal)
                    .hasMessageContaining("the value of 'x' takes " + Long.toUnsignedString(length) + " bytes")
                    .hasMessageContaining("the file ends after 50 more");
            assertThat(refusal.offset()).isEqualTo(24 + 8 + 1 + 4 + 8);
        }

        @Test
        @DisplayName("in metadata beyond any model's is refused, however long the file is")
        void hugeHead() throws IOException {
            Files.write(
                    file(),
                    Bytes.header(0, 1).key("x", GgufType.STRING).int64(1L << 31).get());
            try (var channel = Files.newByteChannel(file(), StandardOpenOption.WRITE)) {
                // A hole: it takes no space.
                channel.position(1L << 33);
                channel.write(ByteBuffer.allocate(1));
            }
            assertThat(refusal(file())).hasMessageContaining("the head of a file may not exceed 67108864");
        }

        @Test
        @DisplayName("in weights is refused as truncated")
        void truncated() throws IOException {
            TinyModel.llama().write(file());
            byte[] bytes = Files.readAllBytes(file());
            GgufException refusal = refusal(Arrays.copyOf(bytes, bytes.length - 1000));
            assertThat(refusal).hasMessageContaining("tensor 'blk.1.ffn_").hasMessageContaining("truncated");
        }

        @Test
        @DisplayName("in weights of a size that no number can tell is refused")
        void overflowingShape() throws IOException {
            GgufException refusal = refusal(Bytes.header(1, 0)
                    .text("t")
                    .int32(3)
                    .int64(1L << 31)
                    .int64(1L << 31)
                    .int64(1L << 31)
                    .zeros(200)
                    .get());
            assertThat(refusal).hasMessageContaining("dimension 2 of tensor 't' is 2147483648");
            assertThat(refusal.offset()).isEqualTo(24 + 9 + 4 + 16);
        }
    }

    @Nested
    @DisplayName("that is damaged")
    class Damaged {
        @Test
        @DisplayName("is refused at whatever byte its head is cut")
        void cut() throws IOException {
            TinyModel.llama().write(file());
            byte[] bytes = Files.readAllBytes(file());
            int head = (int) GgufFile.read(file()).dataOffset();
            for (int length = 0; length <= head; length += length < 400 || length > head - 400 ? 1 : 37) {
                GgufException refusal = refusal(Arrays.copyOf(bytes, length));
                assertThat(refusal).as("cut at %d", length).isNotNull();
                assertThat(refusal.offset()).as("cut at %d", length).isBetween(0L, (long) head);
            }
        }

        @Test
        @DisplayName("by an empty key is refused")
        void emptyKey() throws IOException {
            GgufException refusal =
                    refusal(Bytes.header(0, 1).text("").zeros(50).get());
            assertThat(refusal).hasMessageContaining("the key of metadata entry 0 has 0 bytes");
            assertThat(refusal.offset()).isEqualTo(24);
        }

        @Test
        @DisplayName("by a key with a byte that is no character is refused")
        void badKey() throws IOException {
            GgufException refusal = refusal(Bytes.header(0, 1)
                    .int64(3)
                    .ascii("a")
                    .int8(0)
                    .ascii("b")
                    .zeros(50)
                    .get());
            assertThat(refusal).hasMessageContaining("byte 0x00");
            assertThat(refusal.offset()).isEqualTo(33);
        }

        @Test
        @DisplayName("by the same key twice is refused")
        void sameKey() throws IOException {
            assertThat(refusal(Bytes.header(0, 2)
                            .key("x", GgufType.BOOL)
                            .int8(1)
                            .key("x", GgufType.BOOL)
                            .int8(1)
                            .get()))
                    .hasMessage("model.gguf: at offset 38: the key 'x' is there a second time");
        }

        @Test
        @DisplayName("by a type of a value that does not exist is refused")
        void unknownType() throws IOException {
            GgufException refusal =
                    refusal(Bytes.header(0, 1).text("x").int32(13).zeros(50).get());
            assertThat(refusal).hasMessageContaining("the value of 'x' is of the unknown type 13");
            assertThat(refusal.offset()).isEqualTo(33);
        }

        @Test
        @DisplayName("by a list of lists is refused")
        void listOfLists() throws IOException {
            assertThat(refusal(Bytes.header(0, 1)
                            .key("x", GgufType.ARRAY)
                            .int32(GgufType.ARRAY.id())
                            .int64(1)
                            .zeros(50)
                            .get()))
                    .hasMessageContaining("a list of lists");
        }

        @Test
        @DisplayName("by a truth value that is neither is refused")
        void neitherTrueNorFalse() throws IOException {
            assertThat(refusal(Bytes.header(0, 1)
                            .key("x", GgufType.BOOL)
                            .int8(2)
                            .zeros(50)
                            .get()))
                    .hasMessageContaining("the value of 'x' is 2");
        }

        @ParameterizedTest
        @ValueSource(longs = {0, 3, 24, 1L << 21, 0xFFFF_FFFFL})
        @DisplayName("by an alignment that is none is refused")
        void alignment(long alignment) throws IOException {
            assertThat(refusal(Bytes.header(0, 1)
                            .key("general.alignment", GgufType.UINT32)
                            .int32((int) alignment)
                            .get()))
                    .hasMessageContaining("'general.alignment' is " + alignment);
        }

        @Test
        @DisplayName("by an alignment of another type, which llama.cpp aborts on, is refused")
        void alignmentType() throws IOException {
            assertThat(refusal(Bytes.header(0, 1)
                            .key("general.alignment", GgufType.UINT64)
                            .int64(32)
                            .get()))
                    .hasMessageContaining("'general.alignment' is of type uint64, not uint32");
        }

        @Test
        @DisplayName("by a tensor without a size, which llama.cpp divides by, is refused")
        void zeroDimension() throws IOException {
            assertThat(refusal(Bytes.header(1, 0)
                            .text("t")
                            .int32(2)
                            .int64(4)
                            .int64(0)
                            .int32(0)
                            .int64(0)
                            .zeros(50)
                            .get()))
                    .hasMessageContaining("dimension 1 of tensor 't' is 0");
        }

        @Test
        @DisplayName("by a tensor of five dimensions is refused")
        void fiveDimensions() throws IOException {
            assertThat(refusal(Bytes.header(1, 0).text("t").int32(5).zeros(90).get()))
                    .hasMessageContaining("has 5 dimensions, and may have at most 4");
        }

        @ParameterizedTest
        @ValueSource(ints = {4, 5, 31, 36, 39, -1})
        @DisplayName("by a tensor of a type that does not exist is refused")
        void unknownTensorType(int type) throws IOException {
            assertThat(refusal(tensor("t", 32, type, 0).zeros(200).get()))
                    .hasMessageContaining("tensor 't' is of the unknown type " + type);
        }

        @Test
        @DisplayName("by a tensor whose rows are no whole blocks is refused")
        void brokenBlocks() throws IOException {
            assertThat(refusal(
                            tensor("t", 48, TensorType.Q8_0.id(), 0).zeros(200).get()))
                    .hasMessageContaining("rows of 48 numbers, but its type Q8_0 wants a multiple of 32");
        }

        @ParameterizedTest
        @ValueSource(longs = {1L << 40, -32})
        @DisplayName("by a tensor that begins beyond its end is refused")
        void offsetBeyondTheEnd(long offset) throws IOException {
            GgufException refusal = refusal(tensor("t", 4, 0, offset).zeros(64).get());
            assertThat(refusal)
                    .hasMessageContaining("tensor 't' begins at " + Long.toUnsignedString(offset))
                    .hasMessageContaining("truncated or damaged");
            assertThat(refusal.offset()).isEqualTo(24);
        }

        @Test
        @DisplayName("by a tensor that is not aligned is refused")
        void unaligned() throws IOException {
            assertThat(refusal(tensor("t", 4, 0, 4).zeros(64).get()))
                    .hasMessageContaining("begins at 4, which is no multiple of the alignment 32");
        }

        @Test
        @DisplayName("by the same tensor twice is refused")
        void sameTensor() throws IOException {
            assertThat(refusal(Bytes.header(2, 0)
                            .text("t")
                            .int32(1)
                            .int64(4)
                            .int32(0)
                            .int64(0)
                            .text("t")
                            .int32(1)
                            .int64(4)
                            .int32(0)
                            .int64(32)
                            .zeros(128)
                            .get()))
                    .hasMessageContaining("tensor 't' is there a second time");
        }

        @Test
        @DisplayName("by a tensor's name beyond what ggml has room for is refused")
        void longName() throws IOException {
            assertThat(refusal(tensor("t".repeat(64), 4, 0, 0).zeros(64).get()))
                    .hasMessageContaining("has 64 bytes, and must have 1 to 63");
        }

        private static Bytes tensor(String name, long length, int type, long offset) {
            return Bytes.header(1, 0)
                    .text(name)
                    .int32(1)
                    .int64(length)
                    .int32(type)
                    .int64(offset);
        }

        @Test
        @DisplayName("never forges a line of the log with what is in it")
        void cleanMessages() throws IOException {
            Files.write(file(), new Bytes().ascii("a\nb\r").zeros(30).get());
            assertThat(refusal(file())).hasMessageContaining("'a\\u000ab\\u000d'");
        }
    }
}
