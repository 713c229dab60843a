package io.hyperion.core.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A model that is split into files")
class SplitFilesTest {
    @TempDir
    Path directory;

    private Path whole;
    private List<SplitModel.Part> parts;

    @BeforeEach
    void split() throws IOException {
        whole = TinyModel.llama().write(directory.resolve("whole.gguf"));
        parts = SplitModel.of(whole, 5, 7);
    }

    private List<Path> write() throws IOException {
        return SplitModel.write(parts, directory, "m");
    }

    private GgufException refusal() throws IOException {
        return refusal(write().get(0));
    }

    private static GgufException refusal(Path first) {
        GgufException refusal =
                catchThrowableOfType(GgufException.class, () -> ModelFileValidator.validate(GgufFile.read(first)));
        assertThat(refusal).isNotNull();
        return refusal;
    }

    @Test
    @DisplayName("says what it says in one")
    void same() throws IOException {
        GgufFile one = GgufFile.read(whole);
        List<Path> files = write();
        GgufFile split = GgufFile.read(files.get(0));
        assertThatCode(() -> ModelFileValidator.validate(split)).doesNotThrowAnyException();
        assertThat(split.tensors())
                .extracting(GgufTensor::name)
                .containsExactlyElementsOf(
                        one.tensors().stream().map(GgufTensor::name).toList());
        assertThat(split.tensors()).extracting(GgufTensor::part).startsWith(0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2);
        assertThat(split.parameterCount()).isEqualTo(one.parameterCount());
        assertThat(split.quantization()).isEqualTo(one.quantization());
        assertThat(split.path()).isEqualTo(files.get(0));
        assertThat(split.fileSize())
                .isEqualTo(Files.size(files.get(0)) + Files.size(files.get(1)) + Files.size(files.get(2)));
    }

    @Test
    @DisplayName("may have a first file without tensors")
    void metadataFirst() throws IOException {
        parts = SplitModel.of(whole, 0, 12);
        Path first = write().get(0);
        assertThatCode(() -> ModelFileValidator.validate(GgufFile.read(first))).doesNotThrowAnyException();
    }

    @Test
    @DisplayName("has another fingerprint when any of its files is another one")
    void fingerprint() throws IOException {
        Path first = write().get(0);
        GgufFingerprint before = GgufFingerprint.of(List.of(GgufFile.read(first)));
        Path last = directory.resolve("m-00003-of-00003.gguf");
        byte[] bytes = Files.readAllBytes(last);
        bytes[bytes.length - 40] ^= 1;
        Files.write(last, bytes);
        assertThat(GgufFingerprint.of(List.of(GgufFile.read(first)))).isNotEqualTo(before);
    }

    @Test
    @DisplayName("tells the names of its files by the first")
    void names() {
        assertThat(GgufFile.files(directory.resolve("a-b-00001-of-00003.gguf")))
                .containsExactly(
                        directory.resolve("a-b-00001-of-00003.gguf"),
                        directory.resolve("a-b-00002-of-00003.gguf"),
                        directory.resolve("a-b-00003-of-00003.gguf"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.gguf",
                "a-00002-of-00003.gguf",
                "a-00001-of-00001.gguf",
                "a-00001-of-00000.gguf",
                "a-00001-of-99999.gguf",
                "a-1-of-3.gguf",
                "-00001-of-00003.gguf"
            })
    @DisplayName("is one file under any other name")
    void oneName(String name) {
        assertThat(GgufFile.files(Path.of(name))).containsExactly(Path.of(name));
    }

    @Test
    @DisplayName("is refused without one of its files, which is named")
    void missing() throws IOException {
        Path first = write().get(0);
        Files.delete(directory.resolve("m-00002-of-00003.gguf"));
        assertThat(refusal(first))
                .hasMessageStartingWith("m-00001-of-00003.gguf: at offset ")
                .hasMessageEndingWith(
                        "'split.count' is 3: the model is split, and of its files m-00002-of-00003.gguf is missing");
    }

    @Test
    @DisplayName("is refused by another file than its first")
    void notTheFirst() throws IOException {
        assertThat(refusal(write().get(1)))
                .hasMessageStartingWith("m-00002-of-00003.gguf: ")
                .hasMessageEndingWith("'split.no' is 1: this is file 2 of the 3 that the model is split into, and the"
                        + " first one must be given");
    }

    @Test
    @DisplayName("is refused with its files mixed up")
    void swapped() throws IOException {
        parts = List.of(parts.get(0), parts.get(2), parts.get(1));
        assertThat(refusal())
                .hasMessageStartingWith("m-00002-of-00003.gguf: ")
                .hasMessageEndingWith(
                        "'split.no' is 2, but by its name this is file 2 of 3, which has the number 1: the"
                                + " files are mixed up");
    }

    @Test
    @DisplayName("is refused under a name that does not tell those of the others")
    void renamed() throws IOException {
        assertThat(refusal(parts.get(0).write(directory.resolve("other.gguf"))))
                .hasMessageEndingWith("'split.count' is 3: the model is split, and llama.cpp finds the other files only"
                        + " if the name of this one ends in -00001-of-00003.gguf");
    }

    @Test
    @DisplayName("is refused with a file of another model")
    void foreign() throws IOException {
        parts.get(2).text("general.architecture", "qwen2");
        assertThat(refusal())
                .hasMessageStartingWith("m-00003-of-00003.gguf: ")
                .hasMessageEndingWith(
                        "'general.architecture' is another one than in m-00001-of-00003.gguf: of another model");
    }

    @Test
    @DisplayName("is refused with a file of a model of another number of files or tensors")
    void foreignCounts() throws IOException {
        parts.get(1).whole("split.count", GgufType.UINT16, 4);
        assertThat(refusal()).hasMessageContaining("'split.count' is another one than in");
        split();
        parts.get(1).whole("split.tensors.count", GgufType.INT32, 4);
        assertThat(refusal()).hasMessageContaining("'split.tensors.count' is another one than in");
    }

    @Test
    @DisplayName("is refused with tensors too few")
    void tooFew() throws IOException {
        parts.get(1).withoutLastTensor();
        int all = parts.stream().mapToInt(part -> part.tensors().size()).sum();
        assertThat(refusal())
                .hasMessageEndingWith("'split.tensors.count' is " + (all + 1) + ", but the 3 files have " + all
                        + " tensors: one of them is of another model");
    }

    @Test
    @DisplayName("is refused with a tensor twice")
    void twice() throws IOException {
        parts.get(2).plus(parts.get(1).tensors().get(3));
        assertThat(refusal())
                .hasMessageStartingWith("m-00003-of-00003.gguf: ")
                .hasMessageContaining("is in m-00002-of-00003.gguf too");
    }

    @Test
    @DisplayName("is refused with a damaged file, which is named")
    void damaged() throws IOException {
        List<Path> files = write();
        byte[] bytes = Files.readAllBytes(files.get(2));
        Files.write(files.get(2), Arrays.copyOf(bytes, bytes.length - 1000));
        assertThat(refusal(files.get(0)))
                .hasMessageStartingWith("m-00003-of-00003.gguf: ")
                .hasMessageContaining("truncated or damaged");
        Files.writeString(files.get(2), "<html>not found</html>");
        assertThat(refusal(files.get(0)))
                .hasMessageStartingWith("m-00003-of-00003.gguf: ")
                .hasMessageContaining("a web page");
    }

    @Test
    @DisplayName("is refused with numbers of types that llama.cpp aborts on")
    void types() throws IOException {
        parts.get(1).whole("split.no", GgufType.INT32, 1);
        assertThat(refusal()).hasMessageEndingWith("'split.no' is of type int32, not uint16");
        split();
        parts.get(0).whole("split.count", GgufType.UINT32, 3);
        assertThat(refusal()).hasMessageEndingWith("'split.count' is of type uint32, not uint16");
        split();
        parts.get(0).whole("split.tensors.count", GgufType.UINT16, 3);
        assertThat(refusal()).hasMessageEndingWith("'split.tensors.count' is of type uint16, not int32");
        split();
        parts.get(2).without("split.no");
        assertThat(refusal()).hasMessageEndingWith("'split.no' is missing");
    }

    @Test
    @DisplayName("of absurdly many files is refused without looking for them")
    void absurdCount() throws IOException {
        parts.get(0).whole("split.count", GgufType.UINT16, 65535);
        Path first = parts.get(0).write(directory.resolve("m-00001-of-65535.gguf"));
        assertThat(refusal(first)).hasMessageEndingWith("'split.count' is 65535, and must be at most 1024");
    }

    @Test
    @DisplayName("has its tensors where llama.cpp looks for them in each file")
    void places() throws IOException {
        List<Path> files = write();
        byte[] bytes = Files.readAllBytes(files.get(1));
        GgufTensor tensor = GgufFile.read(files.get(0)).tensors().get(6);
        int offset = (int) tensor.entryOffset()
                + 8
                + tensor.name().length()
                + 4
                + 8 * tensor.dimensions().size()
                + 4;
        bytes[offset] += 32;
        Files.write(files.get(1), bytes);
        assertThat(refusal(files.get(0)))
                .hasMessageStartingWith("m-00002-of-00003.gguf: at offset " + tensor.entryOffset() + ": ")
                .hasMessageContaining("where the one before it ends");
    }

    @Test
    @DisplayName("cannot be an adapter")
    void adapter() throws IOException {
        Path lora = TinyLora.llama(1).write(directory.resolve("lora.gguf"));
        Path first = SplitModel.write(SplitModel.of(lora, 2), directory, "lora").get(0);
        GgufFile base = GgufFile.read(whole);
        assertThat(catchThrowableOfType(
                        GgufException.class, () -> LoraFileValidator.validate(List.of(GgufFile.read(first)), base)))
                .hasMessageContaining("of an adapter llama.cpp reads a single file only");
    }
}
