package io.hyperion.core.llama;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The tokens that may come next, with their logits ({@code llama_token_data_array}): what a {@link SamplerChain} works on. It belongs to
 * its {@link LlamaContext}, to that one's thread, and ends with it.
 */
public final class Candidates {
    /** {@code llama_token_data}: id, logit, p. */
    private static final int ENTRY = 12;

    private static final int LOGIT = 4;

    /** {@code llama_token_data_array}: data, size, selected, sorted. */
    private static final int HEADER = 32;

    private static final int SIZE = 8;
    private static final int SELECTED = 16;
    private static final int SORTED = 24;

    private int capacity;
    private final Memory memory;
    private final ByteBuffer header;
    private final ByteBuffer entries;
    private int count;
    /** Where the entries that a chain left begin: XTC leaves out the first ones by moving the pointer. */
    private int first;

    Candidates(int capacity) {
        this.capacity = capacity;
        this.memory = new Memory(HEADER + (long) ENTRY * capacity);
        this.header = memory.getByteBuffer(0, HEADER).order(ByteOrder.nativeOrder());
        this.entries = memory.getByteBuffer(HEADER, (long) ENTRY * capacity).order(ByteOrder.nativeOrder());
    }

    /** Removes all. */
    public void clear() {
        count = 0;
        first = 0;
    }

    /**
     * Adds a token.
     *
     * @param token its id, of the vocabulary
     * @param logit its logit, finite
     */
    public void add(int token, float logit) {
        if (token < 0 || token >= capacity || count == capacity) {
            throw new IllegalArgumentException("Token " + token + " is not in the vocabulary, or there are too many");
        }
        int at = ENTRY * count++;
        entries.putInt(at, token);
        entries.putFloat(at + LOGIT, logit);
    }

    /** {@return how many there are} */
    public int size() {
        return count;
    }

    /**
     * @param index 0 to {@link #size()}, exclusive
     * @return the id of a token
     */
    public int token(int index) {
        return entries.getInt(ENTRY * (first + Objects.checkIndex(index, count)));
    }

    /**
     * @param index 0 to {@link #size()}, exclusive
     * @return its logit; a chain may have made it infinite
     */
    public float logit(int index) {
        return entries.getFloat(ENTRY * (first + Objects.checkIndex(index, count)) + LOGIT);
    }

    /**
     * Has a chain choose, and leaves those that it chose among.
     *
     * @param chain a chain that chooses
     * @param sorted whether they are in the order of their logits, the largest first
     * @return the token chosen
     */
    int select(Pointer chain, boolean sorted) throws LlamaException {
        apply(chain, sorted);
        long selected = header.getLong(SELECTED);
        if (selected < 0 || selected >= count) {
            throw new LlamaException("The samplers chose candidate " + selected + " of " + count);
        }
        return token((int) selected);
    }

    /**
     * Has a chain leave out some, or change their logits.
     *
     * @param chain a chain that does not choose
     * @param sorted whether they are in the order of their logits, the largest first
     * @return whether they are so afterwards
     */
    boolean reduce(Pointer chain, boolean sorted) throws LlamaException {
        apply(chain, sorted);
        return header.get(SORTED) != 0;
    }

    private void apply(Pointer chain, boolean sorted) throws LlamaException {
        if (count == 0) {
            throw new IllegalStateException("There are no candidates");
        }
        long data = Pointer.nativeValue(memory) + HEADER;
        header.putLong(0, data + (long) ENTRY * first);
        header.putLong(SIZE, count);
        header.putLong(SELECTED, -1);
        header.put(SORTED, (byte) (sorted ? 1 : 0));
        LlamaH.llama_sampler_apply(chain, memory);
        long left = header.getLong(SIZE);
        long offset = (header.getLong(0) - data) / ENTRY;
        if (offset < first || left < 1 || offset + left > first + count) {
            throw new LlamaException("The samplers left " + left + " of " + count + " candidates");
        }
        first = (int) offset;
        count = (int) left;
    }

    void close() {
        // The buffers would still reach the memory.
        capacity = 0;
        clear();
        memory.close();
    }
}
