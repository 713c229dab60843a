package io.hyperion.core.download;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** A file, or what is known about it, could not be fetched. The message is for whoever asked for the model, and holds no secret. */
public final class DownloadException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean retryable;
    private final Duration retryAfter;

    private DownloadException(String message, boolean retryable, Duration retryAfter, Throwable cause) {
        super(message, cause);
        this.retryable = retryable;
        this.retryAfter = retryAfter;
    }

    /**
     * What the next attempt would meet again.
     *
     * @param message what happened, and what helps
     * @return the exception
     */
    public static DownloadException lasting(String message) {
        return new DownloadException(message, false, Duration.ZERO, null);
    }

    /**
     * What the next attempt would meet again.
     *
     * @param message what happened, and what helps
     * @param cause why
     * @return the exception
     */
    public static DownloadException lasting(String message, Throwable cause) {
        return new DownloadException(message, false, Duration.ZERO, Objects.requireNonNull(cause, "cause"));
    }

    /**
     * What may be over at the next attempt.
     *
     * @param message what happened
     * @param cause why
     * @return the exception
     */
    public static DownloadException passing(String message, Throwable cause) {
        return new DownloadException(message, true, Duration.ZERO, Objects.requireNonNull(cause, "cause"));
    }

    /**
     * What may be over at the next attempt.
     *
     * @param message what happened
     * @param retryAfter how long the server asks to wait; empty if it has not said
     * @return the exception
     */
    public static DownloadException passing(String message, Optional<Duration> retryAfter) {
        return new DownloadException(message, true, retryAfter.orElse(Duration.ZERO), null);
    }

    /** {@return whether another attempt may succeed with nothing changed by anybody here} */
    public boolean isRetryable() {
        return retryable;
    }

    /** {@return how long the server asks to wait before the next attempt; empty if it has not said} */
    public Optional<Duration> retryAfter() {
        return retryAfter.isZero() ? Optional.empty() : Optional.of(retryAfter);
    }
}
