package io.hyperion.core.llama;

/** The native library cannot be used, or refused or failed to do something. */
public sealed class LlamaException extends Exception permits LoadCancelledException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what failed, and why as far as the library's log told
     */
    public LlamaException(String message) {
        super(message);
    }

    /**
     * @param message what failed
     * @param cause why
     */
    public LlamaException(String message, Throwable cause) {
        super(message, cause);
    }
}
