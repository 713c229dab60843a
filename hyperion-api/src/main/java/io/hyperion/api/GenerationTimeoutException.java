package io.hyperion.api;

/** The request took longer than its time-out; what it held is free again. */
public final class GenerationTimeoutException extends HyperionException {
    private static final long serialVersionUID = 1L;

    /**
     * @param code a code of kind {@link ErrorKind#TIMEOUT}
     * @param message what the caller is told
     */
    public GenerationTimeoutException(ErrorCode code, String message) {
        super(code, ErrorKind.TIMEOUT, message, null);
    }
}
