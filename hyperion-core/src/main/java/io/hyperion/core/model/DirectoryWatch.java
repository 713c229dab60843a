package io.hyperion.core.model;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Waits until something in a directory may have changed, which some file systems tell at once and others, those of a network above all, never:
 * so whoever waits looks for himself when the time is over. Used by one thread, and closed by any.
 */
final class DirectoryWatch implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(DirectoryWatch.class.getName());

    private final Path directory;
    private final Optional<WatchService> service;
    private final CountDownLatch closed = new CountDownLatch(1);
    private Optional<WatchKey> key = Optional.empty();
    private Optional<Object> watched = Optional.empty();

    DirectoryWatch(Path directory) {
        this.directory = directory;
        this.service = service(directory.getFileSystem());
    }

    private static Optional<WatchService> service(FileSystem fileSystem) {
        try {
            return Optional.of(fileSystem.newWatchService());
        } catch (IOException | UnsupportedOperationException e) {
            LOGGER.log(
                    System.Logger.Level.INFO, "Directories are looked at now and then, as they cannot be watched", e);
            return Optional.empty();
        }
    }

    /** Hears of what happens from now on, in the directory that has the path now. */
    void renew() {
        if (service.isEmpty()) {
            return;
        }
        try {
            Optional<Object> there = Optional.ofNullable(
                    Files.readAttributes(directory, BasicFileAttributes.class).fileKey());
            if (key.filter(WatchKey::isValid).isEmpty() || !there.equals(watched)) {
                key.ifPresent(WatchKey::cancel);
                key = Optional.of(directory.register(
                        service.get(),
                        StandardWatchEventKinds.ENTRY_CREATE,
                        StandardWatchEventKinds.ENTRY_DELETE,
                        StandardWatchEventKinds.ENTRY_MODIFY));
                watched = there;
            }
        } catch (IOException e) {
            // It is not there, or the system watches no more: the next look may find otherwise.
            LOGGER.log(System.Logger.Level.DEBUG, "The directory cannot be watched now", e);
            key.ifPresent(WatchKey::cancel);
            key = Optional.empty();
        } catch (ClosedWatchServiceException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "The watch has ended", e);
        }
    }

    /**
     * Waits.
     *
     * @param atMost how long, if nothing is heard
     * @param together how long further events are waited for after one, so that many that come together wake only once
     * @return false if this was closed
     */
    boolean await(Duration atMost, Duration together) throws InterruptedException {
        if (key.isEmpty()) {
            return !closed.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
        }
        try {
            WatchKey heard = service.orElseThrow().poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
            if (heard == null) {
                return closed.getCount() > 0;
            }
            boolean ended = closed.await(together.toNanos(), TimeUnit.NANOSECONDS);
            heard.pollEvents();
            heard.reset();
            return !ended;
        } catch (ClosedWatchServiceException e) {
            // That is how closing wakes the thread.
            return false;
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            if (service.isPresent()) {
                service.get().close();
            }
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "The watch of a directory did not end well", e);
        }
    }
}
