package io.hyperion.api;

/** The model exists but cannot serve, for the reason in the message: its file is missing or damaged, or it is shutting down. */
public final class ModelUnavailableException extends HyperionException {
    private static final long serialVersionUID = 1L;

    /**
     * @param code a code of kind {@link ErrorKind#UNAVAILABLE}
     * @param message what the caller is told
     */
    public ModelUnavailableException(ErrorCode code, String message) {
        super(code, ErrorKind.UNAVAILABLE, message, null);
    }

    /**
     * @param code a code of kind {@link ErrorKind#UNAVAILABLE}
     * @param message what the caller is told
     * @param cause what the log is told
     */
    public ModelUnavailableException(ErrorCode code, String message, Throwable cause) {
        super(code, ErrorKind.UNAVAILABLE, message, cause);
    }
}
