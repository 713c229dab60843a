package io.hyperion.api;

/** The prompt is longer than the model's context; the message tells both numbers. */
public final class ContextExceededException extends HyperionException {
    private static final long serialVersionUID = 1L;

    /**
     * @param code a code of kind {@link ErrorKind#CONTEXT_EXCEEDED}
     * @param message what the caller is told
     */
    public ContextExceededException(ErrorCode code, String message) {
        super(code, ErrorKind.CONTEXT_EXCEEDED, message, null);
    }
}
