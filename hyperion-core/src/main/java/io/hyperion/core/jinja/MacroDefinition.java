package io.hyperion.core.jinja;

import java.util.List;

/**
 * A macro as it is written.
 *
 * @param name its name; empty for the body of a call block
 * @param parameters their names
 * @param defaults the values of the last of them, if they are not given
 * @param special which of {@code caller}, {@code varargs} and {@code kwargs} the body refers to without having declared them
 */
record MacroDefinition(
        String name,
        List<String> parameters,
        List<Expression> defaults,
        Special special,
        List<Statement> body,
        int position) {
    /** {@return the name as Python shows it} */
    String shownName() {
        return name.isEmpty() ? "anonymous" : Texts.repr(name);
    }

    record Special(boolean caller, boolean varargs, boolean kwargs) {}
}
