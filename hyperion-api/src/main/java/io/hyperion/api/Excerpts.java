package io.hyperion.api;

/** What error messages and logs may repeat of text that came from outside. */
public final class Excerpts {
    private static final int MAX_LENGTH = 60;

    private Excerpts() {}

    /**
     * The beginning of a text, on one line and without characters that a log or a terminal would act on.
     *
     * @param text the text
     * @return at most {@value #MAX_LENGTH} characters of it, with an ellipsis if there are more; control characters and unpaired
     *     surrogates are replaced by U+FFFD
     */
    public static String of(String text) {
        String head = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
        StringBuilder safe = new StringBuilder(head.length());
        head.codePoints()
                .map(c -> Character.isISOControl(c) || (c >= 0xD800 && c <= 0xDFFF) ? '\uFFFD' : c)
                .forEach(safe::appendCodePoint);
        return safe.toString();
    }
}
