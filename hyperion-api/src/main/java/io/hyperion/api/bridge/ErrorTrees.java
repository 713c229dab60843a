package io.hyperion.api.bridge;

import io.hyperion.api.BusyException;
import io.hyperion.api.ContextExceededException;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.ErrorKind;
import io.hyperion.api.ForbiddenException;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.GenerationTimeoutException;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.UnauthorisedException;
import io.hyperion.api.UnreadableReplyException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * Errors. No Throwable crosses, as its stack trace would keep the classes of the application alive where it was thrown; causes are in the log
 * of that application.
 */
final class ErrorTrees {
    private static final String CODE = "code";
    private static final String KIND = "kind";
    private static final String MESSAGE = "message";
    private static final String PARAMETER = "parameter";
    private static final String RETRY_AFTER = "retry_after";
    private static final String TEXT = "text";

    private ErrorTrees() {}

    static Map<String, Object> tree(HyperionException error) {
        return new Tree()
                .put(CODE, error.code().code())
                .put(KIND, error.kind().name())
                .put(MESSAGE, error.getMessage())
                .put(PARAMETER, error.parameter())
                .put(RETRY_AFTER, error.retryAfter())
                .put(
                        TEXT,
                        error instanceof UnreadableReplyException unreadable
                                ? Optional.of(unreadable.text())
                                : Optional.empty())
                .map();
    }

    static HyperionException read(Fields fields) {
        // Of all trees this must be readable, whatever the other side's version.
        String name = fields.optionalText(CODE).orElse("without a code");
        String message = fields.optionalText(MESSAGE).orElse("Hyperion failed");
        return Arrays.stream(ErrorCode.values())
                .filter(code -> code.code().equals(name))
                .findFirst()
                .map(code -> exception(code, message, fields))
                .orElseGet(() -> exception(nearest(fields.optionalText(KIND)), message + " (" + name + ")", fields));
    }

    /** {@return the code that says least, of those of the kind that a newer provider tells} */
    private static ErrorCode nearest(Optional<String> kindName) {
        Optional<ErrorKind> known = Arrays.stream(ErrorKind.values())
                .filter(kind -> kindName.equals(Optional.of(kind.name())))
                .findFirst();
        return switch (known.orElse(ErrorKind.ENGINE_FAILURE)) {
            case INVALID_REQUEST -> ErrorCode.UNKNOWN_VALUE;
            case NOT_FOUND -> ErrorCode.MODEL_NOT_FOUND;
            case CONTEXT_EXCEEDED -> ErrorCode.CONTEXT_EXCEEDED;
            case UNAUTHORISED -> ErrorCode.UNAUTHORISED;
            case FORBIDDEN -> ErrorCode.FORBIDDEN;
            case BUSY -> ErrorCode.QUEUE_FULL;
            case UNAVAILABLE -> ErrorCode.MODEL_FAILED;
            case TIMEOUT -> ErrorCode.TIMEOUT;
            case CANCELLED -> ErrorCode.CANCELLED;
            case ENGINE_FAILURE -> ErrorCode.ENGINE_FAILURE;
        };
    }

    private static HyperionException exception(ErrorCode code, String message, Fields fields) {
        String parameter = fields.optionalText(PARAMETER).orElse("");
        Duration retryAfter = fields.duration(RETRY_AFTER);
        return switch (code.kind()) {
            case INVALID_REQUEST -> new InvalidRequestException(code, parameter, message);
            case NOT_FOUND -> new ModelNotFoundException(code, message);
            case CONTEXT_EXCEEDED -> new ContextExceededException(code, message);
            case UNAUTHORISED -> new UnauthorisedException(code, message);
            case FORBIDDEN -> new ForbiddenException(code, parameter, message);
            case BUSY -> new BusyException(code, message, retryAfter);
            case UNAVAILABLE -> new ModelUnavailableException(code, message, retryAfter);
            case TIMEOUT -> new GenerationTimeoutException(code, message);
            case CANCELLED -> new GenerationCancelledException(code, message);
            case ENGINE_FAILURE ->
                fields.optionalText(TEXT)
                        .<HyperionException>map(text -> new UnreadableReplyException(code, message, text))
                        .orElseGet(() -> new EngineException(code, message));
        };
    }

    /**
     * What a caller is told of something that was thrown, of whatever class.
     *
     * @param thrown is foreign code: even its message may fail
     */
    static String describe(Throwable thrown) {
        try {
            return thrown.toString();
        } catch (RuntimeException | Error e) {
            return thrown.getClass().getName();
        }
    }
}
