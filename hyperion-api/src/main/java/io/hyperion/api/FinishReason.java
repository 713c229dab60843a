package io.hyperion.api;

import java.util.Locale;

/** Why a generation ended. */
public enum FinishReason {
    /** The model ended its turn, or a stop string came. */
    STOP,
    /** The token limit or the end of the context was reached. */
    LENGTH,
    /** The model called tools: {@link Completion#toolCalls()} are to be run. */
    TOOL_CALLS,
    /** The caller cancelled; the reply holds what there was. */
    CANCELLED;

    /** {@return the name on the wire: {@code stop}, {@code length}, {@code tool_calls} or {@code cancelled}} */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
