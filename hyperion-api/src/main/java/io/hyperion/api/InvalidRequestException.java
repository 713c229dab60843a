package io.hyperion.api;

import java.util.Objects;
import java.util.Optional;

/** The request is wrong: the field and, where there is one, the limit are in the message. */
public final class InvalidRequestException extends HyperionException {
    private static final long serialVersionUID = 1L;

    private final String parameter;

    /**
     * @param code a code of kind {@link ErrorKind#INVALID_REQUEST}
     * @param parameter the field to blame, by its name on the wire; empty where the request as a whole is to blame
     * @param message what the caller is told
     */
    public InvalidRequestException(ErrorCode code, String parameter, String message) {
        super(code, ErrorKind.INVALID_REQUEST, message, null);
        this.parameter = Objects.requireNonNull(parameter, "parameter");
    }

    @Override
    public Optional<String> parameter() {
        return parameter.isEmpty() ? Optional.empty() : Optional.of(parameter);
    }
}
