package io.hyperion.bench.scenario;

import io.hyperion.bench.load.BareLoop;
import io.hyperion.bench.load.InProcessTarget;
import io.hyperion.bench.load.Target;
import io.hyperion.bench.model.Words;
import io.hyperion.core.gguf.GgufFile;
import io.hyperion.core.gguf.GgufValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The memory that a model takes beyond its weights and its cells, with 16 sequences that generate, in a process of its own. Of the
 * bare loop's it is llama.cpp's buffers, and what the Java machine takes for any program that loads a library.
 */
public final class MemoryCost implements Scenario {
    private static final int SEQUENCES = 16;
    private static final int CELLS = 4096;
    private static final int KEY_AND_VALUE = 2;
    private static final int BYTES = 2;
    private static final double MIB = 1 << 20;

    private final Path model;
    private final long cellBytes;

    /**
     * @param model the GGUF file
     * @throws IOException if it cannot be read
     */
    public MemoryCost(Path model) throws IOException {
        this.model = model;
        GgufFile file = GgufFile.read(model);
        long heads = number(file, "attention.head_count");
        long keyValueHeads = optionalNumber(file, "attention.head_count_kv").orElse(heads);
        long width = number(file, "embedding_length") / heads * keyValueHeads;
        this.cellBytes = number(file, "block_count") * KEY_AND_VALUE * width * BYTES;
    }

    /** {@return how many bytes of keys and values a cell has} */
    public long cellBytes() {
        return cellBytes;
    }

    private static long number(GgufFile file, String name) throws IOException {
        return optionalNumber(file, name)
                .orElseThrow(() -> new IOException(file.path() + " does not tell its " + name));
    }

    private static OptionalLong optionalNumber(GgufFile file, String name) throws IOException {
        if (!(file.metadata().get("general.architecture") instanceof GgufValue.Text architecture)) {
            throw new IOException(file.path() + " does not tell its architecture");
        }
        return file.metadata().get(architecture.value() + "." + name) instanceof GgufValue.Whole number
                ? OptionalLong.of(number.value())
                : OptionalLong.empty();
    }

    @Override
    public String title() {
        return "memory, " + SEQUENCES + " sequences, " + CELLS + " cells";
    }

    @Override
    public boolean takes(Target target) {
        return target instanceof BareLoop || target instanceof InProcessTarget;
    }

    @Override
    public Map<Measure, Double> measure(Target target, Words words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms128m",
                        "-Xmx128m",
                        "-XX:+AlwaysPreTouch",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MemoryProbe.class.getName(),
                        target.name(),
                        model.toString(),
                        Integer.toString(SEQUENCES),
                        Integer.toString(CELLS),
                        "1")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("The process that measures memory ended with " + process.exitValue());
        }
        long grown = Long.parseLong(output.strip());
        return Map.of(Measure.difference("beyond weights and cells", "MiB"), (grown - cellBytes * CELLS) / MIB);
    }
}
