package io.hyperion.core.jinja;

/** What ends compiling or rendering, on its way to where the line is known. */
final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;
    /** The place is where the evaluation stands. */
    static final int HERE = -1;

    private final JinjaException.Kind kind;
    private final int position;

    private Fault(JinjaException.Kind kind, String message, int position) {
        super(message, null, false, false);
        this.kind = kind;
        this.position = position;
    }

    /** An operation failed. */
    static Fault of(String message) {
        return new Fault(JinjaException.Kind.FAULT, message, HERE);
    }

    static Fault limit(String message) {
        return new Fault(JinjaException.Kind.LIMIT, message, HERE);
    }

    static Fault limitAt(int position, String message) {
        return new Fault(JinjaException.Kind.LIMIT, message, position);
    }

    static Fault raised(String message) {
        return new Fault(JinjaException.Kind.RAISED, message, HERE);
    }

    static Fault syntax(int position, String message) {
        return new Fault(JinjaException.Kind.SYNTAX, message, position);
    }

    /** The exception of the public surface, thrown with the line and column of the source. */
    JinjaException in(String source, int here) {
        int at = Math.min(position == HERE ? here : position, source.length());
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < at; i++) {
            if (source.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new JinjaException(kind, getMessage(), line, source.codePointCount(lineStart, at) + 1);
    }
}
