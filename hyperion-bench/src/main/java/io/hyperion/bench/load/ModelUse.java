package io.hyperion.bench.load;

import java.nio.file.Path;
import java.util.Map;

/**
 * A model, and how it is loaded into this process.
 *
 * @param file the GGUF file
 * @param sequences how many completions can be under way, at least 1
 * @param cells the tokens that all of them share, at least 1
 * @param threads how many threads compute, at least 1
 */
public record ModelUse(Path file, int sequences, int cells, int threads) {
    /** What one step evaluates at most. */
    public static final int BATCH_SIZE = 512;

    /** {@return the same as Hyperion's configuration of its default model} */
    public Map<String, String> configuration() {
        String prefix = "hyperion.models.default.";
        return Map.of(
                prefix + "path",
                file.toAbsolutePath().toString(),
                prefix + "slots",
                Integer.toString(sequences),
                prefix + "context-size",
                Integer.toString(cells),
                prefix + "batch-size",
                Integer.toString(BATCH_SIZE),
                prefix + "threads",
                Integer.toString(threads));
    }
}
