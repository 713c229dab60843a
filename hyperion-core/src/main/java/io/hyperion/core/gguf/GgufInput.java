package io.hyperion.core.gguf;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The head of a file, read through a small buffer. Nothing is allocated, and nothing is waited for, that the length of the file does
 * not cover.
 */
final class GgufInput implements Closeable {
    /**
     * The most that metadata and tensor table may take. The largest known are of 20 MB: vocabularies of some 250 000 tokens. Above it is
     * not a file worth the memory.
     */
    static final long MAX_HEAD = 64L << 20;

    private static final int BUFFER_SIZE = 1 << 16;

    private final Path file;
    private final FileChannel channel;
    private final long size;
    private final ByteBuffer buffer =
            ByteBuffer.allocate(BUFFER_SIZE).order(ByteOrder.LITTLE_ENDIAN).flip();
    private long bufferOffset;

    private GgufInput(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        this.size = channel.size();
    }

    static GgufInput open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            return new GgufInput(file, channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    long size() {
        return size;
    }

    long position() {
        return bufferOffset + buffer.position();
    }

    GgufException fault(long offset, String fault) {
        return new GgufException(file, offset, fault);
    }

    /** {@return how many bytes are left for the head} */
    long left() {
        return Math.min(size, MAX_HEAD) - position();
    }

    /** Sees that so many bytes are there; the number has no sign. */
    void require(long bytes, String what) throws GgufException {
        long at = position();
        if (Long.compareUnsigned(bytes, size - at) > 0) {
            throw fault(
                    at,
                    what + " takes " + Messages.unsigned(bytes) + " bytes, but the file ends after " + (size - at)
                            + " more");
        }
        if (bytes > left()) {
            throw fault(at, what + " takes " + bytes + " bytes, but the head of a file may not exceed " + MAX_HEAD);
        }
    }

    int int8(String what) throws IOException {
        fill(1, what);
        return buffer.get();
    }

    int int16(String what) throws IOException {
        fill(2, what);
        return buffer.getShort();
    }

    int int32(String what) throws IOException {
        fill(4, what);
        return buffer.getInt();
    }

    long int64(String what) throws IOException {
        fill(8, what);
        return buffer.getLong();
    }

    /** Reads bytes that were {@link #require required} before. */
    void bytes(byte[] target, int from, int length, String what) throws IOException {
        int done = 0;
        while (done < length) {
            if (!buffer.hasRemaining()) {
                fill(1, what);
            }
            int part = Math.min(length - done, buffer.remaining());
            buffer.get(target, from + done, part);
            done += part;
        }
    }

    private void fill(int bytes, String what) throws IOException {
        if (buffer.remaining() >= bytes) {
            return;
        }
        require(bytes, what);
        bufferOffset += buffer.position();
        buffer.compact();
        try {
            while (buffer.position() < bytes) {
                if (channel.read(buffer, bufferOffset + buffer.position()) < 0) {
                    throw fault(bufferOffset + buffer.position(), "the file became shorter while it was read");
                }
            }
        } finally {
            buffer.flip();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
