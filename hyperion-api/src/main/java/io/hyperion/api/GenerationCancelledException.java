package io.hyperion.api;

/** The request was cancelled before it could give a reply, such as by an interrupt of the waiting thread. */
public final class GenerationCancelledException extends HyperionException {
    private static final long serialVersionUID = 1L;

    /**
     * @param code a code of kind {@link ErrorKind#CANCELLED}
     * @param message what the caller is told
     */
    public GenerationCancelledException(ErrorCode code, String message) {
        super(code, ErrorKind.CANCELLED, message, null);
    }
}
