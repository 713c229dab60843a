package io.hyperion.core.download;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/**
 * What one caller has of a download. Others may have the same one: it goes on as long as anybody wants it. Safe for use by many threads.
 */
public final class Download {
    private final SourceDownload work;
    private final CompletableFuture<Path> done;

    Download(SourceDownload work) {
        this.work = Objects.requireNonNull(work, "work");
        this.done = work.done().copy();
    }

    /** {@return where the files come from} */
    public ModelSource source() {
        return work.source();
    }

    /** {@return how far it is} */
    public DownloadProgress progress() {
        return work.progress();
    }

    /**
     * The end.
     *
     * @return completes with the file, or the first one of a split model, when all are there and checked; or with a
     *     {@link DownloadException}, or a {@link CancellationException} after {@link #cancel()}. What depends on it runs in the thread of the
     *     download, or in that of whoever cancels. Completing or cancelling it has no effect on others
     */
    public CompletableFuture<Path> done() {
        return done.copy();
    }

    /**
     * Wants it no longer: {@link #done()} fails with a {@link CancellationException}. When nobody wants it any more it ends soon after; what is
     * there stays, for the next time. Does nothing if it has ended.
     */
    public void cancel() {
        if (done.completeExceptionally(new CancellationException("The download of " + source() + " was cancelled"))) {
            work.leave();
        }
    }
}
