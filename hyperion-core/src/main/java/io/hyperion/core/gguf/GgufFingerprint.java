package io.hyperion.core.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What tells files apart that say different things or have different weights, at the cost of a few megabytes read: a SHA-256 of the size of
 * each file, of its head, and of the first and the last 4 KiB of each tensor.
 *
 * @param sha256 64 hexadecimal digits in lower case
 */
public record GgufFingerprint(String sha256) {
    /** The bytes of a fingerprint. */
    public static final int BYTES = 32;

    private static final int SAMPLE = 4096;
    private static final int CHUNK = 1 << 20;

    /**
     * @throws IllegalArgumentException if these are not 64 hexadecimal digits in lower case
     */
    public GgufFingerprint {
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("No SHA-256: " + sha256);
        }
    }

    /**
     * The fingerprint of files together.
     *
     * @param files what they say, in an order that matters: a model and its adapters
     * @return their fingerprint
     * @throws IOException if one cannot be read, or has changed since it was
     */
    public static GgufFingerprint of(List<GgufFile> files) throws IOException {
        MessageDigest digest = newDigest();
        List<GgufFile> all =
                files.stream().flatMap(file -> file.parts().stream()).toList();
        for (GgufFile file : all) {
            try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.READ)) {
                digest.update(ByteBuffer.allocate(8).putLong(0, file.fileSize()));
                update(digest, file, channel, 0, file.dataOffset());
                for (GgufTensor tensor : file.tensors()) {
                    long sample = Math.min(SAMPLE, tensor.size());
                    update(digest, file, channel, tensor.offset(), sample);
                    update(digest, file, channel, tensor.offset() + tensor.size() - sample, sample);
                }
            }
        }
        return new GgufFingerprint(HexFormat.of().formatHex(digest.digest()));
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private static void update(MessageDigest digest, GgufFile file, FileChannel channel, long from, long length)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(CHUNK, length));
        long to = from + length;
        for (long at = from; at < to; at += buffer.limit()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), to - at));
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, at + buffer.position()) < 0) {
                    throw new GgufException(file.path(), at, "the file has become shorter");
                }
            }
            digest.update(buffer.flip());
        }
    }

    /** {@return the fingerprint as bytes} */
    public byte[] bytes() {
        return HexFormat.of().parseHex(sha256);
    }
}
