package io.hyperion.core.download;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * The right to write a file, which one of all processes and all applications in them has. It is a lock of the system, and so ends with the
 * process, however that ends.
 *
 * <p>The file that is locked stays when the claim is given up: whoever deleted it would take it from under others that have it open already.
 */
final class FileClaim implements AutoCloseable {
    private static final String PROPERTY = "io.hyperion.download.claim ";

    private final String property;
    private final FileChannel channel;
    private final FileLock lock;

    private FileClaim(String property, FileChannel channel, FileLock lock) {
        this.property = property;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Takes the right if nobody has it.
     *
     * @param file what is locked: a file beside the one that is to be written
     * @return the right; empty if somebody has it
     * @throws IOException if the file cannot be made, or files cannot be locked there
     */
    static Optional<FileClaim> take(Path file) throws IOException {
        // POSIX takes a lock from a process as soon as it closes the file anywhere. So within the process the file must
        // not even be opened
        // by two; a system property is what all class loaders see.
        String property = PROPERTY + key(file);
        if (System.getProperties().putIfAbsent(property, "taken") != null) {
            return Optional.empty();
        }
        FileChannel channel = null;
        FileLock lock = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.WRITE);
            lock = channel.tryLock();
            return Optional.ofNullable(lock == null ? null : new FileClaim(property, channel, lock));
        } catch (OverlappingFileLockException e) {
            return Optional.empty();
        } finally {
            if (lock == null) {
                try {
                    if (channel != null) {
                        channel.close();
                    }
                } finally {
                    System.getProperties().remove(property);
                }
            }
        }
    }

    private static String key(Path file) throws IOException {
        try {
            Files.createFile(file);
        } catch (FileAlreadyExistsException e) {
            // As after every download but the first.
        }
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null ? file.toRealPath().toString() : key.toString();
    }

    /** Gives the right up. */
    @Override
    public void close() throws IOException {
        try (channel) {
            lock.release();
        } finally {
            System.getProperties().remove(property);
        }
    }
}
