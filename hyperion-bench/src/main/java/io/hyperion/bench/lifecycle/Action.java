package io.hyperion.bench.lifecycle;

/** What a caller of the soak does. */
enum Action {
    /** Waits for a reply. */
    GENERATE("generate, waited for"),
    /** Reads a reply as it comes. */
    STREAM("generate, as a stream"),
    /** Begins to read a reply, and cancels it. */
    CANCEL("generate, cancelled"),
    /** Brings a model into memory. */
    LOAD("load"),
    /** Takes a model out of memory. */
    UNLOAD("unload"),
    /** Sees that a model's file is there. */
    PULL("pull"),
    /** Keeps a model in memory for a moment. */
    PIN("pin and unpin"),
    /** Asks how all are. */
    LOOK("look at all");

    private final String title;

    Action(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
