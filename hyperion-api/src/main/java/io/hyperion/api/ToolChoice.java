package io.hyperion.api;

import java.util.Objects;

/** Whether a model calls tools. */
public sealed interface ToolChoice {
    /** The model decides. */
    ToolChoice AUTO = Mode.AUTO;

    /** It calls none; it is not told of them. */
    ToolChoice NONE = Mode.NONE;

    /** It calls at least one. */
    ToolChoice REQUIRED = Mode.REQUIRED;

    /** A choice that names no tool. */
    enum Mode implements ToolChoice {
        /** The model decides. */
        AUTO,
        /** It calls none. */
        NONE,
        /** It calls at least one. */
        REQUIRED
    }

    /**
     * It calls this tool.
     *
     * @param name the tool's name
     */
    record Named(String name) implements ToolChoice {
        public Named {
            Objects.requireNonNull(name, "name");
        }
    }
}
