package io.hyperion.core.gguf;

import java.io.IOException;
import java.nio.file.Path;

/** A file is no usable GGUF file. The message names the file, the offset of the fault and the fault. */
public final class GgufException extends IOException {
    private static final long serialVersionUID = 1L;

    private final long offset;

    GgufException(Path file, long offset, String fault) {
        super(Messages.name(file) + ": at offset " + offset + ": " + fault);
        this.offset = offset;
    }

    /**
     * {@return where in the file the fault is, in bytes from its beginning. Of something that is missing: where it would have been}
     */
    public long offset() {
        return offset;
    }
}
