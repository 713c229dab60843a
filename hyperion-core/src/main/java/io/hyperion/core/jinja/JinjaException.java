package io.hyperion.core.jinja;

/** A template could not be compiled or rendered. The message ends with the line and column. */
public final class JinjaException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Whose fault it is. */
    public enum Kind {
        /** The source is no Jinja template, or uses what is not supported. Thrown when compiling. */
        SYNTAX,
        /** An operation of the template failed, as it would in Python. */
        FAULT,
        /** The template called {@code raise_exception}: it refuses what it was given. */
        RAISED,
        /** A limit of {@link JinjaLimits} was reached. */
        LIMIT
    }

    private final Kind kind;
    private final String reason;
    private final int line;
    private final int column;

    JinjaException(Kind kind, String reason, int line, int column) {
        super(reason + " (line " + line + ", column " + column + ")");
        this.kind = kind;
        this.reason = reason;
        this.line = line;
        this.column = column;
    }

    /** {@return whose fault it is} */
    public Kind kind() {
        return kind;
    }

    /** {@return what is wrong, without the place; for {@link Kind#RAISED} the template's own message} */
    public String reason() {
        return reason;
    }

    /** {@return the line of the template, counted from 1} */
    public int line() {
        return line;
    }

    /** {@return the character of that line, counted from 1} */
    public int column() {
        return column;
    }
}
