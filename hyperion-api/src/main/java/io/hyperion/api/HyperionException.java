package io.hyperion.api;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * The root of every error that Hyperion tells a caller. The message is written for the caller and holds no secret; causes are in the
 * server's log.
 */
public abstract sealed class HyperionException extends RuntimeException
        permits InvalidRequestException,
                ModelNotFoundException,
                ContextExceededException,
                UnauthorisedException,
                ForbiddenException,
                BusyException,
                ModelUnavailableException,
                GenerationTimeoutException,
                GenerationCancelledException,
                EngineException,
                UnreadableReplyException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    HyperionException(ErrorCode code, ErrorKind kind, String message, Throwable cause) {
        super(Objects.requireNonNull(message, "message"), cause);
        if (code.kind() != kind) {
            throw new IllegalArgumentException(code + " is of kind " + code.kind() + ", not " + kind);
        }
        this.code = code;
    }

    /** {@return the stable code of this error} */
    public ErrorCode code() {
        return code;
    }

    /** {@return the kind of this error} */
    public ErrorKind kind() {
        return code.kind();
    }

    /** {@return the request's field that is to blame, by its name on the wire such as {@code top_p}; empty where there is none} */
    public Optional<String> parameter() {
        return Optional.empty();
    }

    /** {@return an estimate of when it is worth trying again; empty where that is not known, or time does not help} */
    public Optional<Duration> retryAfter() {
        return Optional.empty();
    }
}
