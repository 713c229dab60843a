package io.hyperion.core.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The writer of GGUF files")
class GgufWriterTest {
    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("model.gguf");
    }

    @Test
    @DisplayName("writes what the reader reads")
    void roundTrip() throws IOException {
        new GgufWriter()
                .text("text", "Zoë")
                .uint32("number", 0xFFFF_FFFFL)
                .whole("small", GgufType.INT8, -5)
                .float32("real", 0.25f)
                .bool("flag", true)
                .texts("texts", List.of("a", "", "ö"))
                .float32s("reals", 1, -2.5f)
                .int32s("numbers", 7, -8)
                .int8s("bytes", (byte) 3, (byte) -4)
                .uint32("general.alignment", 64)
                .tensor("a", TensorType.F32, List.of(3L, 2L), new Counter())
                .tensor("b", TensorType.F16, List.of(4L), new Counter())
                .tensor("c", TensorType.Q8_0, List.of(32L, 1L, 2L), new Counter())
                .write(file());

        GgufFile read = GgufFile.read(file());
        assertThat(read.metadata().keySet())
                .containsExactly(
                        "text",
                        "number",
                        "small",
                        "real",
                        "flag",
                        "texts",
                        "reals",
                        "numbers",
                        "bytes",
                        "general.alignment");
        assertThat(read.metadata())
                .containsEntry("text", new GgufValue.Text("Zoë"))
                .containsEntry("number", new GgufValue.Whole(GgufType.UINT32, 0xFFFF_FFFFL))
                .containsEntry("small", new GgufValue.Whole(GgufType.INT8, -5))
                .containsEntry("real", new GgufValue.Real(GgufType.FLOAT32, 0.25))
                .containsEntry("flag", new GgufValue.Bool(true));
        GgufValue.Texts texts = (GgufValue.Texts) read.metadata().get("texts");
        assertThat(List.of(texts.get(0), texts.get(1), texts.get(2))).containsExactly("a", "", "ö");
        GgufValue.Numbers reals = (GgufValue.Numbers) read.metadata().get("reals");
        assertThat(List.of(reals.real(0), reals.real(1))).containsExactly(1.0, -2.5);
        GgufValue.Numbers small = (GgufValue.Numbers) read.metadata().get("bytes");
        assertThat(List.of(small.whole(0), small.whole(1))).containsExactly(3L, -4L);
        assertThat(read.alignment()).isEqualTo(64);
        assertThat(read.tensors()).extracting(GgufTensor::name).containsExactly("a", "b", "c");
        assertThat(read.tensors()).extracting(GgufTensor::size).containsExactly(24L, 8L, 68L);
        assertThat(read.tensors())
                .extracting(tensor -> tensor.offset() - read.dataOffset())
                .containsExactly(0L, 64L, 128L);

        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file())).order(ByteOrder.LITTLE_ENDIAN);
        int data = (int) read.dataOffset();
        assertThat(bytes.getFloat(data + 20)).isEqualTo(5);
        assertThat(bytes.getShort(data + 64 + 6)).isEqualTo(Half.of(3));
        // The last block: 32 to 63, scaled so that 63 becomes 127.
        assertThat(bytes.getShort(data + 128 + 34)).isEqualTo(Half.of(63f / 127));
        assertThat(bytes.get(data + 128 + 67)).isEqualTo((byte) 127);
    }

    /** 0, 1, 2 and so on. */
    private static final class Counter implements GgufWriter.Weights {
        private int next;

        @Override
        public void next(float[] row) {
            for (int i = 0; i < row.length; i++) {
                row[i] = next++;
            }
        }
    }

    @Test
    @DisplayName("writes rows of zeros as such, though they have no scale")
    void zeros() throws IOException {
        new GgufWriter().tensor("a", TensorType.Q8_0, List.of(32L), row -> {}).write(file());
        GgufTensor tensor = GgufFile.read(file()).tensors().get(0);
        byte[] bytes = Files.readAllBytes(file());
        for (long i = tensor.offset(); i < tensor.offset() + tensor.size(); i++) {
            assertThat(bytes[(int) i]).isZero();
        }
    }

    @Test
    @DisplayName("refuses what no reader would read")
    void refusals() {
        GgufWriter writer = new GgufWriter().bool("a", true);
        assertThatIllegalArgumentException().isThrownBy(() -> writer.bool("a", true));
        assertThatIllegalArgumentException().isThrownBy(() -> writer.bool("", true));
        assertThatIllegalArgumentException().isThrownBy(() -> writer.whole("b", GgufType.STRING, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> writer.uint32("general.alignment", 48));
        assertThatIllegalArgumentException().isThrownBy(() -> tensor(writer, "t", TensorType.Q8_0, 33));
        assertThatIllegalArgumentException().isThrownBy(() -> tensor(writer, "t", TensorType.Q4_K, 256));
        assertThatIllegalArgumentException().isThrownBy(() -> tensor(writer, "t", TensorType.F32, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> tensor(writer, "t".repeat(64), TensorType.F32, 1));
    }

    private static void tensor(GgufWriter writer, String name, TensorType type, long length) {
        writer.tensor(name, type, List.of(length), row -> {});
    }

    @ParameterizedTest
    @CsvSource({
        "0,0",
        "1,3c00",
        "-2,c000",
        "65504,7bff",
        "65520,7c00",
        "1e30,7c00",
        "-Infinity,fc00",
        "5.9604645e-8,1",
        "2.9802322e-8,0",
        "6.1035156e-5,400",
        "6.0975552e-5,3ff",
        "0.1,2e66",
        "1.00048828125,3c00",
        "1.00146484375,3c02"
    })
    @DisplayName("rounds to 16 bits as the standard does")
    void half(float value, String bits) {
        assertThat(Integer.toHexString(Half.of(value) & 0xFFFF)).isEqualTo(bits);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN})
    @DisplayName("writes what is no number as such")
    void halfOfNoNumber(float value) {
        assertThat(Half.of(value) & 0x7FFF).isGreaterThan(0x7C00);
    }
}
