package io.hyperion.api;

/** The engine failed in a way that the caller cannot mend. */
public final class EngineException extends HyperionException {
    private static final long serialVersionUID = 1L;

    /**
     * @param code a code of kind {@link ErrorKind#ENGINE_FAILURE}
     * @param message what the caller is told
     * @param cause what the log is told
     */
    public EngineException(ErrorCode code, String message, Throwable cause) {
        super(code, ErrorKind.ENGINE_FAILURE, message, cause);
    }

    /**
     * @param code a code of kind {@link ErrorKind#ENGINE_FAILURE}
     * @param message what the caller is told
     */
    public EngineException(ErrorCode code, String message) {
        super(code, ErrorKind.ENGINE_FAILURE, message, null);
    }
}
