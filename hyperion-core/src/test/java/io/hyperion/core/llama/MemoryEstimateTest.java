package io.hyperion.core.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hyperion.core.gguf.GgufFile;
import io.hyperion.core.gguf.MemoryEstimate;
import io.hyperion.core.gguf.ModelFileValidator;
import io.hyperion.core.gguf.SizedModel;
import io.hyperion.core.gguf.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The estimate of what a model needs in memory")
class MemoryEstimateTest {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Pattern BUFFER = Pattern.compile(".* (\\S+) buffer size = +([0-9.]+) MiB");
    private static final double MIB = 1 << 20;
    private static final Percentage A_TENTH = Percentage.withPercentage(10);
    private static final Logger LOG = Logger.getLogger("io.hyperion.llama");

    @TempDir
    Path directory;

    private LlamaLibrary library;
    /** By kind, in bytes. */
    private final Map<String, Double> buffers = new HashMap<>();

    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            Matcher buffer = BUFFER.matcher(line.getMessage());
            if (buffer.matches()) {
                buffers.merge(buffer.group(1), Double.parseDouble(buffer.group(2)) * MIB, Double::sum);
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void open() throws LlamaException {
        LOG.setLevel(Level.FINE);
        LOG.setUseParentHandlers(false);
        LOG.addHandler(handler);
        library = LlamaLibrary.open();
    }

    @AfterEach
    void close() {
        library.close();
        LOG.removeHandler(handler);
        LOG.setUseParentHandlers(true);
        LOG.setLevel(null);
    }

    static Stream<Arguments> generating() {
        // Large vocabularies, which take memory and no time: beside them what the Java runtime sways by is little.
        SizedModel llama = SizedModel.of("llama").layers(2).vocabulary(48_000);
        return Stream.of(
                Arguments.of(llama, 2048, 8, 512),
                Arguments.of(llama, 4096, 1, 64),
                Arguments.of(llama.layers(6), 1024, 8, 256),
                Arguments.of(llama.type(TensorType.F16), 1024, 2, 512),
                Arguments.of(llama.type(TensorType.Q4_0), 1024, 4, 256),
                Arguments.of(llama.heads(8, 2, 64), 2048, 16, 512),
                Arguments.of(llama.experts(8), 512, 4, 512),
                Arguments.of(SizedModel.of("qwen2").layers(2).vocabulary(48_000), 1024, 8, 512),
                Arguments.of(SizedModel.of("gemma").layers(2).vocabulary(96_000).heads(4, 1, 256), 2048, 8, 256),
                Arguments.of(SizedModel.of("mamba").layers(4).vocabulary(48_000), 512, 1, 256));
    }

    @ParameterizedTest
    @MethodSource("generating")
    @DisplayName("of one that generates text is within a tenth of what the process grows by")
    void generates(SizedModel model, int cells, int slots, int batchSize) throws Exception {
        warmUp();
        GgufFile file = read(model);
        MemoryEstimate estimate =
                MemoryEstimate.of(file, new MemoryEstimate.Use(cells, slots, slots, batchSize, false, false));
        long before = resident();
        long grown;
        try (LlamaModel loaded = LlamaModel.load(library, file.path(), 0);
                LlamaContext context = loaded.newContext(new LlamaContext.Settings(cells, slots, batchSize, 1));
                Batch batch = context.newBatch()) {
            fill(context, batch, file.isRecurrent() ? batchSize : cells, slots);
            grown = resident() - before;
        }
        assertThat(estimate.cache()).isCloseTo(Math.round(buffers.get("KV")), within((long) MIB / 10));
        compare(estimate, grown);
    }

    static Stream<Arguments> vectors() {
        SizedModel bert = SizedModel.of("bert").layers(2).vocabulary(80_000);
        SizedModel nomic = SizedModel.of("nomic-bert").layers(2).vocabulary(80_000);
        return Stream.of(
                Arguments.of(bert, 1024),
                Arguments.of(bert.wide(512, 8192), 512),
                Arguments.of(nomic, 512),
                Arguments.of(nomic.wide(512, 8192), 512),
                Arguments.of(SizedModel.of("llama").layers(2).vocabulary(32_000), 256));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    @DisplayName("of one that makes vectors is within a tenth of what the process grows by")
    void makesVectors(SizedModel model, int batchSize) throws Exception {
        warmUp();
        GgufFile file = read(model);
        boolean encoder = file.isEncoder();
        MemoryEstimate estimate =
                MemoryEstimate.of(file, new MemoryEstimate.Use(batchSize, 64, 64, batchSize, true, encoder));
        long before = resident();
        long grown;
        try (LlamaModel loaded = LlamaModel.load(library, file.path(), 0);
                EmbeddingContext context = loaded.newEmbeddingContext(new EmbeddingContext.Settings(
                        batchSize, 64, 1, encoder ? Pooling.MEAN : Pooling.LAST, encoder));
                Batch batch = context.newBatch()) {
            for (int i = 0; i < batchSize; i++) {
                batch.add(7, i, 0, true);
            }
            context.evaluate(batch);
            grown = resident() - before;
        }
        assertThat(estimate.cache()).isCloseTo(Math.round(buffers.get("KV")), within((long) MIB / 10));
        compare(estimate, grown);
    }

    /** So that what the process and the library take once and for all is not counted. */
    private void warmUp() throws Exception {
        GgufFile file = read(SizedModel.of("llama").layers(1).vocabulary(600));
        try (LlamaModel loaded = LlamaModel.load(library, file.path(), 0);
                LlamaContext context = loaded.newContext(new LlamaContext.Settings(64, 1, 64, 1));
                Batch batch = context.newBatch()) {
            fill(context, batch, 64, 1);
        }
        buffers.clear();
    }

    private GgufFile read(SizedModel model) throws IOException {
        GgufFile file = GgufFile.read(model.write(directory.resolve("model.gguf")));
        ModelFileValidator.validate(file);
        return file;
    }

    private static void fill(LlamaContext context, Batch batch, int tokens, int slots) throws LlamaException {
        for (int i = 0; i < tokens; i++) {
            // The last step gives the probabilities for all slots, as when all of them generate.
            batch.add(5, i, 0, i >= tokens - slots);
            if (batch.size() == batch.capacity() || i == tokens - 1) {
                context.decode(batch);
                batch.clear();
            }
        }
    }

    private void compare(MemoryEstimate estimate, long grown) {
        long total = estimate.weights() + estimate.cache() + estimate.compute();
        assertThat(total)
                .as("%s, where llama.cpp tells of %s bytes", estimate, buffers)
                .isCloseTo(grown, A_TENTH);
    }

    private static long resident() throws IOException {
        assumeTrue(Files.exists(STATUS), "the resident set size is read from /proc, which is not on this system");
        System.gc();
        try (Stream<String> lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElseThrow();
        }
    }
}
