package io.hyperion.core.llama;

/** A model was not loaded, because its {@link LoadProgress} said so. All memory that it had taken is free again. */
public final class LoadCancelledException extends LlamaException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message what was not loaded
     */
    public LoadCancelledException(String message) {
        super(message);
    }
}
