package io.hyperion.bench.border.server;

/** How an application asks for a text. */
public enum Way {
    /** It waits for the whole reply. */
    BLOCKING,

    /** A listener hears of each piece. */
    STREAMING
}
