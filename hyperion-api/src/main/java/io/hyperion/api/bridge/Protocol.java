package io.hyperion.api.bridge;

import io.hyperion.api.Version;

/** What both sides agree on. */
final class Protocol {
    /**
     * Counts the changes that an older side could not take: a field that means something else, or one that must not be passed over. New
     * operations and new fields with defaults do not count.
     */
    static final int NUMBER = 1;

    /** Hyperion's version, as this copy of the api has it. */
    static final String VERSION = Version.TEXT;

    // Beside an operation's own arguments.
    static final String PROTOCOL = "protocol";
    static final String CALLER_VERSION = "version";
    static final String LISTENER = "listener";

    // An answer has one of these.
    static final String VALUE = "value";
    static final String ERROR = "error";

    private Protocol() {}
}
