package io.hyperion.core.download;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/**
 * SHA-256 of files, and what is noted of it: {@code x.gguf.sha256}, in the format of {@code sha256sum}, says that the file was checked
 * against it.
 */
final class Checksum {
    private static final int BUFFER = 1 << 16;
    private static final int DIGITS = 64;

    private Checksum() {}

    /** {@return a new SHA-256} */
    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /**
     * Computes the checksum of a file.
     *
     * @param file the file
     * @param progress hears how many bytes have been read
     * @return its SHA-256, in hexadecimal digits
     * @throws IOException if the file cannot be read, or the thread is interrupted
     */
    static String of(Path file, LongConsumer progress) throws IOException {
        MessageDigest digest = digest();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        long read = 0;
        try (FileChannel channel = FileChannel.open(file)) {
            for (int count; (count = channel.read(buffer.clear())) >= 0; ) {
                digest.update(buffer.flip());
                read += count;
                progress.accept(read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static Path noteOf(Path file) {
        return file.resolveSibling(file.getFileName() + ".sha256");
    }

    /**
     * Notes that a file has a checksum.
     *
     * @param file the file
     * @param sha256 its SHA-256
     * @throws IOException if that cannot be written
     */
    static void note(Path file, String sha256) throws IOException {
        Path note = noteOf(file);
        Path written = note.resolveSibling(note.getFileName() + ".new");
        Files.writeString(written, sha256 + "  " + file.getFileName() + "\n");
        Files.move(written, note, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Whether a file is known to have a checksum. Does not read the file.
     *
     * @param file the file
     * @param sha256 a SHA-256
     * @return whether that was noted since the file was written last
     * @throws IOException if the note cannot be read
     */
    static boolean isNoted(Path file, String sha256) throws IOException {
        Path note = noteOf(file);
        try (InputStream in = Files.newInputStream(note)) {
            return Files.getLastModifiedTime(note).compareTo(Files.getLastModifiedTime(file)) >= 0
                    && new String(in.readNBytes(DIGITS), StandardCharsets.US_ASCII).equals(sha256);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * Deletes what is noted of a file.
     *
     * @param file the file
     * @throws IOException if it cannot be deleted
     */
    static void deleteNote(Path file) throws IOException {
        Files.deleteIfExists(noteOf(file));
    }
}
