package io.hyperion.core.model;

/** Names that callers sent. */
final class Names {
    private static final int EXCERPT_LENGTH = 60;

    private Names() {}

    /** What may be repeated in a message: short, without control characters and broken characters. */
    static String excerpt(String name) {
        String head = name.length() <= EXCERPT_LENGTH ? name : name.substring(0, EXCERPT_LENGTH) + "…";
        return head.replaceAll("[\\p{Cntrl}\\p{Cs}]", "\uFFFD");
    }
}
