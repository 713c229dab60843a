package io.hyperion.api.remote;

import io.hyperion.api.BusyException;
import io.hyperion.api.ContextExceededException;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.ForbiddenException;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.GenerationTimeoutException;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.UnauthorisedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLException;

/** What went wrong elsewhere or on the way, as the API's own exceptions. The server's own errors keep their code, message and field. */
final class Failures {
    private static final Duration SOON = Duration.ofSeconds(1);

    private final Endpoint endpoint;
    private final Json json;

    Failures(Endpoint endpoint, Json json) {
        this.endpoint = endpoint;
        this.json = json;
    }

    /** An error in Hyperion's form: in an event of a stream, or a frame of a socket. */
    HyperionException told(Answer error) {
        return of(
                error.text("code"),
                error.text("message"),
                error.textIfAny("parameter"),
                error.numberIfAny("retry_after").stream()
                        .mapToObj(seconds -> Duration.ofMillis((long) (seconds * 1000)))
                        .findFirst());
    }

    /** An answer that is not the wanted one. */
    HyperionException answered(int status, HttpHeaders headers, String body) {
        Optional<Duration> retryAfter = headers.firstValue("Retry-After").flatMap(Failures::retryAfter);
        Optional<String> code = headers.firstValue("Hyperion-Error");
        if (code.isPresent()) {
            return of(code.get(), message(status, body), headers.firstValue("Hyperion-Parameter"), retryAfter);
        }
        String message = foreign(status, headers, body);
        return switch (status) {
            case 401 -> new UnauthorisedException(ErrorCode.UNAUTHORISED, message);
            case 403 -> new ForbiddenException(ErrorCode.FORBIDDEN, "", message);
            case 429 -> new BusyException(ErrorCode.TOO_MANY_REQUESTS, message, retryAfter.orElse(SOON));
            case 502, 503, 504 ->
                new ModelUnavailableException(ErrorCode.UNREACHABLE, message, retryAfter.orElse(Duration.ZERO));
            default -> new EngineException(ErrorCode.FOREIGN_ANSWER, message);
        };
    }

    /** What Hyperion says; all of its protocols have a {@code message} in an {@code error}, and that of a handshake has no body. */
    private String message(int status, String body) {
        try {
            return json.read(endpoint.toString(), body).object("error").text("message");
        } catch (EngineException noBody) {
            return endpoint + " answered with status " + status;
        }
    }

    private String foreign(int status, HttpHeaders headers, String body) {
        StringBuilder message = new StringBuilder(endpoint.toString())
                .append(" answered with status ")
                .append(status);
        headers.firstValue("Location")
                .filter(place -> status >= 300 && status < 400)
                .ifPresent(place -> message.append(", a redirect to ")
                        .append(Excerpts.of(endpoint.withoutKey(place)))
                        .append(", which is not followed"));
        headers.firstValue("Content-Type")
                .ifPresent(type -> message.append(", and ").append(Excerpts.of(type)));
        if (!body.isBlank()) {
            message.append(": ").append(Excerpts.of(endpoint.withoutKey(body.strip())));
        }
        return message.append(". This is no answer of Hyperion's: is the address right?")
                .toString();
    }

    private static Optional<Duration> retryAfter(String header) {
        if (header.matches("\\d{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(header)));
        }
        try {
            Duration until = Duration.between(
                    ZonedDateTime.now(), ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME));
            return Optional.of(until).filter(duration -> !duration.isNegative());
        } catch (DateTimeParseException e) {
            // A hint that cannot be read is none.
            return Optional.empty();
        }
    }

    /** What kept an answer from coming. */
    HyperionException thrown(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        for (Throwable deeper = cause; deeper != null; deeper = deeper.getCause()) {
            if (deeper instanceof HyperionException known) {
                return known;
            }
        }
        if (cause instanceof HttpTimeoutException && !(cause instanceof HttpConnectTimeoutException)) {
            return new GenerationTimeoutException(
                    ErrorCode.TIMEOUT, endpoint + " gave no answer in the time that the request may take");
        }
        return unreachable(reason(cause), cause);
    }

    private static String reason(Throwable cause) {
        if (cause instanceof HttpConnectTimeoutException) {
            return "cannot be reached: the connect time-out is over";
        }
        if (has(cause, UnresolvedAddressException.class)) {
            return "cannot be reached: the name of its host is not known";
        }
        if (cause instanceof SSLException) {
            return "cannot be trusted or spoken to by TLS: " + message(cause, "it is refused");
        }
        if (cause instanceof ConnectException) {
            return "cannot be reached: " + message(cause, "the connection is refused");
        }
        if (cause instanceof IOException) {
            return "broke the connection off: " + message(cause, "it is closed");
        }
        return "cannot be asked: " + cause;
    }

    /** The first message that there is. */
    private static String message(Throwable cause, String otherwise) {
        for (Throwable deeper = cause; deeper != null; deeper = deeper.getCause()) {
            if (deeper.getMessage() != null && !deeper.getMessage().isBlank()) {
                return deeper.getMessage();
            }
        }
        return otherwise;
    }

    private static boolean has(Throwable cause, Class<? extends Throwable> type) {
        for (Throwable deeper = cause; deeper != null; deeper = deeper.getCause()) {
            if (type.isInstance(deeper)) {
                return true;
            }
        }
        return false;
    }

    HyperionException unreachable(String what, Throwable cause) {
        return new ModelUnavailableException(ErrorCode.UNREACHABLE, endpoint + " " + what, cause);
    }

    HyperionException unreachable(String what) {
        return new ModelUnavailableException(ErrorCode.UNREACHABLE, endpoint + " " + what);
    }

    static HyperionException closed() {
        return new ModelUnavailableException(ErrorCode.SHUTTING_DOWN, "This client is closed");
    }

    private static HyperionException of(
            String code, String message, Optional<String> parameter, Optional<Duration> retryAfter) {
        Optional<ErrorCode> known = Arrays.stream(ErrorCode.values())
                .filter(one -> one.code().equals(code))
                .findFirst();
        if (known.isEmpty()) {
            // A newer server may know more.
            return new EngineException(ErrorCode.FOREIGN_ANSWER, message + " (" + Excerpts.of(code) + ")");
        }
        ErrorCode error = known.get();
        return switch (error.kind()) {
            case INVALID_REQUEST -> new InvalidRequestException(error, parameter.orElse(""), message);
            case NOT_FOUND -> new ModelNotFoundException(error, message);
            case CONTEXT_EXCEEDED -> new ContextExceededException(error, message);
            case UNAUTHORISED -> new UnauthorisedException(error, message);
            case FORBIDDEN -> new ForbiddenException(error, parameter.orElse(""), message);
            case BUSY -> new BusyException(error, message, retryAfter.orElse(SOON));
            case UNAVAILABLE -> new ModelUnavailableException(error, message, retryAfter.orElse(Duration.ZERO));
            case TIMEOUT -> new GenerationTimeoutException(error, message);
            case CANCELLED -> new GenerationCancelledException(error, message);
            case ENGINE_FAILURE -> new EngineException(error, message);
        };
    }
}
