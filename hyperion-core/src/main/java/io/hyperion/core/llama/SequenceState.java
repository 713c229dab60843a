package io.hyperion.core.llama;

import com.sun.jna.Memory;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A copy of what a context's cache holds of one sequence, in memory outside the Java heap; it may be larger than 2 GiB. Taken and put back
 * by {@link LlamaContext}, which is quick; written and read here, which may be done by another thread meanwhile. For use by one thread at
 * a time.
 */
public final class SequenceState implements AutoCloseable {
    private static final int CHUNK = 1 << 20;

    private final long size;
    private Memory memory;

    private SequenceState(Memory memory) {
        this.memory = memory;
        this.size = memory.size();
    }

    static SequenceState allocate(long size) throws LlamaException {
        if (size < 1) {
            throw new IllegalArgumentException("A state has at least 1 byte, not " + size);
        }
        try {
            return new SequenceState(new Memory(size));
        } catch (OutOfMemoryError e) {
            throw new LlamaException("There is no memory for a state of " + size + " bytes", e);
        }
    }

    /**
     * Reads a state that {@link #writeTo} wrote. Nothing is checked here: {@link LlamaContext#restoreSequence} does that.
     *
     * @param in where it comes from; blocking
     * @param size its bytes, at least 1
     * @return the state; the caller closes it
     * @throws EOFException if there are fewer bytes
     * @throws IOException if it cannot be read
     * @throws LlamaException if there is not enough memory
     */
    public static SequenceState readFrom(ReadableByteChannel in, long size) throws IOException, LlamaException {
        SequenceState state = allocate(size);
        try {
            for (long from = 0; from < size; from += CHUNK) {
                ByteBuffer chunk = state.chunk(from);
                while (chunk.hasRemaining()) {
                    if (in.read(chunk) < 0) {
                        throw new EOFException(
                                "The state ends after " + (from + chunk.position()) + " of " + size + " bytes");
                    }
                }
            }
            return state;
        } catch (IOException | RuntimeException | Error e) {
            state.close();
            throw e;
        }
    }

    /** {@return how many bytes it has} */
    public long size() {
        return size;
    }

    /**
     * Writes all of it.
     *
     * @param out where it goes; blocking
     * @throws IOException if it cannot be written
     */
    public void writeTo(WritableByteChannel out) throws IOException {
        for (long from = 0; from < size; from += CHUNK) {
            ByteBuffer chunk = chunk(from);
            while (chunk.hasRemaining()) {
                out.write(chunk);
            }
        }
    }

    private ByteBuffer chunk(long from) {
        return memory().getByteBuffer(from, Math.min(CHUNK, size - from));
    }

    Memory memory() {
        if (memory == null) {
            throw new IllegalStateException("The state is closed");
        }
        return memory;
    }

    /** Frees the copy. Does nothing if it is freed already. */
    @Override
    public void close() {
        if (memory != null) {
            memory.close();
            memory = null;
        }
    }
}
