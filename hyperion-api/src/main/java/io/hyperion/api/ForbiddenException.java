package io.hyperion.api;

import java.util.Objects;
import java.util.Optional;

/** The caller is known, but may not do what it asked for. */
public final class ForbiddenException extends HyperionException {
    private static final long serialVersionUID = 1L;

    private final String parameter;

    /**
     * @param code a code of kind {@link ErrorKind#FORBIDDEN}
     * @param parameter the field that names what is forbidden, by its name on the wire; empty where there is none
     * @param message what the caller is told
     */
    public ForbiddenException(ErrorCode code, String parameter, String message) {
        super(code, ErrorKind.FORBIDDEN, message, null);
        this.parameter = Objects.requireNonNull(parameter, "parameter");
    }

    @Override
    public Optional<String> parameter() {
        return parameter.isEmpty() ? Optional.empty() : Optional.of(parameter);
    }
}
