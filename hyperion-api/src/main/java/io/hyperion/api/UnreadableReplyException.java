package io.hyperion.api;

import java.util.Objects;

/** The model answered, but its text is not the object that was asked for: {@link #text()} is what there is. */
public final class UnreadableReplyException extends HyperionException {
    private static final long serialVersionUID = 1L;

    private final String text;

    /**
     * @param code {@link ErrorCode#INCOMPLETE_REPLY} or {@link ErrorCode#UNREADABLE_REPLY}
     * @param message what the caller is told
     * @param text the text of the reply
     * @param cause what the reader threw
     */
    public UnreadableReplyException(ErrorCode code, String message, String text, Throwable cause) {
        super(code, ErrorKind.ENGINE_FAILURE, message, cause);
        this.text = Objects.requireNonNull(text, "text");
    }

    /**
     * @param code {@link ErrorCode#INCOMPLETE_REPLY} or {@link ErrorCode#UNREADABLE_REPLY}
     * @param message what the caller is told
     * @param text the text of the reply
     */
    public UnreadableReplyException(ErrorCode code, String message, String text) {
        super(code, ErrorKind.ENGINE_FAILURE, message, null);
        this.text = Objects.requireNonNull(text, "text");
    }

    /** {@return the text of the reply} */
    public String text() {
        return text;
    }
}
