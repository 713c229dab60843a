package io.hyperion.core.download;

import io.hyperion.core.download.DownloadProgress.Activity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The download of all files of one source, which several callers may want. Runs once; all else is safe for use by many threads. */
final class SourceDownload implements Runnable {
    private static final System.Logger LOGGER = System.getLogger(Downloads.class.getName());

    /**
     * What is wanted.
     *
     * @param source the source
     * @param sha256 what the SHA-256 of its only file must be
     * @param trusted whether an administrator has configured it
     */
    record Wish(ModelSource source, Optional<String> sha256, boolean trusted) {
        Wish {
            Objects.requireNonNull(source, "source");
            Objects.requireNonNull(sha256, "sha256");
        }
    }

    private enum State {
        WAITING,
        RUNNING,
        STOPPING,
        ENDED
    }

    private final Wish wish;
    private final FileDownload.Means means;
    private final SourceResolver resolver;
    private final Consumer<SourceDownload> whenEnded;
    private final ProgressMeter progress = new ProgressMeter(System::nanoTime);
    private final CompletableFuture<Path> done = new CompletableFuture<>();
    private State state = State.WAITING;
    private int callers;
    private Thread runner;
    private Optional<DownloadException> stopped = Optional.empty();

    SourceDownload(Wish wish, FileDownload.Means means, SourceResolver resolver, Consumer<SourceDownload> whenEnded) {
        this.wish = Objects.requireNonNull(wish, "wish");
        this.means = Objects.requireNonNull(means, "means");
        this.resolver = Objects.requireNonNull(resolver, "resolver");
        this.whenEnded = Objects.requireNonNull(whenEnded, "whenEnded");
    }

    Wish wish() {
        return wish;
    }

    ModelSource source() {
        return wish.source();
    }

    DownloadProgress progress() {
        return progress.progress();
    }

    CompletableFuture<Path> done() {
        return done;
    }

    /** {@return whether one more caller has it; false if it ends or has ended} */
    synchronized boolean join() {
        if (state == State.STOPPING || state == State.ENDED) {
            return false;
        }
        callers++;
        return true;
    }

    /** One caller wants it no longer. */
    void leave() {
        DownloadException why = DownloadException.lasting("Nobody wants the download any more");
        boolean isOver;
        synchronized (this) {
            callers--;
            isOver = callers == 0 && stopsAtOnce(why);
        }
        if (isOver) {
            end(Optional.empty(), Optional.of(why));
        }
    }

    /**
     * Ends it, whoever wants it.
     *
     * @param why what the callers are told
     */
    void stop(DownloadException why) {
        if (stopsAtOnce(why)) {
            end(Optional.empty(), Optional.of(why));
        }
    }

    /** {@return whether it had not begun, so that whoever stops it ends it, too; else its own thread does} */
    private synchronized boolean stopsAtOnce(DownloadException why) {
        if (state == State.RUNNING) {
            state = State.STOPPING;
            stopped = Optional.of(why);
            runner.interrupt();
        }
        boolean isWaiting = state == State.WAITING;
        if (isWaiting) {
            state = State.ENDED;
        }
        return isWaiting;
    }

    @Override
    public void run() {
        synchronized (this) {
            if (state != State.WAITING) {
                return;
            }
            state = State.RUNNING;
            runner = Thread.currentThread();
        }
        Optional<Path> first = Optional.empty();
        Optional<DownloadException> failure = Optional.empty();
        try {
            first = Optional.of(download());
        } catch (DownloadException e) {
            failure = Optional.of(e);
        } catch (InterruptedException e) {
            failure = Optional.of(DownloadException.lasting("The download was interrupted", e));
        } catch (RuntimeException | Error e) {
            LOGGER.log(System.Logger.Level.ERROR, "The download of " + source() + " failed", e);
            failure = Optional.of(DownloadException.lasting("The download failed for an unexpected reason: " + e, e));
        }
        synchronized (this) {
            state = State.ENDED;
            // An interrupt that came too late must not meet what this thread does next.
            Thread.interrupted();
            if (first.isEmpty() && stopped.isPresent()) {
                failure = stopped;
            }
        }
        end(first, failure);
    }

    private void end(Optional<Path> first, Optional<DownloadException> failure) {
        progress.enter(Activity.ENDED);
        whenEnded.accept(this);
        first.ifPresent(done::complete);
        failure.ifPresent(done::completeExceptionally);
    }

    private Path download() throws DownloadException, InterruptedException {
        if (source() instanceof ModelSource.Local local) {
            return checked(local.path());
        }
        progress.enter(Activity.RESOLVING);
        List<RemoteFile> remotes = withChecksum(resolver.resolve(source(), wish.trusted()));
        try {
            List<Path> targets = new ArrayList<>();
            for (RemoteFile remote : remotes) {
                targets.add(means.files().prepare(remote.path()));
            }
            if (source() instanceof ModelSource.HubQuantization) {
                means.files().note(source(), remotes);
            }
            try (DiskSpace.Share room = means.disk().share(targets.get(0).getParent())) {
                download(remotes, targets, room);
            }
            return targets.get(0);
        } catch (IOException e) {
            throw LocalFault.of("The directory of models cannot be used", e);
        }
    }

    private void download(List<RemoteFile> remotes, List<Path> targets, DiskSpace.Share room)
            throws DownloadException, InterruptedException, IOException {
        boolean sizesAreKnown =
                remotes.stream().allMatch(remote -> remote.size().isPresent());
        OptionalLong total = sizesAreKnown
                ? OptionalLong.of(remotes.stream()
                        .mapToLong(remote -> remote.size().getAsLong())
                        .sum())
                : OptionalLong.empty();
        long before = 0;
        for (int i = 0; i < remotes.size(); i++) {
            progress.begin(before, total);
            Path target = targets.get(i);
            new FileDownload(
                            means,
                            remotes.get(i),
                            target,
                            wish.trusted(),
                            progress,
                            room,
                            missing(remotes, targets, i + 1))
                    .run();
            before += Files.size(target);
        }
    }

    /** What is still to come of the files from one on, as far as their sizes are known. */
    private static long missing(List<RemoteFile> remotes, List<Path> targets, int from) throws IOException {
        long missing = 0;
        for (int i = from; i < remotes.size(); i++) {
            Path part = PartFile.partOf(targets.get(i));
            if (!Files.exists(targets.get(i))) {
                missing += Math.max(0, remotes.get(i).size().orElse(0) - (Files.exists(part) ? Files.size(part) : 0));
            }
        }
        return missing;
    }

    private List<RemoteFile> withChecksum(List<RemoteFile> remotes) throws DownloadException {
        if (wish.sha256().isEmpty()) {
            return remotes;
        }
        if (remotes.size() > 1) {
            throw DownloadException.lasting(source() + " has " + remotes.size()
                    + " files, and one SHA-256 cannot be that of all: leave it out");
        }
        RemoteFile remote = remotes.get(0);
        if (remote.sha256().isPresent() && !remote.sha256().equals(wish.sha256())) {
            throw DownloadException.lasting("The SHA-256 of " + source() + " should be "
                    + wish.sha256().get() + ", and its server says that it is "
                    + remote.sha256().get());
        }
        return List.of(new RemoteFile(remote.uri(), remote.path(), remote.size(), wish.sha256()));
    }

    /** A file of this machine is not downloaded; but its checksum can be wanted. */
    private Path checked(Path file) throws DownloadException, InterruptedException {
        if (!wish.trusted()) {
            throw DownloadException.lasting("A file of this machine can be named in the configuration only");
        }
        if (!Files.isRegularFile(file)) {
            throw DownloadException.lasting("There is no file " + file.getFileName());
        }
        if (wish.sha256().isPresent()) {
            progress.enter(Activity.CHECKING);
            try {
                String found = Checksum.of(file, progress::reached);
                if (!found.equals(wish.sha256().get())) {
                    throw DownloadException.lasting("The SHA-256 of " + file.getFileName() + " is " + found
                            + ", and should be " + wish.sha256().get());
                }
            } catch (IOException e) {
                throw LocalFault.of("'" + file.getFileName() + "' cannot be read", e);
            }
        }
        return file;
    }
}
