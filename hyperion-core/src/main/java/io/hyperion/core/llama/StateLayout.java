package io.hyperion.core.llama;

import com.sun.jna.Memory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The layout of the state of a sequence, as {@code llama_kv_cache_unified::state_write} of b4916 has it: the number of cells; position and
 * number of sequences (0) of each; whether values are transposed; the number of layers; for each layer type and bytes of a row of keys and
 * the rows; for each layer type and bytes of a row of values and the rows, or if they are transposed type, bytes of an element and elements
 * of a row and the columns.
 *
 * <p>llama.cpp itself compares most of this, but asserts that there are cells, and does not notice values that are transposed otherwise.
 */
final class StateLayout {
    private static final int CELL_BYTES = 8;

    /** One block of rows or columns: what stands before it, and the bytes that each cell has in it. */
    private record Block(byte[] header, long bytesPerCell) {}

    private final boolean recurrent;
    private final int cells;
    private final long emptySize;
    private final int transposed;
    private final int layers;
    private final List<Block> blocks = new ArrayList<>();

    private StateLayout(SequenceState empty, boolean recurrent, int cells) throws LlamaException {
        this.recurrent = recurrent;
        this.cells = cells;
        this.emptySize = empty.size();
        Memory memory = empty.memory();
        if (emptySize < 12 || memory.getInt(0) != 0) {
            throw unknown();
        }
        transposed = memory.getInt(4);
        layers = memory.getInt(8);
        // Types and row sizes of keys, and of values as they are, take 12 bytes; so do those of transposed values.
        if (transposed < 0 || transposed > 1 || layers < 1 || emptySize != 12 + 24L * layers) {
            throw unknown();
        }
        for (int i = 0; i < 2 * layers; i++) {
            long at = 12 + 12L * i;
            boolean elements = i >= layers && transposed == 1;
            long bytes = elements ? (long) memory.getInt(at + 4) * memory.getInt(at + 8) : memory.getLong(at + 4);
            blocks.add(new Block(memory.getByteArray(at, 12), bytes));
        }
    }

    private static LlamaException unknown() {
        return new LlamaException("llama.cpp gives the state of a sequence in a layout that is not that of b4916");
    }

    /** {@return the bytes of keys and values that a cell has, in all layers} */
    long bytesPerCell() {
        return blocks.stream().mapToLong(Block::bytesPerCell).sum();
    }

    /**
     * @param empty the state of a sequence without tokens
     * @param cells how many cells the context has
     */
    static StateLayout of(SequenceState empty, boolean recurrent, int cells) throws LlamaException {
        return new StateLayout(empty, recurrent, cells);
    }

    long emptySize() {
        return emptySize;
    }

    /**
     * Checks that a state is one of so many tokens in this layout.
     *
     * @throws LlamaException naming what differs
     */
    void requireFits(SequenceState state, int tokens) throws LlamaException {
        if (tokens < 1) {
            throw new LlamaException("A state is of at least 1 token, not " + tokens);
        }
        // A recurrent model has one cell for each sequence, with the position of its last token.
        int expected = recurrent ? 1 : tokens;
        if (expected > cells) {
            throw new LlamaException("The state is of " + tokens + " tokens, but the context has " + cells + " cells");
        }
        long size = emptySize + (long) expected * CELL_BYTES;
        for (Block block : blocks) {
            size += expected * block.bytesPerCell;
        }
        Memory memory = state.memory();
        int found = state.size() < 4 ? 0 : memory.getInt(0);
        if (found != expected) {
            throw new LlamaException("The state has " + found + " cells, and " + expected + " were expected");
        }
        if (state.size() != size) {
            throw new LlamaException("The state has " + state.size()
                    + " bytes, and those of this model and its cache have " + size + " for " + tokens + " tokens");
        }
        requirePositions(memory, tokens);
        long at = 4 + (long) expected * CELL_BYTES;
        if (memory.getInt(at) != transposed || memory.getInt(at + 4) != layers) {
            throw new LlamaException("The state is of a cache with other settings, such as flash attention");
        }
        at += 8;
        for (Block block : blocks) {
            if (!Arrays.equals(memory.getByteArray(at, block.header.length), block.header)) {
                throw new LlamaException("The state is of a cache with other types, or of another model");
            }
            at += block.header.length + expected * block.bytesPerCell;
        }
    }

    private void requirePositions(Memory memory, int tokens) throws LlamaException {
        BitSet positions = new BitSet(recurrent ? 1 : tokens);
        for (int cell = 0; cell < (recurrent ? 1 : tokens); cell++) {
            int position = memory.getInt(4 + (long) cell * CELL_BYTES);
            boolean valid =
                    recurrent ? position == tokens - 1 : position >= 0 && position < tokens && !positions.get(position);
            if (!valid || memory.getInt(8 + (long) cell * CELL_BYTES) != 0) {
                throw new LlamaException("The positions of the state are not those of " + tokens + " tokens");
            }
            if (!recurrent) {
                positions.set(position);
            }
        }
    }
}
