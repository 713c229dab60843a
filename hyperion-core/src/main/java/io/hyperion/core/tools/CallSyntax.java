package io.hyperion.core.tools;

import java.util.List;
import java.util.Optional;

/**
 * How calls stand in a text.
 *
 * @param start what a text begins with, although nothing is written for it
 * @param openings what is written where a call begins; none is the begin of another one
 */
record CallSyntax(Optional<Opening> start, List<Opening> openings) {
    CallSyntax {
        openings = List.copyOf(openings);
    }

    static CallSyntax of(Opening... openings) {
        return new CallSyntax(Optional.empty(), List.of(openings));
    }

    /** What follows an opening. */
    enum Kind {
        /** A call as a JSON object with name and arguments. */
        OBJECT,
        /** Calls as a JSON array of such objects. */
        ARRAY,
        /** A name, what ends it, and the arguments. */
        NAME,
        /** What Llama 3 writes behind {@code <|python_tag|>}: a call as an object, {@code name.call(name=value)}, or code. */
        PYTHON,
        /** An object whose one property is a call, a list of calls, or the response. */
        ANSWER,
        /** Text: the opening is no part of it. */
        TEXT
    }

    /**
     * Where a call begins.
     *
     * @param text what is written; empty only at the start
     * @param kind what follows
     * @param kept how many characters at the end of that text are the first ones of what follows
     * @param nameEnd what ends a name
     * @param closing what is written behind the call
     */
    record Opening(String text, Kind kind, int kept, String nameEnd, String closing) {
        static Opening of(String text, Kind kind) {
            return new Opening(text, kind, 0, "", "");
        }

        static Opening of(String text, Kind kind, String closing) {
            return new Opening(text, kind, 0, "", closing);
        }

        static Opening name(String text, String nameEnd, String closing) {
            return new Opening(text, Kind.NAME, 0, nameEnd, closing);
        }

        /** {@return the same, where the last character of the text is the first one of what follows} */
        Opening keepingLast() {
            return new Opening(text, kind, 1, nameEnd, closing);
        }
    }
}
