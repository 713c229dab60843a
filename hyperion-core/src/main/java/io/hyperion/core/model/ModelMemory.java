package io.hyperion.core.model;

import io.hyperion.api.ModelInfo;
import io.hyperion.core.engine.EmbeddingSettings;
import io.hyperion.core.gguf.GgufFile;
import io.hyperion.core.gguf.MemoryEstimate;
import io.hyperion.core.llama.ComputeDevice;
import io.hyperion.core.llama.LlamaContext;
import io.hyperion.core.llama.Pooling;
import java.util.List;
import java.util.Optional;

/** What a model needs in memory, by its files and by how it is configured. */
final class ModelMemory {
    private ModelMemory() {}

    /**
     * The memory of a model, as if it were the machine's: which device it will be on is known once the library is open.
     *
     * @param settings how it is configured
     * @param file what its file says
     * @param adapters what the files of its adapters say
     * @param cells the tokens of its context
     * @param embedding how it makes vectors; empty if it generates text
     * @return the memory, by estimate
     */
    static ModelInfo.Memory of(
            ModelSettings settings,
            GgufFile file,
            List<GgufFile> adapters,
            int cells,
            Optional<EmbeddingSettings> embedding) {
        MemoryEstimate estimate = MemoryEstimate.of(
                file, embedding.map(ModelMemory::vectors).orElseGet(() -> text(settings, file, cells)));
        long weights = estimate.weights()
                + adapters.stream().mapToLong(GgufFile::fileSize).sum();
        return new ModelInfo.Memory(weights, estimate.cache(), estimate.compute(), ComputeDevice.CPU);
    }

    private static MemoryEstimate.Use text(ModelSettings settings, GgufFile file, int cells) {
        int slots = file.isRecurrent() ? 1 : settings.engine().slots();
        return new MemoryEstimate.Use(cells, slots, slots, settings.engine().batchSize(), false, false);
    }

    private static MemoryEstimate.Use vectors(EmbeddingSettings embedding) {
        int tokens = embedding.batchSize();
        boolean mean = embedding.pooling() == Pooling.MEAN;
        int texts = Math.min(tokens, LlamaContext.MAX_SEQUENCES);
        // Only encoders average by themselves; of the others the vectors of all tokens are taken.
        int outputs = mean && !embedding.encoder() ? tokens : texts;
        return new MemoryEstimate.Use(tokens, texts, outputs, tokens, true, mean && embedding.encoder());
    }
}
