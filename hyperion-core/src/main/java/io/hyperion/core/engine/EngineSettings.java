package io.hyperion.core.engine;

import io.hyperion.core.llama.LlamaContext;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * How a model is loaded.
 *
 * @param contextSize the tokens that all sequences share; 0 for a size made from the trained context and the slots
 * @param slots how many requests are served at once
 * @param batchSize how many tokens one step evaluates at most
 * @param threads how many threads compute
 * @param gpuLayers how many layers go to the GPU, where the library has one
 * @param queueCapacity how many requests may wait for a slot
 * @param queueTimeout how long a request may wait for a slot; zero for as long as it takes
 * @param prefixMemory how many bytes finished sequences may take outside the cache, for prompts that begin like them; empty for a quarter of
 *     the model's file
 * @param lora its LoRA adapters; requests name them by their place in this list, from 0
 */
public record EngineSettings(
        int contextSize,
        int slots,
        int batchSize,
        int threads,
        int gpuLayers,
        int queueCapacity,
        Duration queueTimeout,
        OptionalLong prefixMemory,
        List<LoraSettings> lora) {
    /** The default of {@code slots}: cells are shared, so that a slot by itself costs nearly nothing. */
    public static final int DEFAULT_SLOTS = 8;

    /** The default of {@code batchSize}. */
    public static final int DEFAULT_BATCH_SIZE = 512;

    /** The default of {@code gpuLayers}: all. */
    public static final int DEFAULT_GPU_LAYERS = 999;

    /** The default of {@code queueCapacity}. */
    public static final int DEFAULT_QUEUE_CAPACITY = 256;

    /** The default of {@code queueTimeout}. */
    public static final Duration DEFAULT_QUEUE_TIMEOUT = Duration.ofMinutes(5);

    /** The largest context that is made without being asked for. */
    public static final int MAX_DEFAULT_CONTEXT_SIZE = 16_384;

    private static final int MAX_DEFAULT_THREADS = 16;

    /**
     * @throws IllegalArgumentException if a value is out of its range
     */
    public EngineSettings {
        if (contextSize < 0 || contextSize > LlamaContext.MAX_CELLS) {
            throw new IllegalArgumentException(
                    "contextSize must be between 0 and " + LlamaContext.MAX_CELLS + ", but is " + contextSize);
        }
        if (slots < 1 || slots > LlamaContext.MAX_SEQUENCES) {
            throw new IllegalArgumentException(
                    "slots must be between 1 and " + LlamaContext.MAX_SEQUENCES + ", but is " + slots);
        }
        if (gpuLayers < 0) {
            throw new IllegalArgumentException("gpuLayers must not be negative, but is " + gpuLayers);
        }
        if (queueCapacity < 0) {
            throw new IllegalArgumentException("queueCapacity must not be negative, but is " + queueCapacity);
        }
        if (prefixMemory.orElse(0) < 0) {
            throw new IllegalArgumentException("prefixMemory must not be negative, but is " + prefixMemory);
        }
        if (queueTimeout.isNegative()) {
            throw new IllegalArgumentException("queueTimeout must not be negative, but is " + queueTimeout);
        }
        lora = List.copyOf(lora);
        // Checks the others, which are the context's.
        new LlamaContext.Settings(Math.max(contextSize, 1), slots, batchSize, threads);
    }

    /**
     * These settings with another number of slots.
     *
     * @param number the number
     * @return the settings
     */
    EngineSettings withSlots(int number) {
        return new EngineSettings(
                contextSize, number, batchSize, threads, gpuLayers, queueCapacity, queueTimeout, prefixMemory, lora);
    }

    /** {@return the settings of a model of which nothing is configured} */
    public static EngineSettings defaults() {
        return new EngineSettings(
                0,
                DEFAULT_SLOTS,
                DEFAULT_BATCH_SIZE,
                defaultThreads(),
                DEFAULT_GPU_LAYERS,
                DEFAULT_QUEUE_CAPACITY,
                DEFAULT_QUEUE_TIMEOUT,
                OptionalLong.empty(),
                List.of());
    }

    /**
     * {@return the default number of threads: all cores but one, since the threads spin and would starve the server that they live in,
     * and at most 16}
     */
    public static int defaultThreads() {
        return Math.max(1, Math.min(MAX_DEFAULT_THREADS, Runtime.getRuntime().availableProcessors() - 1));
    }

    /**
     * The memory for finished sequences outside the cache.
     *
     * @param modelBytes the size of the model's file
     * @return the bytes as they are set, or else a quarter of the file
     */
    public long prefixMemory(long modelBytes) {
        return prefixMemory.orElse(modelBytes / 4);
    }

    /**
     * The cells of the context.
     *
     * @param trainedContextLength the context that the model was trained with
     * @param largestContext the largest that the model can have
     * @return the context size, or where it is 0, the trained context for each slot, at most {@value #MAX_DEFAULT_CONTEXT_SIZE} and the
     *     largest
     */
    public int cells(int trainedContextLength, int largestContext) {
        return contextSize > 0
                ? contextSize
                : (int) Math.max(
                        1,
                        Math.min(
                                (long) trainedContextLength * slots,
                                Math.min(largestContext, MAX_DEFAULT_CONTEXT_SIZE)));
    }
}
