package io.hyperion.core.llama;

import com.sun.jna.Pointer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.BitSet;

/**
 * The state of a model at work ({@code llama_context}): sequences over one KV cache. Calls are serialised; meant for one thread, which
 * also closes it.
 */
public final class LlamaContext implements AutoCloseable {
    /** The largest number of sequences. */
    public static final int MAX_SEQUENCES = 256;

    /** The largest number of cells. */
    public static final int MAX_CELLS = 1 << 26;

    /** The largest number of tokens in a batch. */
    public static final int MAX_BATCH_SIZE = 1 << 16;

    /** The largest number of threads. */
    public static final int MAX_THREADS = 512;

    private final LlamaModel model;
    private final Settings settings;
    private final int cells;
    private final int vocabularySize;
    /** The indices of the last batch that have logits: asking for others gives NULL, and sampling from that is fatal. */
    private final BitSet logitsReady = new BitSet();

    private Pointer handle;

    /**
     * The sizes of a context.
     *
     * @param cells the tokens that all sequences share; rounded up by llama.cpp; 1 to {@link #MAX_CELLS}
     * @param sequences how many sequences there are; 1 to {@link #MAX_SEQUENCES}
     * @param batchSize how many tokens one step takes; 1 to {@link #MAX_BATCH_SIZE}
     * @param threads how many threads compute; 1 to {@link #MAX_THREADS}
     */
    public record Settings(int cells, int sequences, int batchSize, int threads) {
        /**
         * @throws IllegalArgumentException if a value is out of its range
         */
        public Settings {
            requireRange("cells", cells, MAX_CELLS);
            requireRange("sequences", sequences, MAX_SEQUENCES);
            requireRange("batchSize", batchSize, MAX_BATCH_SIZE);
            requireRange("threads", threads, MAX_THREADS);
        }

        private static void requireRange(String name, int value, int max) {
            if (value < 1 || value > max) {
                throw new IllegalArgumentException(name + " must be between 1 and " + max + ", but is " + value);
            }
        }
    }

    /** How a step ended. */
    public enum Outcome {
        /** The batch was evaluated. */
        DONE,
        /** There are not enough free cells; nothing was evaluated. */
        NO_CELLS
    }

    LlamaContext(LlamaModel model, Pointer handle, Settings settings) {
        this.model = model;
        this.handle = handle;
        this.settings = settings;
        this.cells = LlamaH.llama_n_ctx(handle);
        this.vocabularySize = model.vocabulary().size();
    }

    /** {@return the number of cells, as rounded up by llama.cpp} */
    public int cells() {
        return cells;
    }

    /** {@return the sizes asked for} */
    public Settings settings() {
        return settings;
    }

    /** {@return a batch for this context; the caller closes it} */
    public Batch newBatch() {
        return new Batch(settings.batchSize(), vocabularySize, settings.sequences(), cells - 1);
    }

    /**
     * Evaluates a batch.
     *
     * @param batch at least one token; for each sequence the positions go on where its cells end
     * @return whether it was evaluated
     * @throws LlamaException if llama.cpp fails; the sequences of the batch are then undefined and must be removed
     */
    public synchronized Outcome decode(Batch batch) throws LlamaException {
        requireOpen();
        if (batch.size() == 0) {
            throw new IllegalArgumentException("The batch is empty");
        }
        if (batch.capacity() > settings.batchSize()) {
            throw new IllegalArgumentException("The batch is of another context");
        }
        logitsReady.clear();
        model.forgetFailures();
        int result = LlamaH.llama_decode(handle, batch.struct());
        switch (result) {
            case 0 -> {
                for (int i = 0; i < batch.size(); i++) {
                    if (batch.wantsLogits(i)) {
                        logitsReady.set(i);
                    }
                }
                return Outcome.DONE;
            }
            // b4916 gives -3 where other versions give 1.
            case 1, -3 -> {
                return Outcome.NO_CELLS;
            }
            default -> throw new LlamaException("llama_decode failed with " + result + model.failure());
        }
    }

    /**
     * Removes tokens of a sequence and frees the cells that no other sequence uses.
     *
     * @param sequence the sequence
     * @param from the first position to remove
     * @return whether it could be done: a recurrent model cannot remove a part
     */
    public synchronized boolean removeFrom(int sequence, int from) {
        requireOpen();
        requireSequence(sequence);
        if (from < 0) {
            throw new IllegalArgumentException("The position must not be negative, but is " + from);
        }
        return LlamaH.llama_kv_self_seq_rm(handle, sequence, from, -1) != 0;
    }

    /** Empties the cache: all sequences. */
    public synchronized void clear() {
        requireOpen();
        LlamaH.llama_kv_self_clear(handle);
    }

    /** {@return how many cells are in use} */
    public synchronized int usedCells() {
        requireOpen();
        return LlamaH.llama_kv_self_used_cells(handle);
    }

    /**
     * Samples the next token. NaN and infinite logits, which a damaged model gives, would crash the samplers: they are found before.
     */
    synchronized int sample(Pointer chain, int index) throws LlamaException {
        requireOpen();
        if (!logitsReady.get(index)) {
            throw new IllegalArgumentException("There are no logits at index " + index + " of the last batch");
        }
        Pointer logits = LlamaH.llama_get_logits_ith(handle, index);
        if (logits == null) {
            throw new LlamaException("llama.cpp has no logits at index " + index);
        }
        requireFinite(logits);
        int token = LlamaH.llama_sampler_sample(chain, handle, index);
        if (token < 0 || token >= vocabularySize) {
            throw new LlamaException("The samplers chose token " + token + ", which is not in the vocabulary");
        }
        return token;
    }

    private void requireFinite(Pointer logits) throws LlamaException {
        FloatBuffer values = logits.getByteBuffer(0, 4L * vocabularySize)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < vocabularySize; i++) {
            float value = values.get(i);
            // False for NaN too.
            if (!(value < Float.POSITIVE_INFINITY)) {
                throw damagedWeights("the logit of token " + i + " is " + value);
            }
            largest = Math.max(largest, value);
        }
        if (largest == Float.NEGATIVE_INFINITY) {
            throw damagedWeights("all logits are " + largest);
        }
    }

    private static LlamaException damagedWeights(String sign) {
        return new LlamaException("The model gives no valid probabilities (" + sign + "): its weights are damaged");
    }

    private void requireSequence(int sequence) {
        if (sequence < 0 || sequence >= settings.sequences()) {
            throw new IllegalArgumentException(
                    "Sequence " + sequence + " is not within 0 and " + (settings.sequences() - 1));
        }
    }

    private void requireOpen() {
        if (handle == null) {
            throw new IllegalStateException("The context is closed");
        }
    }

    /** Frees the context and its cache. Does nothing if they are freed already. */
    @Override
    public synchronized void close() {
        if (handle != null) {
            LlamaH.llama_free(handle);
            handle = null;
            model.contextClosed();
        }
    }
}
