package io.hyperion.api;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** There is more work than the model or the connection can take now. */
public final class BusyException extends HyperionException {
    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    /**
     * @param code a code of kind {@link ErrorKind#BUSY}
     * @param message what the caller is told
     * @param retryAfter when it is worth trying again, as an estimate
     */
    public BusyException(ErrorCode code, String message, Duration retryAfter) {
        super(code, ErrorKind.BUSY, message, null);
        this.retryAfter = Objects.requireNonNull(retryAfter, "retryAfter");
    }

    /** {@return an estimate of when it is worth trying again; never empty} */
    @Override
    public Optional<Duration> retryAfter() {
        return Optional.of(retryAfter);
    }
}
