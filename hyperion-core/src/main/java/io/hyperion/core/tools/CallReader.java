package io.hyperion.core.tools;

/** Reads what stands behind the opening of a call, character by character. What it is sure of it tells a {@link CallSink} at once. */
interface CallReader {
    /** What a character is to the call. */
    enum Progress {
        /** It may belong to a call, or may not. */
        UNDECIDED,
        /** It and all before it belong to a call. */
        TAKEN,
        /** As {@link #TAKEN}, and it is the last one. */
        DONE,
        /** The call ended before it. */
        PAST,
        /** No call: what was {@link #UNDECIDED} is text, and so is this. */
        REJECTED,
        /** What was read says that text follows, and is no part of it. */
        TEXT
    }

    /**
     * Takes the next character.
     *
     * @param c the character
     * @return what it is; nothing is asked after {@code DONE}, {@code PAST}, {@code REJECTED} and {@code TEXT}
     */
    Progress take(char c);

    /**
     * The text ends here.
     *
     * @param cut whether it was cut off
     * @return whether all that was taken belongs to a call
     */
    default boolean finish(boolean cut) {
        return false;
    }
}
