package io.hyperion.core.llama;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

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

    /** A C string that is empty, or not empty once a step is to be aborted. */
    private final Memory abortFlag = new Memory(2);

    private final boolean recurrent;
    private final Logits logits;
    private final Candidates candidates;
    /** Where logits lie stays the same from step to step mostly, and a buffer over them costs more than reading them. */
    private final long[] logitsAddresses;

    private final FloatBuffer[] logitsBuffers;

    private Pointer handle;
    private List<LoraAdapter.Scaled> adapters = List.of();
    private Optional<StateLayout> stateLayout = Optional.empty();

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
        /** There are not enough free cells side by side; nothing was evaluated. */
        NO_CELLS,
        /**
         * {@link LlamaContext#abortStep()} was called; nothing was evaluated. The sequences of the batch have cells behind those that
         * they had before, which must be removed, and any sequence may have lost some: see {@link LlamaContext#intactLengths()}.
         */
        ABORTED
    }

    LlamaContext(LlamaModel model, Pointer handle, Settings settings) {
        this.model = model;
        this.handle = handle;
        this.settings = settings;
        this.cells = LlamaH.llama_n_ctx(handle);
        this.vocabularySize = model.vocabulary().size();
        this.recurrent = model.isRecurrent();
        abortFlag.clear();
        if (!recurrent) {
            // llama.cpp asks before each operation whether to abort. strlen of the flag says so (its result's low byte
            // is a C bool)
            // without a way back into Java, which would cost more than the smaller operations.
            LlamaH.llama_set_abort_callback(handle, model.strlen(), abortFlag);
        }
        this.logits = new Logits(vocabularySize);
        this.candidates = new Candidates(vocabularySize);
        this.logitsAddresses = new long[settings.batchSize()];
        this.logitsBuffers = new FloatBuffer[settings.batchSize()];
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
        int result = model.decode(handle, batch.struct());
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
            case 2 -> {
                return Outcome.ABORTED;
            }
            default -> throw new LlamaException("llama_decode failed with " + result + model.failure());
        }
    }

    /**
     * Aborts the step under way, if there is one, or else the next one, unless {@link #allowStep()} is called before it. Safe for use by
     * any thread as long as the context is open. Does nothing for recurrent models, which could not take the step back, nor on a GPU.
     */
    public void abortStep() {
        abortFlag.setByte(0, (byte) 1);
    }

    /** Takes {@link #abortStep()} back. */
    public void allowStep() {
        abortFlag.setByte(0, (byte) 0);
    }

    /**
     * Gives a sequence the cells of another: both have them then, and none is copied. Not for recurrent models.
     *
     * @param source the sequence that has them
     * @param destination the sequence that gets them, and has none at these positions
     * @param from the first position
     * @param to the position behind the last one
     */
    public synchronized void share(int source, int destination, int from, int to) {
        requireOpen();
        requireSequence(source);
        requireSequence(destination);
        requireTransformer();
        if (from < 0 || to < from || source == destination) {
            throw new IllegalArgumentException(
                    "Cannot share positions " + from + " to " + to + " of sequence " + source + " with " + destination);
        }
        LlamaH.llama_kv_self_seq_cp(handle, source, destination, from, to);
    }

    /** {@return whether {@link #discard} can be used} */
    public synchronized boolean canShift() {
        requireOpen();
        return !recurrent && LlamaH.llama_kv_self_can_shift(handle) != 0;
    }

    /**
     * Removes a part of a sequence and moves what comes behind it to the positions before. No other sequence may have what is moved.
     *
     * @param sequence the sequence
     * @param from the first position to remove
     * @param to the position behind the last one to remove
     * @throws IllegalStateException if the model cannot shift
     */
    public synchronized void discard(int sequence, int from, int to) {
        requireOpen();
        requireSequence(sequence);
        if (!canShift()) {
            throw new IllegalStateException("The model cannot move tokens to other positions");
        }
        if (from < 0 || to <= from) {
            throw new IllegalArgumentException("Cannot discard positions " + from + " to " + to);
        }
        LlamaH.llama_kv_self_seq_rm(handle, sequence, from, to);
        LlamaH.llama_kv_self_seq_add(handle, sequence, to, -1, from - to);
        // Now, and not in the next step: what is broken off half-way would be lost.
        LlamaH.llama_kv_self_update(handle);
    }

    /**
     * Moves the cells in use together, so that the free ones lie side by side.
     *
     * @return whether that is possible: a recurrent model has nothing to move, and behind the used cells there must be room for a batch,
     *     since b4916 plans one there after moving and ends the process where it does not fit
     */
    public synchronized boolean defragment() {
        requireOpen();
        if (recurrent || LlamaH.llama_kv_self_used_cells(handle) + settings.batchSize() > cells) {
            return false;
        }
        LlamaH.llama_kv_self_defrag(handle);
        LlamaH.llama_kv_self_update(handle);
        return true;
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

    /**
     * Removes a part of a sequence and frees the cells that no other sequence uses. Not for recurrent models.
     *
     * @param sequence the sequence
     * @param from the first position to remove
     * @param to the position behind the last one to remove
     */
    public synchronized void removeRange(int sequence, int from, int to) {
        requireOpen();
        requireSequence(sequence);
        requireTransformer();
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("Cannot remove positions " + from + " to " + to);
        }
        LlamaH.llama_kv_self_seq_rm(handle, sequence, from, to);
    }

    /** Empties the cache: all sequences. */
    public synchronized void clear() {
        requireOpen();
        LlamaH.llama_kv_self_clear(handle);
    }

    /**
     * How much of each sequence is there. A step that is broken off takes its cells back by their indices, but b4916 takes these for
     * positions: whatever sequences have at these positions is lost, too. This looks at every cell, so it is slow.
     *
     * @return {@code int[sequences]}: how many positions, from 0 and without a gap, a sequence has cells for
     */
    public synchronized int[] intactLengths() {
        requireOpen();
        requireTransformer();
        BitSet[] present = new BitSet[settings.sequences()];
        Arrays.setAll(present, sequence -> new BitSet());
        LlamaH.CacheView view = LlamaH.llama_kv_cache_view_init(handle, settings.sequences());
        try {
            LlamaH.llama_kv_cache_view_update(handle, view);
            for (int cell = 0; cell < view.nCells; cell++) {
                int position = view.cells.getInt(4L * cell);
                for (int i = 0; i < view.nSeqMax; i++) {
                    int sequence = view.cellsSequences.getInt(4L * ((long) cell * view.nSeqMax + i));
                    if (sequence < 0) {
                        break;
                    }
                    present[sequence].set(position);
                }
            }
        } finally {
            LlamaH.llama_kv_cache_view_free(view);
            LlamaH.free(view);
        }
        return Arrays.stream(present)
                .mapToInt(positions -> positions.nextClearBit(0))
                .toArray();
    }

    /** {@return how many cells are in use} */
    public synchronized int usedCells() {
        requireOpen();
        return LlamaH.llama_kv_self_used_cells(handle);
    }

    /**
     * Says which LoRA adapters {@link #decode} applies from now on, to all sequences of a batch. What is in the cache already stays as it
     * was evaluated.
     *
     * @param scaled the adapters, each once and with its scale; those with a scale of 0 are left out; empty for the bare model
     * @throws IllegalArgumentException if an adapter is of another model or is there twice
     * @throws IllegalStateException if an adapter is closed
     */
    public synchronized void setAdapters(List<LoraAdapter.Scaled> scaled) {
        requireOpen();
        List<LoraAdapter.Scaled> effective =
                scaled.stream().filter(one -> one.scale() != 0).toList();
        if (effective.equals(adapters)) {
            return;
        }
        long distinct =
                effective.stream().map(LoraAdapter.Scaled::adapter).distinct().count();
        if (distinct != effective.size()) {
            throw new IllegalArgumentException("An adapter is there twice: " + effective);
        }
        List<Pointer> handles =
                effective.stream().map(one -> one.adapter().handleFor(model)).toList();
        LlamaH.llama_clear_adapter_lora(handle);
        for (int i = 0; i < handles.size(); i++) {
            LlamaH.llama_set_adapter_lora(
                    handle, handles.get(i), effective.get(i).scale());
        }
        adapters = effective;
    }

    /**
     * {@return the bytes of keys and values that one cell takes}
     *
     * @throws LlamaException if the layout of the cache is not known
     */
    public synchronized long bytesPerCell() throws LlamaException {
        requireOpen();
        requireTransformer();
        return stateLayout().bytesPerCell();
    }

    /**
     * Copies what the cache holds of a sequence.
     *
     * @param sequence the sequence, of which at least one token is evaluated
     * @return the copy; the caller closes it
     * @throws LlamaException if there is not enough memory, or the model is recurrent and the context has more than one sequence
     * @throws IllegalArgumentException if the sequence is empty
     */
    public synchronized SequenceState copySequence(int sequence) throws LlamaException {
        requireOpen();
        requireSequence(sequence);
        requireSoundStates();
        long size = LlamaH.llama_state_seq_get_size(handle, sequence);
        if (size <= stateLayout().emptySize()) {
            throw new IllegalArgumentException("Sequence " + sequence + " is empty");
        }
        SequenceState state = SequenceState.allocate(size);
        model.forgetFailures();
        long written = LlamaH.llama_state_seq_get_data(handle, state.memory(), size, sequence);
        if (written != size) {
            state.close();
            throw new LlamaException("llama.cpp cannot copy the state of a sequence" + model.failure());
        }
        return state;
    }

    /**
     * Puts a copy into the cache in place of what it holds of a sequence. The state is compared with the layout of this context first, so
     * that nothing reaches llama.cpp that it would not survive or would silently misread.
     *
     * @param sequence the sequence
     * @param state what {@link #copySequence} gave, of this context or another of the same model
     * @param tokens how many tokens the state is of: decoding goes on at this position
     * @return whether there was room; if not, the sequence is empty
     * @throws LlamaException if the state does not fit this context: it is damaged, of another model, or of a cache of other settings; the
     *     sequence is as before. Also if the model is recurrent and the context has more than one sequence
     */
    public synchronized Outcome restoreSequence(int sequence, SequenceState state, int tokens) throws LlamaException {
        requireOpen();
        requireSequence(sequence);
        requireSoundStates();
        stateLayout().requireFits(state, tokens);
        logitsReady.clear();
        if (setState(sequence, state)) {
            return Outcome.DONE;
        }
        // The cells must lie side by side.
        return defragment() && setState(sequence, state) ? Outcome.DONE : Outcome.NO_CELLS;
    }

    /**
     * With several sequences, b4916 takes the states of a recurrent model from the first cells, and not from those of the batch's
     * sequences.
     */
    private void requireSoundStates() throws LlamaException {
        if (settings.sequences() > 1 && recurrent) {
            throw new LlamaException(
                    "The model is recurrent: llama.cpp b4916 can keep its states in a context of one sequence only");
        }
    }

    private boolean setState(int sequence, SequenceState state) {
        return LlamaH.llama_state_seq_set_data(handle, state.memory(), state.size(), sequence) == state.size();
    }

    /** What llama.cpp writes of a sequence without tokens tells the layout of the others. */
    private StateLayout stateLayout() throws LlamaException {
        if (stateLayout.isEmpty()) {
            // No sequence has this id.
            int none = settings.sequences();
            long size = LlamaH.llama_state_seq_get_size(handle, none);
            try (SequenceState empty = SequenceState.allocate(size)) {
                if (size < 1 || LlamaH.llama_state_seq_get_data(handle, empty.memory(), size, none) != size) {
                    throw new LlamaException("llama.cpp cannot tell the layout of its cache" + model.failure());
                }
                stateLayout = Optional.of(StateLayout.of(empty, recurrent, cells));
            }
        }
        return stateLayout.get();
    }

    /**
     * The logits of a place of the last batch.
     *
     * @param index the index that {@link Batch#add} gave, with logits wanted
     * @return a copy of them, in the one object that every call gives
     * @throws LlamaException if the model gives no valid probabilities
     */
    public synchronized Logits logits(int index) throws LlamaException {
        requireOpen();
        if (!logitsReady.get(index)) {
            throw new IllegalArgumentException("There are no logits at index " + index + " of the last batch");
        }
        long address = LlamaH.llama_get_logits_ith(handle, index);
        if (address == 0) {
            throw new LlamaException("llama.cpp has no logits at index " + index);
        }
        if (logitsAddresses[index] != address) {
            logitsAddresses[index] = address;
            logitsBuffers[index] = new Pointer(address)
                    .getByteBuffer(0, 4L * vocabularySize)
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer();
        }
        logits.read(logitsBuffers[index]);
        return logits;
    }

    /** {@return room for the tokens that a chain is to choose among: one object, whatever was in it} */
    public synchronized Candidates candidates() {
        requireOpen();
        return candidates;
    }

    /** Samples the next token with llama.cpp's own loop over the vocabulary. */
    synchronized int sample(Pointer chain, int index) throws LlamaException {
        logits(index);
        int token = LlamaH.llama_sampler_sample(chain, handle, index);
        if (token < 0 || token >= vocabularySize) {
            throw new LlamaException("The samplers chose token " + token + ", which is not in the vocabulary");
        }
        return token;
    }

    private void requireSequence(int sequence) {
        if (sequence < 0 || sequence >= settings.sequences()) {
            throw new IllegalArgumentException(
                    "Sequence " + sequence + " is not within 0 and " + (settings.sequences() - 1));
        }
    }

    private void requireTransformer() {
        if (recurrent) {
            throw new IllegalStateException("A recurrent model has no cells to share");
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
            abortFlag.close();
            candidates.close();
            model.contextClosed();
        }
    }
}
