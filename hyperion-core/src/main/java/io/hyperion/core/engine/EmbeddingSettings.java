package io.hyperion.core.engine;

import io.hyperion.core.llama.EmbeddingContext;
import io.hyperion.core.llama.LlamaContext;
import io.hyperion.core.llama.Pooling;
import java.time.Duration;

/**
 * How a model that makes vectors of texts is loaded.
 *
 * @param batchSize how many tokens one step evaluates at most, and so how long a text may be at most
 * @param threads how many threads compute
 * @param gpuLayers how many layers go to the GPU, where the library has one
 * @param queueCapacity how many requests may wait for their first step
 * @param queueTimeout how long a request may wait for its first step; zero for as long as it takes
 * @param pooling what is given for a text; {@link Pooling#RANK} only for a model with a complete classifier
 * @param encoder whether the model can do nothing but this; false for one that could generate text
 */
public record EmbeddingSettings(
        int batchSize,
        int threads,
        int gpuLayers,
        int queueCapacity,
        Duration queueTimeout,
        Pooling pooling,
        boolean encoder) {
    /**
     * The longest text, in tokens, that is made room for without being asked for: the memory of a step grows with the square of it, by
     * 4 bytes for each head.
     */
    public static final int MAX_DEFAULT_TEXT = 2048;

    /**
     * @throws IllegalArgumentException if a value is out of its range
     */
    public EmbeddingSettings {
        if (gpuLayers < 0) {
            throw new IllegalArgumentException("gpuLayers must not be negative, but is " + gpuLayers);
        }
        if (queueCapacity < 0) {
            throw new IllegalArgumentException("queueCapacity must not be negative, but is " + queueCapacity);
        }
        if (queueTimeout.isNegative()) {
            throw new IllegalArgumentException("queueTimeout must not be negative, but is " + queueTimeout);
        }
        // Checks the others, which are the context's.
        new EmbeddingContext.Settings(batchSize, 1, threads, pooling, encoder);
    }

    /**
     * The settings that follow from those of any model: a step takes as many tokens as the batch size says, but at least one text of the
     * context size.
     *
     * @param engine the settings of any model; its slots do not matter
     * @param trainedContextLength the context that the model was trained with
     * @param pooling as in the record
     * @param encoder as in the record
     * @return the settings
     */
    public static EmbeddingSettings of(
            EngineSettings engine, int trainedContextLength, Pooling pooling, boolean encoder) {
        int text = engine.contextSize() > 0 ? engine.contextSize() : Math.min(trainedContextLength, MAX_DEFAULT_TEXT);
        int longest = Math.min(text, trainedContextLength);
        return new EmbeddingSettings(
                Math.min(Math.max(engine.batchSize(), longest), LlamaContext.MAX_BATCH_SIZE),
                engine.threads(),
                engine.gpuLayers(),
                engine.queueCapacity(),
                engine.queueTimeout(),
                pooling,
                encoder);
    }

    /** {@return how many texts one step takes at most: places for texts cost nothing} */
    int sequences() {
        return Math.min(batchSize, LlamaContext.MAX_SEQUENCES);
    }
}
