package io.hyperion.api;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * The model exists but cannot serve, for the reason in the message: its file is missing or damaged, it is shutting down, or the request
 * waited too long for it.
 */
public final class ModelUnavailableException extends HyperionException {
    private static final long serialVersionUID = 1L;

    /** Zero where it is not known; an Optional cannot be serialised. */
    private final Duration retryAfter;

    /**
     * @param code a code of kind {@link ErrorKind#UNAVAILABLE}
     * @param message what the caller is told
     */
    public ModelUnavailableException(ErrorCode code, String message) {
        this(code, message, Duration.ZERO);
    }

    /**
     * @param code a code of kind {@link ErrorKind#UNAVAILABLE}
     * @param message what the caller is told
     * @param retryAfter when it is worth trying again, as an estimate; zero if that is not known
     */
    public ModelUnavailableException(ErrorCode code, String message, Duration retryAfter) {
        super(code, ErrorKind.UNAVAILABLE, message, null);
        this.retryAfter = Objects.requireNonNull(retryAfter, "retryAfter");
    }

    /**
     * @param code a code of kind {@link ErrorKind#UNAVAILABLE}
     * @param message what the caller is told
     * @param cause what the log is told
     */
    public ModelUnavailableException(ErrorCode code, String message, Throwable cause) {
        super(code, ErrorKind.UNAVAILABLE, message, cause);
        this.retryAfter = Duration.ZERO;
    }

    @Override
    public Optional<Duration> retryAfter() {
        return Optional.of(retryAfter).filter(estimate -> !estimate.isZero());
    }
}
