package io.hyperion.core.download;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Says in words what has happened to a file of this machine. */
final class LocalFault {
    private LocalFault() {}

    /**
     * Makes an exception of one.
     *
     * @param what what was not possible, such as {@code 'x.gguf' cannot be written}; without directories, since callers see it
     * @param fault why
     * @return the exception
     * @throws InterruptedException if the thread was interrupted, and nothing has happened to the file
     */
    static DownloadException of(String what, IOException fault) throws InterruptedException {
        if (fault instanceof ClosedByInterruptException || fault instanceof InterruptedIOException) {
            Thread.interrupted();
            throw interrupted(fault);
        }
        return DownloadException.lasting(what + ": " + reason(fault), fault);
    }

    /** {@return an interrupt that showed as a fault} */
    static InterruptedException interrupted(Exception cause) {
        InterruptedException interrupted = new InterruptedException("The download was interrupted");
        interrupted.initCause(cause);
        return interrupted;
    }

    private static String reason(IOException fault) {
        if (fault instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (fault instanceof NoSuchFileException) {
            return "it, or its directory, is not there";
        }
        if (fault instanceof NotDirectoryException || fault instanceof FileAlreadyExistsException) {
            return "a file is where a directory should be";
        }
        if (fault instanceof DirectoryNotEmptyException) {
            return "a directory is where a file should be";
        }
        if (fault instanceof FileSystemException withFile && withFile.getReason() != null) {
            return withFile.getReason();
        }
        return fault.getMessage() == null ? fault.getClass().getSimpleName() : fault.getMessage();
    }
}
