package io.hyperion.core.download;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/** The download of all files of one source, which several callers may want. */
final class SourceDownload {
    ModelSource source() {
        throw new UnsupportedOperationException();
    }

    DownloadProgress progress() {
        throw new UnsupportedOperationException();
    }

    CompletableFuture<Path> done() {
        throw new UnsupportedOperationException();
    }

    void leave() {
        throw new UnsupportedOperationException();
    }
}
