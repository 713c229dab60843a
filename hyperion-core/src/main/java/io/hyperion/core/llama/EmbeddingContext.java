package io.hyperion.core.llama;

import com.sun.jna.Pointer;
import java.util.stream.IntStream;

/**
 * The state of a model that makes vectors of texts ({@code llama_context} with embeddings). Each step takes whole texts, each a sequence of
 * its own, and nothing is kept from one to the next. Calls are serialised; meant for one thread, which also closes it.
 */
public final class EmbeddingContext implements AutoCloseable {
    private final LlamaModel model;
    private final Settings settings;
    private final int dimension;
    private final int maxTokens;
    private final int vocabularySize;
    /** Where in the last batch each of its sequences begins, and its end: asking for others gives NULL. */
    private int[] begins = {0};

    private Pointer handle;

    /**
     * The sizes of a context.
     *
     * @param batchSize how many tokens one step takes, and so how long a text may be; 1 to {@link LlamaContext#MAX_BATCH_SIZE}
     * @param sequences how many texts one step takes; 1 to {@link LlamaContext#MAX_SEQUENCES}
     * @param threads how many threads compute; 1 to {@link LlamaContext#MAX_THREADS}
     * @param pooling what it gives for a text; {@link Pooling#RANK} only for a model that has the tensors of a classifier, which
     *     llama.cpp asserts
     * @param encoder whether the model sees all of a text at once and can do nothing but this; false for one that generates text
     */
    public record Settings(int batchSize, int sequences, int threads, Pooling pooling, boolean encoder) {
        /**
         * @throws IllegalArgumentException if a value is out of its range
         */
        public Settings {
            // Checks the ranges, which are the same.
            new LlamaContext.Settings(batchSize, sequences, batchSize, threads);
            if (pooling == null) {
                throw new IllegalArgumentException("pooling must be given");
            }
            if (pooling == Pooling.RANK && !encoder) {
                throw new IllegalArgumentException("A model that generates text has no classifier");
            }
        }

        /**
         * Whether the mean is taken here. That of a generating model llama.cpp b4916 cannot take: it plans its memory for no output at
         * all, of which the mean is asserted to fit the batch.
         */
        boolean averages() {
            return pooling == Pooling.MEAN && !encoder;
        }
    }

    EmbeddingContext(LlamaModel model, Pointer handle, Settings settings, int dimension, int trainedContextLength) {
        this.model = model;
        this.handle = handle;
        this.settings = settings;
        this.dimension = dimension;
        // Where positions are learned, one beyond them is asserted.
        this.maxTokens = Math.min(settings.batchSize(), trainedContextLength);
        this.vocabularySize = model.vocabulary().size();
    }

    /** {@return how many numbers a vector has} */
    public int dimension() {
        return dimension;
    }

    /** {@return how many tokens a text may have} */
    public int maxTokens() {
        return maxTokens;
    }

    /** {@return the sizes asked for} */
    public Settings settings() {
        return settings;
    }

    /** {@return a batch for this context; the caller closes it} */
    public Batch newBatch() {
        return new Batch(settings.batchSize(), vocabularySize, settings.sequences(), maxTokens - 1);
    }

    /**
     * Evaluates whole texts.
     *
     * @param batch at least one text. Texts are sequences numbered from 0, one after the other; the positions of each begin at 0 and
     *     have no gaps; logits are wanted of every token
     * @throws LlamaException if llama.cpp fails
     */
    public synchronized void evaluate(Batch batch) throws LlamaException {
        requireOpen();
        requireWholeTexts(batch);
        begins = new int[] {0};
        LlamaH.llama_kv_self_clear(handle);
        model.forgetFailures();
        int result = model.decode(handle, batch.struct());
        if (result != 0) {
            throw new LlamaException("llama_decode failed with " + result + model.failure());
        }
        begins = IntStream.rangeClosed(0, batch.size())
                .filter(i -> i == batch.size() || batch.position(i) == 0)
                .toArray();
    }

    private void requireWholeTexts(Batch batch) {
        if (batch.size() == 0) {
            throw new IllegalArgumentException("The batch is empty");
        }
        if (batch.capacity() > settings.batchSize()) {
            throw new IllegalArgumentException("The batch is of another context");
        }
        int sequence = -1;
        int position = 0;
        for (int i = 0; i < batch.size(); i++) {
            if (batch.sequence(i) == sequence + 1) {
                sequence++;
                position = 0;
            }
            if (batch.sequence(i) != sequence || batch.position(i) != position++) {
                throw new IllegalArgumentException("Token " + i + " of the batch is at position " + batch.position(i)
                        + " of sequence " + batch.sequence(i) + ", which is not where its text goes on");
            }
            if (!batch.wantsLogits(i)) {
                throw new IllegalArgumentException("Token " + i + " of the batch is not wanted");
            }
        }
    }

    /**
     * What came out for a text of the last batch.
     *
     * @param sequence its sequence
     * @return {@code float[dimension]}, or {@code float[1]} with its score for {@link Pooling#RANK}
     * @throws IllegalArgumentException if there is no such sequence in the last batch, or there is no pooling
     * @throws LlamaException if a number is none, which tells of damaged weights
     */
    public synchronized float[] ofSequence(int sequence) throws LlamaException {
        requireOpen();
        if (settings.pooling() == Pooling.NONE || sequence < 0 || sequence >= begins.length - 1) {
            throw new IllegalArgumentException("There is no vector of sequence " + sequence + " of the last batch");
        }
        if (settings.averages()) {
            return mean(begins[sequence], begins[sequence + 1]);
        }
        return read(
                LlamaH.llama_get_embeddings_seq(handle, sequence), settings.pooling() == Pooling.RANK ? 1 : dimension);
    }

    private float[] mean(int begin, int end) throws LlamaException {
        double[] sums = new double[dimension];
        for (int index = begin; index < end; index++) {
            float[] vector = read(LlamaH.llama_get_embeddings_ith(handle, index), dimension);
            for (int i = 0; i < dimension; i++) {
                sums[i] += vector[i];
            }
        }
        float[] mean = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            mean[i] = (float) (sums[i] / (end - begin));
        }
        return mean;
    }

    /**
     * The vector of a token of the last batch.
     *
     * @param index its index in the batch
     * @return {@code float[dimension]}
     * @throws IllegalArgumentException if there is no such token in the last batch, or the pooling is not {@link Pooling#NONE}
     * @throws LlamaException if a number is none, which tells of damaged weights
     */
    public synchronized float[] ofToken(int index) throws LlamaException {
        requireOpen();
        if (settings.pooling() != Pooling.NONE || index < 0 || index >= begins[begins.length - 1]) {
            throw new IllegalArgumentException("There is no vector of token " + index + " of the last batch");
        }
        return read(LlamaH.llama_get_embeddings_ith(handle, index), dimension);
    }

    private static float[] read(Pointer vector, int length) throws LlamaException {
        if (vector == null) {
            throw new LlamaException("llama.cpp has no vector for a text that it evaluated");
        }
        float[] values = vector.getFloatArray(0, length);
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new LlamaException("The model gives " + value + " in a vector: its weights are damaged");
            }
        }
        return values;
    }

    private void requireOpen() {
        if (handle == null) {
            throw new IllegalStateException("The context is closed");
        }
    }

    /** Frees the context. Does nothing if it is freed already. */
    @Override
    public synchronized void close() {
        if (handle != null) {
            LlamaH.llama_free(handle);
            handle = null;
            model.contextClosed();
        }
    }
}
