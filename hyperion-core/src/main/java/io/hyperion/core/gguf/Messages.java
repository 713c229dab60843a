package io.hyperion.core.gguf;

import java.nio.file.Path;

/** How things out of a file are shown in messages. */
final class Messages {
    private static final int LONGEST = 64;

    private Messages() {}

    /** {@return the name of a file without its directories, which are nobody's business but the server's} */
    static String name(Path file) {
        Path name = file.getFileName();
        return name == null ? file.toString() : name.toString();
    }

    /** {@return a text out of a file in quotes, cut where it is long, with nothing in it that could forge a line of a log} */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("'");
        for (int i = 0; i < text.length() && i < LONGEST; i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) || Character.isSurrogate(c)) {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append(text.length() > LONGEST ? "…'" : "'").toString();
    }

    /** {@return a number without a sign} */
    static String unsigned(long value) {
        return Long.toUnsignedString(value);
    }
}
