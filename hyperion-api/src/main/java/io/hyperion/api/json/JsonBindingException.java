package io.hyperion.api.json;

/** JSON could not be read as a type or written of an object, or there is no JSON-B that could. */
public final class JsonBindingException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what the caller is told
     */
    public JsonBindingException(String message) {
        super(message);
    }

    /**
     * @param message what the caller is told
     * @param cause what JSON-B, or the object, threw
     */
    public JsonBindingException(String message, Throwable cause) {
        super(message, cause);
    }
}
