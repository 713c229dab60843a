package io.hyperion.api;

import java.util.Locale;

/** Where a model stands. */
public enum ModelState {
    /** Its file is not there yet; the first request downloads it. */
    ABSENT,
    /** Its file is being downloaded; requests wait for it. */
    DOWNLOADING,
    /** Its file is there and was found sound; the first request loads it. */
    READY,
    /** It is being loaded. */
    LOADING,
    /** It is in memory and serves. */
    LOADED,
    /** Its requests are ended and its memory is freed; the next request loads it again. */
    UNLOADING,
    /** It cannot be served; {@link ModelInfo#reason()} tells why. */
    FAILED;

    /** {@return the name on the wire, in lower case} */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
