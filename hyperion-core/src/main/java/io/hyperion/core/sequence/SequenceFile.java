package io.hyperion.core.sequence;

import io.hyperion.core.gguf.GgufFingerprint;
import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.SequenceState;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The format of a saved sequence, little-endian: {@code HYPERSEQ}, the version 1, the fingerprint of model and adapters, the number of
 * adapters and the scale of each, the number of tokens and each token, the bytes of the state and the state, and the CRC-32C of all that.
 */
final class SequenceFile {
    /** The file is damaged, or is none that can be read here. The message says why, and is for the caller to read. */
    static final class UnusableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnusableException(String message) {
            super(message);
        }
    }

    /**
     * What a file must be of.
     *
     * @param fingerprint of the model and its adapters
     * @param adapters how many adapters there are
     * @param vocabularySize how many tokens there are
     * @param maxTokens how many tokens a sequence may have
     */
    record Expected(GgufFingerprint fingerprint, int adapters, int vocabularySize, int maxTokens) {}

    private static final byte[] MAGIC = "HYPERSEQ".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int FIXED = MAGIC.length + 4 + GgufFingerprint.BYTES + 4;
    private static final int CHECKSUM = 4;

    private SequenceFile() {}

    /**
     * Writes a file, in place of one that is there: whoever reads it meanwhile, and whoever finds it after a crash, finds the one or the
     * other whole.
     *
     * @return its size in bytes
     */
    static long write(Path file, GgufFingerprint fingerprint, SavedSequence sequence) throws IOException {
        Path temporary = Files.createTempFile(file.getParent(), ".", ".tmp");
        try {
            long size;
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                Output out = new Output(channel);
                out.write(head(fingerprint, sequence));
                sequence.state().writeTo(out);
                out.write(littleEndian(CHECKSUM)
                        .putInt((int) out.checksum.getValue())
                        .flip());
                channel.force(true);
                size = channel.size();
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return size;
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static ByteBuffer head(GgufFingerprint fingerprint, SavedSequence sequence) {
        ByteBuffer head = littleEndian(FIXED + 4 * (sequence.scales().length + 1 + sequence.tokens().length) + 8);
        head.put(MAGIC).putInt(VERSION).put(fingerprint.bytes());
        head.putInt(sequence.scales().length);
        for (float scale : sequence.scales()) {
            head.putFloat(scale);
        }
        head.putInt(sequence.tokens().length);
        for (int token : sequence.tokens()) {
            head.putInt(token);
        }
        return head.putLong(sequence.state().size()).flip();
    }

    /**
     * Reads a file.
     *
     * @return the sequence; the caller closes it
     * @throws UnusableException if it is damaged, or of something else
     * @throws LlamaException if there is not enough memory
     */
    static SavedSequence read(Path file, Expected expected) throws IOException, UnusableException, LlamaException {
        // Opening a pipe would wait for its other end for ever.
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new UnusableException("is no regular file");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            Input in = new Input(channel);
            float[] scales = new float[scales(in, expected)];
            in.buffer(4 * scales.length).asFloatBuffer().get(scales);
            for (float scale : scales) {
                if (!Float.isFinite(scale)) {
                    throw new UnusableException("is damaged: the scale of an adapter is " + scale);
                }
            }
            int count = in.buffer(4).getInt();
            if (count < 1 || count > expected.maxTokens) {
                throw new UnusableException(
                        "has " + count + " tokens, and a sequence of this model has 1 to " + expected.maxTokens);
            }
            int[] tokens = new int[count];
            in.buffer(4 * count).asIntBuffer().get(tokens);
            for (int token : tokens) {
                if (token < 0 || token >= expected.vocabularySize) {
                    throw new UnusableException("has token " + token + ", which the model does not have");
                }
            }
            long stateSize = in.buffer(8).getLong();
            long room = channel.size() - channel.position() - CHECKSUM;
            if (stateSize < 1 || stateSize != room) {
                throw new UnusableException("is damaged or truncated: a state of " + stateSize
                        + " bytes was written, and there are " + Math.max(0, room));
            }
            SequenceState state = SequenceState.readFrom(in, stateSize);
            try {
                int checksum = (int) in.checksum.getValue();
                if (in.buffer(CHECKSUM).getInt() != checksum) {
                    throw new UnusableException("is damaged: its checksum is wrong");
                }
                return new SavedSequence(tokens, scales, state);
            } catch (IOException | UnusableException | RuntimeException | Error e) {
                state.close();
                throw e;
            }
        } catch (EOFException e) {
            throw new UnusableException("is truncated");
        }
    }

    /** Reads what comes before the scales of the adapters; {@return how many there are} */
    private static int scales(Input in, Expected expected) throws IOException, UnusableException {
        byte[] magic = new byte[MAGIC.length];
        in.buffer(magic.length).get(magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new UnusableException("is no saved sequence");
        }
        int version = in.buffer(4).getInt();
        if (version != VERSION) {
            throw new UnusableException("has version " + version + " of the format, and only 1 is known");
        }
        byte[] fingerprint = new byte[GgufFingerprint.BYTES];
        in.buffer(fingerprint.length).get(fingerprint);
        if (!Arrays.equals(fingerprint, expected.fingerprint.bytes())) {
            throw new UnusableException("was saved with another model, or with other adapters");
        }
        int scales = in.buffer(4).getInt();
        if (scales != expected.adapters) {
            throw new UnusableException("is damaged: it is of " + scales + " adapters");
        }
        return scales;
    }

    private static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static final class Output implements WritableByteChannel {
        private final FileChannel channel;
        private final CRC32C checksum = new CRC32C();

        Output(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            int length = bytes.remaining();
            checksum.update(bytes.duplicate());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            return length;
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private static final class Input implements ReadableByteChannel {
        private final FileChannel channel;
        private final CRC32C checksum = new CRC32C();

        Input(FileChannel channel) {
            this.channel = channel;
        }

        /** {@return the next bytes} */
        ByteBuffer buffer(int length) throws IOException {
            if (length > channel.size() - channel.position()) {
                throw new EOFException();
            }
            ByteBuffer bytes = littleEndian(length);
            while (bytes.hasRemaining()) {
                if (read(bytes) < 0) {
                    throw new EOFException();
                }
            }
            return bytes.flip();
        }

        @Override
        public int read(ByteBuffer bytes) throws IOException {
            ByteBuffer read = bytes.duplicate();
            int length = channel.read(bytes);
            if (length > 0) {
                checksum.update(read.limit(read.position() + length));
            }
            return length;
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
