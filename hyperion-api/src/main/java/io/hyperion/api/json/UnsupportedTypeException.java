package io.hyperion.api.json;

/** A type has no JSON Schema, or JSON-B cannot read it; the message tells which, where in the whole type, and why. */
public final class UnsupportedTypeException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what the caller is told
     */
    public UnsupportedTypeException(String message) {
        super(message);
    }
}
