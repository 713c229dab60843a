package io.hyperion.core.download;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;

/**
 * What is there of a file that is being downloaded: {@code x.gguf.part}, and beside it {@code x.gguf.part.properties}. Whoever opens it has
 * the {@link FileClaim} of the file. Used by one thread.
 *
 * <p>At any moment the process may end: what the part holds is then the beginning of the very file that the record tells of.
 */
final class PartFile implements AutoCloseable {
    private static final byte[] MAGIC = "GGUF".getBytes(StandardCharsets.US_ASCII);
    private static final int BUFFER = 1 << 16;

    private final Path target;
    private final Path file;
    private final Path recordFile;
    private final String origin;
    private final Optional<String> sha256;
    private final FileChannel channel;
    private final MessageDigest digest = Checksum.digest();
    private final ExecutorService hashing =
            Executors.newSingleThreadExecutor(work -> DownloadThreads.create(work, "hyperion-checksum"));
    private Future<?> hashed = CompletableFuture.completedFuture(null);
    private Optional<PartRecord> record;
    private long length;
    private long digested;

    private PartFile(Path target, String origin, Optional<String> sha256, FileChannel channel) throws IOException {
        this.target = target;
        this.file = partOf(target);
        this.recordFile = recordOf(target);
        this.origin = Objects.requireNonNull(origin, "origin");
        this.sha256 = Objects.requireNonNull(sha256, "sha256");
        this.channel = channel;
        this.record = PartRecord.read(recordFile).filter(known -> known.fits(origin, sha256));
        this.length = channel.size();
        if (record.isEmpty() || record.get().size().orElse(Long.MAX_VALUE) < length) {
            discard();
        }
    }

    /**
     * Opens what is there, or begins with nothing.
     *
     * @param target the file that it shall be
     * @param origin where it comes from, without what may be secret
     * @param sha256 what its SHA-256 must be; empty if nobody has said
     * @return the part
     * @throws IOException if it cannot be opened
     */
    static PartFile open(Path target, String origin, Optional<String> sha256) throws IOException {
        FileChannel channel = FileChannel.open(
                partOf(target), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            return new PartFile(target, origin, sha256, channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** {@return the file that has what is there of another one} */
    static Path partOf(Path target) {
        return target.resolveSibling(target.getFileName() + ".part");
    }

    private static Path recordOf(Path target) {
        return target.resolveSibling(target.getFileName() + ".part.properties");
    }

    /**
     * Deletes what is there of a file.
     *
     * @param target the file that it should have been
     * @throws IOException if it cannot be deleted
     */
    static void delete(Path target) throws IOException {
        Files.deleteIfExists(partOf(target));
        Files.deleteIfExists(recordOf(target));
    }

    /** {@return how many bytes are there} */
    long length() {
        return length;
    }

    /** {@return how many bytes there will be; empty if nobody has said} */
    OptionalLong size() {
        return record.map(PartRecord::size).orElse(OptionalLong.empty());
    }

    /** {@return what the server calls this version of the file; empty if it has not said, or there is nothing yet} */
    Optional<String> validator() {
        return record.flatMap(PartRecord::validator);
    }

    /** {@return whether the rest can be asked for: there is something, and either the server or the checksum will tell whether it fits} */
    boolean isResumable() {
        return length > 0 && (sha256.isPresent() || validator().isPresent());
    }

    /** Throws away what is there. */
    void discard() throws IOException {
        // In this order: a record must not tell of bytes of another version.
        channel.truncate(0);
        length = 0;
        awaitHash();
        digested = 0;
        digest.reset();
        record = Optional.empty();
        Files.deleteIfExists(recordFile);
    }

    /**
     * Begins anew.
     *
     * @param validator what the server calls this version of the file; empty if it has not said
     * @param size how many bytes it has; empty if nobody has said
     * @throws IOException if that cannot be noted
     */
    void begin(Optional<String> validator, OptionalLong size) throws IOException {
        discard();
        note(new PartRecord(origin, validator, size, sha256));
    }

    /**
     * Takes notice of how long the file is, if that was not known.
     *
     * @param size how many bytes it has
     * @throws IOException if that cannot be noted
     */
    void sized(long size) throws IOException {
        if (size().isEmpty()) {
            note(new PartRecord(origin, validator(), OptionalLong.of(size), sha256));
        }
    }

    private void note(PartRecord now) throws IOException {
        now.write(recordFile);
        record = Optional.of(now);
    }

    /**
     * Adds bytes at the end. Their checksum is computed meanwhile.
     *
     * @param bytes holds them from its beginning; must not be changed until other bytes have been added, or the part is closed
     * @param count how many
     * @throws IOException if they cannot be written; some may have been then
     */
    void append(byte[] bytes, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
        while (buffer.hasRemaining()) {
            length += channel.write(buffer, length);
        }
        if (sha256.isPresent() && digested == length - count) {
            awaitHash();
            hashed = hashing.submit(() -> digest.update(bytes, 0, count));
            digested = length;
        }
    }

    private void awaitHash() throws IOException {
        try {
            hashed.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("Interrupted while the checksum is computed").initCause(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("A checksum can be computed of all bytes", e);
        }
    }

    /** {@return what is wrong with the first bytes, in words; empty if they are those of a GGUF file} */
    Optional<String> beginningFault() throws IOException {
        byte[] beginning = new byte[MAGIC.length];
        ByteBuffer buffer = ByteBuffer.wrap(beginning);
        while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) >= 0) {}
        return Arrays.equals(beginning, MAGIC)
                ? Optional.empty()
                : Optional.of("it is no GGUF file, but begins with the bytes "
                        + HexFormat.ofDelimiter(" ").formatHex(beginning, 0, buffer.position()));
    }

    /**
     * Computes the checksum, as far as that was not done while bytes came in.
     *
     * @param progress hears how many bytes have been read
     * @return what is wrong, in words; empty if the checksum is right, or nobody has said what it must be
     * @throws IOException if the part cannot be read
     */
    Optional<String> checksumFault(LongConsumer progress) throws IOException {
        if (sha256.isEmpty()) {
            return Optional.empty();
        }
        awaitHash();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        for (int count; digested < length && (count = channel.read(buffer.clear(), digested)) >= 0; ) {
            digest.update(buffer.flip());
            digested += count;
            progress.accept(digested);
        }
        String found = HexFormat.of().formatHex(digest.digest());
        digested = 0;
        return found.equals(sha256.get())
                ? Optional.empty()
                : Optional.of("its SHA-256 is " + found + ", and should be " + sha256.get());
    }

    /**
     * Gives the file its name, now that it is complete and checked. The part is closed then.
     *
     * @throws IOException if that is not possible; the part is still there then
     */
    void complete() throws IOException {
        // Without this, a power failure could leave the name and lose the bytes.
        channel.force(true);
        channel.close();
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        Files.deleteIfExists(recordFile);
        if (sha256.isPresent()) {
            Checksum.note(target, sha256.get());
        }
    }

    /** Closes the part, which stays. */
    @Override
    public void close() throws IOException {
        hashing.shutdown();
        channel.close();
    }
}
