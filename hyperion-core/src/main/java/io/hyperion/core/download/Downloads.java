package io.hyperion.core.download;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Downloads the files of models into one directory, which other servers may share. A file is there under its name when it is complete and
 * its checksum was right, and never before. Safe for use by many threads.
 */
public final class Downloads implements AutoCloseable {
    /**
     * @param directory where the files of models are; made when the first one comes
     * @param settings how they are downloaded
     */
    public Downloads(Path directory, DownloadSettings settings) {
        throw new UnsupportedOperationException();
    }

    /**
     * Finds the files of a source on this machine. Looks at names only, and asks nobody.
     *
     * @param source the source
     * @param sha256 what its SHA-256 must be; empty if nobody has said
     * @return its file, or all files of a split model in order; empty if one is not there, or was not checked against that checksum
     */
    public Optional<List<Path>> present(ModelSource source, Optional<String> sha256) {
        throw new UnsupportedOperationException();
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
        throw new UnsupportedOperationException();
    }

    /** {@return what is being downloaded, or waits for that, the longest first} */
    public List<Download> running() {
        throw new UnsupportedOperationException();
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
        throw new UnsupportedOperationException();
    }

    /** Ends all downloads, which fail, and waits for that. What is there of them stays, for the next time. May be called twice. */
    @Override
    public void close() {}
}
