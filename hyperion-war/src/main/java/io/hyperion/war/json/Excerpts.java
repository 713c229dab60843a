package io.hyperion.war.json;

/** What of a caller's text may be repeated in an error message. */
public final class Excerpts {
    private static final int LENGTH = 60;

    private Excerpts() {}

    /**
     * @param text what the caller sent
     * @return its beginning, on one line and without control characters
     */
    public static String of(String text) {
        String head = text.length() <= LENGTH ? text : text.substring(0, LENGTH) + "…";
        StringBuilder safe = new StringBuilder(head.length());
        head.codePoints()
                .map(c -> Character.isISOControl(c) || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)
                        ? '\uFFFD'
                        : c)
                .forEach(safe::appendCodePoint);
        return safe.toString();
    }
}
