package io.hyperion.api;

/** The caller is not known. */
public final class UnauthorisedException extends HyperionException {
    private static final long serialVersionUID = 1L;

    /**
     * @param code a code of kind {@link ErrorKind#UNAUTHORISED}
     * @param message what the caller is told
     */
    public UnauthorisedException(ErrorCode code, String message) {
        super(code, ErrorKind.UNAUTHORISED, message, null);
    }
}
