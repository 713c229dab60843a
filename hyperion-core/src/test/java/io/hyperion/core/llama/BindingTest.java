package io.hyperion.core.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hyperion.core.TestModels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The llama.cpp binding")
class BindingTest {
    private LlamaLibrary library;
    private LlamaModel model;
    private LlamaContext context;
    private Batch batch;
    private SamplerChain sampler;

    @BeforeEach
    void open() throws LlamaException {
        library = LlamaLibrary.open();
        model = LlamaModel.load(library, TestModels.demo(), 0);
        context = model.newContext(new LlamaContext.Settings(256, 2, 64, 1));
        batch = context.newBatch();
        sampler = new SamplerChain(library).greedy();
    }

    @AfterEach
    void close() {
        sampler.close();
        batch.close();
        context.close();
        model.close();
        library.close();
    }

    @Test
    @DisplayName("leaves nothing in the temporary directory, open or closed")
    void leavesNothingBehind() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .noneMatch(name -> name.startsWith("hyperion-llama-"));
        }
        assertThat(library.systemInfo()).contains("AVX2 = ");
    }

    @Test
    @DisplayName("maps the library once, however often it is opened and closed")
    void mapsOnce() throws Exception {
        close();
        long before = libraryMappings();
        for (int i = 0; i < 3; i++) {
            open();
            close();
        }
        assertThat(libraryMappings()).isEqualTo(before).isPositive();
        open();
    }

    private static long libraryMappings() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains("jllama")).count();
        }
    }

    @Test
    @DisplayName("names what it computes on, the CPU among it")
    void devices() {
        assertThat(library.devices())
                .extracting(ComputeDevice::name)
                .contains(ComputeDevice.CPU)
                .doesNotHaveDuplicates();
        assertThat(library.devices()).allSatisfy(device -> {
            assertThat(device.description()).isNotBlank();
            assertThat(device.gpu()).isEqualTo(!device.name().equals(ComputeDevice.CPU));
            assertThat(device.freeBytes()).isBetween(0L, device.totalBytes());
        });
    }

    @Test
    @DisplayName("turns text into tokens and tokens into the same text")
    void roundTrip() {
        Vocabulary vocabulary = model.vocabulary();
        String text = "Hello, Zo\u00eb! 7 plus 5?\n\uD83D\uDE00";
        StringBuilder bytes = new StringBuilder();
        for (int token : vocabulary.tokenize(text, false, true)) {
            bytes.append(new String(vocabulary.piece(token), StandardCharsets.ISO_8859_1));
        }
        assertThat(new String(bytes.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
                .isEqualTo(text);
        assertThat(vocabulary.tokenize("", false, true)).isEmpty();
        assertThat(vocabulary.isEndOfGeneration(vocabulary.eos())).isTrue();
    }

    @Test
    @DisplayName("makes a control token of its text only if asked to")
    void controlTokens() {
        assertThat(model.vocabulary().tokenize("<|im_end|>", false, true))
                .containsExactly(model.vocabulary().eos());
        assertThat(model.vocabulary().tokenize("<|im_end|>", false, false)).hasSizeGreaterThan(1);
    }

    @Test
    @DisplayName("refuses every argument that would end the process, and works on")
    void refusesFatalArguments() throws LlamaException {
        List<ThrowingCallable> fatal = List.of(
                () -> batch.add(model.vocabulary().size(), 0, 0, true),
                () -> batch.add(-1, 0, 0, true),
                () -> batch.add(1, -1, 0, true),
                () -> batch.add(1, context.cells(), 0, true),
                () -> batch.add(1, 0, 2, true),
                () -> batch.add(1, 0, -1, true),
                () -> context.decode(batch),
                () -> sampler.sample(context, 0),
                () -> sampler.sample(context, -1),
                () -> context.removeFrom(2, 0),
                () -> context.removeFrom(0, -1),
                () -> model.vocabulary().piece(-1),
                () -> model.vocabulary().isEndOfGeneration(model.vocabulary().size()),
                () -> new LlamaContext.Settings(0, 1, 1, 1),
                () -> new LlamaContext.Settings(64, 1000, 1, 1),
                () -> new LlamaContext.Settings(64, 1, 1, 0),
                () -> sampler.topK(0),
                () -> context.logits(0),
                () -> sampler.topP(Double.NaN, 1),
                () -> sampler.topP(0.5, 0),
                () -> sampler.minP(1.1, 1),
                () -> sampler.minP(1e-60, 1),
                () -> sampler.typicalP(-0.1, 1),
                () -> sampler.typicalP(0.5, 0),
                () -> sampler.topNSigma(-1),
                () -> sampler.xtc(2, 0.1, 1, 1),
                () -> sampler.xtc(0.5, 0.1, 0, 1),
                () -> sampler.dynamicTemperature(0.8, Double.NaN, 1),
                () -> sampler.dynamicTemperature(0.8, 1, -1),
                () -> sampler.mirostat(0, 1, 5, 0.1),
                () -> sampler.mirostat(10, 1, Double.POSITIVE_INFINITY, 0.1),
                () -> sampler.mirostat2(1L << 32, 5, 0.1),
                () -> sampler.penalties(0, 1.1, 0, 0),
                () -> sampler.penalties(Integer.MAX_VALUE, 1.1, 0, 0),
                () -> sampler.penalties(64, 0, 0, 0),
                () -> sampler.penalties(64, 1, Double.NaN, 0),
                () -> sampler.dry(model.vocabulary(), Integer.MAX_VALUE, 1, 2, 2, List.of()),
                () -> sampler.dry(model.vocabulary(), 64, 1, 0.5, 2, List.of()),
                () -> sampler.dry(model.vocabulary(), 64, 1, 2, 2, List.of("")),
                () -> sampler.dry(model.vocabulary(), 64, 1, 2, 2, List.of("\u3002")),
                () -> context.candidates().add(-1, 0),
                () -> context.candidates().add(model.vocabulary().size(), 0),
                () -> context.candidates().token(0),
                () -> sampler.temperature(0),
                () -> sampler.temperature(Double.POSITIVE_INFINITY),
                () -> sampler.distribution(-1),
                () -> LlamaModel.load(library, TestModels.demo(), -1));
        assertThat(fatal).allSatisfy(call -> assertThatThrownBy(call)
                .isInstanceOfAny(IllegalArgumentException.class, IndexOutOfBoundsException.class));
        assertThat(generates()).isTrue();
    }

    @Test
    @DisplayName("chooses among the candidates it is given, and keeps no memory of a closed context")
    void candidates() throws LlamaException {
        Candidates candidates = context.candidates();
        candidates.clear();
        assertThatThrownBy(() -> sampler.select(candidates, false)).isInstanceOf(IllegalStateException.class);
        candidates.add(7, 1);
        candidates.add(9, 2);
        assertThat(sampler.select(candidates, false)).isEqualTo(9);
        context.close();
        assertThatThrownBy(() -> candidates.add(7, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> candidates.token(0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> sampler.select(candidates, false)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @DisplayName("takes no more tokens than the batch holds")
    void fullBatch() {
        for (int i = 0; i < batch.capacity(); i++) {
            batch.add(1, i, 0, false);
        }
        assertThatThrownBy(() -> batch.add(1, 64, 0, false)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @DisplayName("tells when the cells do not suffice, and keeps what was there")
    void noCells() throws LlamaException {
        int position = 0;
        LlamaContext.Outcome outcome;
        do {
            batch.clear();
            for (int i = 0; i < 64; i++) {
                batch.add(5, position % context.cells(), position / context.cells(), i == 63);
                position++;
            }
            outcome = context.decode(batch);
        } while (outcome == LlamaContext.Outcome.DONE && position < 1000);
        assertThat(outcome).isEqualTo(LlamaContext.Outcome.NO_CELLS);
        assertThat(context.usedCells()).isEqualTo(context.cells());
        assertThatThrownBy(() -> sampler.sample(context, 63)).isInstanceOf(IllegalArgumentException.class);
        context.removeFrom(0, 0);
        assertThat(context.usedCells()).isZero();
        assertThat(generates()).isTrue();
    }

    private boolean generates() throws LlamaException {
        context.clear();
        batch.clear();
        int index = batch.add(5, 0, 0, true);
        return context.decode(batch) == LlamaContext.Outcome.DONE && sampler.sample(context, index) >= 0;
    }

    @Test
    @DisplayName("answers use after close with an exception, and a second close with nothing")
    void useAfterClose() {
        close();
        close();
        List<Callable<?>> uses = List.of(
                () -> library.systemInfo(),
                () -> LlamaModel.load(library, TestModels.demo(), 0),
                () -> model.vocabulary().tokenize("a", false, false),
                () -> model.vocabulary().piece(7),
                () -> model.trainedContextLength(),
                () -> model.newContext(new LlamaContext.Settings(64, 1, 64, 1)),
                () -> context.usedCells(),
                () -> context.decode(batch),
                () -> context.removeFrom(0, 0),
                () -> batch.add(1, 0, 0, true),
                () -> sampler.greedy(),
                () -> context.logits(0),
                () -> context.candidates(),
                () -> sampler.select(null, true),
                () -> {
                    sampler.accept(1);
                    return null;
                },
                () -> sampler.sample(context, 0));
        assertThat(uses).allSatisfy(use -> assertThatThrownBy(use::call)
                .isInstanceOfAny(IllegalStateException.class, IllegalArgumentException.class));
    }

    @Test
    @DisplayName("does not free a model under its contexts")
    void modelOutlivesContexts() {
        assertThatThrownBy(() -> model.close())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("1 open contexts");
        assertThat(model.trainedContextLength()).isPositive();
    }

    @Test
    @DisplayName("tells why llama.cpp does not load a file")
    void loadFailure(@TempDir Path directory) throws IOException {
        Path garbage = Files.writeString(directory.resolve("garbage.gguf"), "GGUF? No.");
        assertThatThrownBy(() -> LlamaModel.load(library, garbage, 0))
                .isInstanceOf(LlamaException.class)
                .hasMessageContaining("garbage.gguf")
                .hasMessageContaining("failed to load model");
        assertThatThrownBy(() -> LlamaModel.load(library, directory.resolve("none.gguf"), 0))
                .isInstanceOf(LlamaException.class)
                .hasMessageContaining("cannot be read");
    }
}
