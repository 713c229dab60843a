package io.hyperion.core.download;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Downloads the files of models into one directory, which other servers may share. A file is there under its name when it is complete and
 * its checksum was right, and never before. Safe for use by many threads.
 */
public final class Downloads implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Downloads.class.getName());

    private static final Duration IDLE_THREAD = Duration.ofSeconds(5);

    /** What is stopped ends within moments, unless the disk itself hangs. */
    private static final Duration TO_STOP = Duration.ofSeconds(30);

    private static final Duration LOOK = Duration.ofMillis(50);

    private final FileDownload.Means means;
    private final SourceResolver resolver;
    private final ThreadPoolExecutor threads;
    private final Map<SourceDownload.Wish, SourceDownload> running = new LinkedHashMap<>();
    private boolean closed;

    /**
     * @param directory where the files of models are; made when the first one comes
     * @param settings how they are downloaded
     */
    public Downloads(Path directory, DownloadSettings settings) {
        HttpAccess http = new HttpAccess(settings.http());
        means = new FileDownload.Means(http, settings, new LocalFiles(directory), new DiskSpace(settings.reserve()));
        resolver = new SourceResolver(http, settings.http());
        threads = new ThreadPoolExecutor(
                settings.atOnce(),
                settings.atOnce(),
                IDLE_THREAD.toSeconds(),
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                work -> DownloadThreads.create(work, "hyperion-download"));
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Finds the files of a source on this machine. Looks at names and notes only, and asks nobody.
     *
     * @param source the source
     * @param sha256 what its SHA-256 must be; empty if nobody has said
     * @return its file, or all files of a split model in order; empty if one is not there, or was not checked against that checksum
     */
    public Optional<List<Path>> present(ModelSource source, Optional<String> sha256) {
        try {
            List<Path> files = files(source);
            if (files.isEmpty() || !files.stream().allMatch(Files::isRegularFile)) {
                return Optional.empty();
            }
            return sha256.isEmpty() || files.size() == 1 && Checksum.isNoted(files.get(0), sha256.get())
                    ? Optional.of(files)
                    : Optional.empty();
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.WARNING, "It cannot be told whether the file of " + source + " is there", e);
            return Optional.empty();
        }
    }

    /** Which files a source is, as far as that is known without asking anybody; none if it is not. */
    private List<Path> files(ModelSource source) throws IOException {
        Optional<List<Path>> paths = SourceResolver.paths(source);
        return paths.isPresent()
                ? means.files().resolve(paths.get())
                : means.files().noted(source);
    }

    /**
     * Downloads the files of a source, or joins in if that is under way. What is there already is not downloaded again.
     *
     * @param source the source
     * @param sha256 what the SHA-256 of its only file must be, in 64 hexadecimal digits in lower case; empty if nobody has said
     * @param trusted whether an administrator has configured it; others, which came over the wire, may be public addresses only
     * @return the download, which may have failed already
     */
    public Download begin(ModelSource source, Optional<String> sha256, boolean trusted) {
        SourceDownload.Wish wish = new SourceDownload.Wish(source, sha256, trusted);
        SourceDownload work;
        synchronized (running) {
            work = running.get(wish);
            if (work == null || !work.join()) {
                work = new SourceDownload(wish, means, resolver, this::ended);
                work.join();
                if (!closed) {
                    running.put(wish, work);
                    threads.execute(work);
                }
            }
            if (closed) {
                work.stop(shuttingDown());
            }
        }
        return new Download(work);
    }

    private void ended(SourceDownload work) {
        synchronized (running) {
            running.remove(work.wish(), work);
        }
    }

    private static DownloadException shuttingDown() {
        return DownloadException.lasting("The server is shutting down");
    }

    /** {@return how far everything is that is being downloaded, or waits for that, by its source; what has waited longest comes first} */
    public Map<ModelSource, DownloadProgress> running() {
        Map<ModelSource, DownloadProgress> progress = new LinkedHashMap<>();
        works().forEach(work -> progress.put(work.source(), work.progress()));
        return progress;
    }

    private List<SourceDownload> works() {
        synchronized (running) {
            return new ArrayList<>(running.values());
        }
    }

    /**
     * Deletes the files of a source, and what is there of them; a download of it that is under way here fails. Files of
     * {@link ModelSource.Local} are not ours and stay.
     *
     * @param source the source
     * @throws DownloadException if a file cannot be deleted, or another server downloads it just now
     * @throws InterruptedException if the thread was interrupted while it waited
     */
    public void delete(ModelSource source) throws DownloadException, InterruptedException {
        Objects.requireNonNull(source, "source");
        if (source instanceof ModelSource.Local) {
            return;
        }
        for (SourceDownload work : works()) {
            if (work.source().equals(source)) {
                work.stop(DownloadException.lasting("The file is being deleted"));
            }
        }
        try {
            for (Path file : files(source)) {
                delete(source, file);
            }
            means.files().forget(source);
        } catch (IOException e) {
            throw LocalFault.of("The file of " + source + " cannot be deleted", e);
        }
    }

    private void delete(ModelSource source, Path file) throws IOException, DownloadException, InterruptedException {
        long end = System.nanoTime() + TO_STOP.toNanos();
        while (true) {
            // Asked first: what has ended meanwhile has given the file up already.
            boolean own = works().stream().anyMatch(work -> work.source().equals(source));
            Optional<FileClaim> claim = means.files().claim(file);
            if (claim.isPresent()) {
                FileClaim held = claim.get();
                try (held) {
                    // The note first: without its file it would be taken for that of the next one.
                    Checksum.deleteNote(file);
                    Files.deleteIfExists(file);
                    PartFile.delete(file);
                    return;
                }
            }
            if (!own || System.nanoTime() - end > 0) {
                throw DownloadException.lasting("'" + file.getFileName() + "' is being downloaded by another server");
            }
            Thread.sleep(LOOK.toMillis());
        }
    }

    /** Ends all downloads, which fail, and waits for that. What is there of them stays, for the next time. May be called twice. */
    @Override
    public void close() {
        synchronized (running) {
            closed = true;
        }
        works().forEach(work -> work.stop(shuttingDown()));
        threads.shutdown();
        boolean interrupted = false;
        try {
            if (!threads.awaitTermination(TO_STOP.toSeconds(), TimeUnit.SECONDS)) {
                LOGGER.log(System.Logger.Level.WARNING, "A download does not end: does the disk answer?");
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        means.http().close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
