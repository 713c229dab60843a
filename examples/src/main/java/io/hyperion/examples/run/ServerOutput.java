package io.hyperion.examples.run;

import java.util.Optional;
import java.util.logging.Level;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what the server says line by line: shows all of Hyperion and the warnings of others, and hears when the server has done all that it
 * was told.
 */
final class ServerOutput {
    /** As logging.properties has it: time, level, logger, message. What does not look so belongs to the record before it. */
    private static final Pattern RECORD = Pattern.compile("(\\S+) (\\S+) \\[([^]]*)] (.*)");

    private static final String HYPERION = "io.hyperion.";
    private static final String SERVER = "PayaraMicro";
    private static final String READY = "ready in";

    /** What the server prints at each of its ends, past its own log. */
    private static final String NOISE = "JdbcRuntimeExtension";

    private boolean shown = true;
    private boolean ready;

    /** {@return what to show of a line; empty for nothing} */
    Optional<String> show(String line) {
        Matcher matcher = RECORD.matcher(line);
        if (!matcher.matches()) {
            return shown && !line.isBlank() && !line.startsWith(NOISE) ? Optional.of(line) : Optional.empty();
        }
        String level = matcher.group(2);
        String logger = matcher.group(3);
        String message = matcher.group(4);
        boolean ofServer = logger.equals(SERVER);
        ready |= ofServer && message.contains(READY);
        shown = logger.startsWith(HYPERION)
                || level.equals(Level.SEVERE.getLocalizedName())
                || (!ofServer && level.equals(Level.WARNING.getLocalizedName()));
        return shown ? Optional.of(matcher.group(1) + " " + level + " " + message) : Optional.empty();
    }

    /** {@return whether the server has deployed what it could} */
    boolean isReady() {
        return ready;
    }
}
