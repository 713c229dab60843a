package io.hyperion.core.llama;

import com.sun.jna.Memory;
import com.sun.jna.Native;

/**
 * The tokens of one step ({@code llama_batch}), each with its position, its sequence and whether its logits are wanted. Made by
 * {@link LlamaContext#newBatch()}, which knows the limits that are checked here. For use by one thread at a time.
 */
public final class Batch implements AutoCloseable {
    private final int capacity;
    private final int vocabularySize;
    private final int sequences;
    private final int maxPosition;
    private final boolean[] logitsWanted;
    private final LlamaH.Batch.ByValue struct = new LlamaH.Batch.ByValue();

    private Memory tokens;
    private Memory positions;
    private Memory sequenceIds;
    private Memory sequenceIdPointers;
    private Memory sequenceCounts;
    private Memory logits;
    private int size;

    Batch(int capacity, int vocabularySize, int sequences, int maxPosition) {
        this.capacity = capacity;
        this.vocabularySize = vocabularySize;
        this.sequences = sequences;
        this.maxPosition = maxPosition;
        this.logitsWanted = new boolean[capacity];
        tokens = new Memory(4L * capacity);
        positions = new Memory(4L * capacity);
        sequenceIds = new Memory(4L * capacity);
        sequenceIdPointers = new Memory((long) Native.POINTER_SIZE * capacity);
        sequenceCounts = new Memory(4L * capacity);
        logits = new Memory(capacity);
        for (int i = 0; i < capacity; i++) {
            sequenceIdPointers.setPointer((long) Native.POINTER_SIZE * i, sequenceIds.share(4L * i));
            sequenceCounts.setInt(4L * i, 1);
        }
        struct.setAutoRead(false);
        struct.token = tokens;
        struct.pos = positions;
        struct.nSeqId = sequenceCounts;
        struct.seqId = sequenceIdPointers;
        struct.logits = logits;
    }

    /** {@return how many tokens it takes} */
    public int capacity() {
        return capacity;
    }

    /** {@return how many tokens it holds} */
    public int size() {
        return size;
    }

    /**
     * Adds a token.
     *
     * @param token its id, known to the vocabulary
     * @param position its position in its sequence, from 0
     * @param sequence its sequence, below the context's number of sequences
     * @param wantLogits whether the next token may be sampled after it
     * @return its index, which {@link SamplerChain#sample} takes
     * @throws IllegalStateException if the batch is full or closed
     * @throws IllegalArgumentException if an argument is out of its range
     */
    public int add(int token, int position, int sequence, boolean wantLogits) {
        requireOpen();
        if (size == capacity) {
            throw new IllegalStateException("The batch is full: it takes " + capacity + " tokens");
        }
        if (token < 0 || token >= vocabularySize) {
            throw new IllegalArgumentException("Token " + token + " is not within 0 and " + (vocabularySize - 1));
        }
        if (position < 0 || position > maxPosition) {
            throw new IllegalArgumentException("Position " + position + " is not within 0 and " + maxPosition);
        }
        if (sequence < 0 || sequence >= sequences) {
            throw new IllegalArgumentException("Sequence " + sequence + " is not within 0 and " + (sequences - 1));
        }
        tokens.setInt(4L * size, token);
        positions.setInt(4L * size, position);
        sequenceIds.setInt(4L * size, sequence);
        logits.setByte(size, (byte) (wantLogits ? 1 : 0));
        logitsWanted[size] = wantLogits;
        return size++;
    }

    /** Empties the batch. */
    public void clear() {
        size = 0;
    }

    LlamaH.Batch.ByValue struct() {
        requireOpen();
        struct.nTokens = size;
        return struct;
    }

    boolean wantsLogits(int index) {
        return logitsWanted[index];
    }

    int sequence(int index) {
        return sequenceIds.getInt(4L * index);
    }

    int position(int index) {
        return positions.getInt(4L * index);
    }

    private void requireOpen() {
        if (tokens == null) {
            throw new IllegalStateException("The batch is closed");
        }
    }

    /** Frees the batch. Does nothing if it is freed already. */
    @Override
    public void close() {
        if (tokens != null) {
            tokens.close();
            positions.close();
            sequenceIdPointers.close();
            sequenceIds.close();
            sequenceCounts.close();
            logits.close();
            LlamaH.free(struct);
            tokens = null;
            size = 0;
        }
    }
}
