package io.hyperion.api;

/** The request names a model that does not exist; the message tells the known ones. */
public final class ModelNotFoundException extends HyperionException {
    private static final long serialVersionUID = 1L;

    /**
     * @param code a code of kind {@link ErrorKind#NOT_FOUND}
     * @param message what the caller is told
     */
    public ModelNotFoundException(ErrorCode code, String message) {
        super(code, ErrorKind.NOT_FOUND, message, null);
    }
}
