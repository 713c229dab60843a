package io.hyperion.core.jinja;

import java.util.Map;

/** Text out of HTML. */
final class Html {
    private static final int LONGEST_ENTITY = 10;
    private static final Map<String, String> ENTITIES = Map.of(
            "amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'", "nbsp", "\u00a0", "copy", "\u00a9", "reg",
            "\u00ae", "hellip", "\u2026", "mdash", "\u2014");

    private Html() {}

    /** Without comments and tags, each run of white space as one blank, and with the most common entities resolved. */
    static Object stripTags(Context context, String html) {
        String text = without(without(html, "<!--", "-->"), "<", ">");
        StringBuilder collapsed = new StringBuilder(text.length());
        boolean space = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Texts.isSpace(c)) {
                space = collapsed.length() > 0;
            } else {
                collapsed.append(space ? " " : "").append(c);
                space = false;
            }
        }
        return context.made(resolve(collapsed.toString()));
    }

    private static String without(String text, String begin, String end) {
        StringBuilder rest = new StringBuilder(text.length());
        int from = 0;
        while (true) {
            int start = text.indexOf(begin, from);
            int stop = start < 0 ? -1 : text.indexOf(end, start);
            if (stop < 0) {
                return rest.append(text, from, text.length()).toString();
            }
            rest.append(text, from, start);
            from = stop + end.length();
        }
    }

    private static String resolve(String text) {
        StringBuilder resolved = new StringBuilder(text.length());
        int i = 0;
        while (i < text.length()) {
            String ahead = text.substring(i, Math.min(text.length(), i + LONGEST_ENTITY));
            int length = ahead.startsWith("&") ? ahead.indexOf(';') : -1;
            String character = length < 0 ? "" : entity(ahead.substring(1, length));
            if (character.isEmpty()) {
                resolved.append(text.charAt(i++));
            } else {
                resolved.append(character);
                i += length + 1;
            }
        }
        return resolved.toString();
    }

    private static String entity(String name) {
        if (!name.startsWith("#")) {
            return ENTITIES.getOrDefault(name, "");
        }
        boolean hex = name.startsWith("#x") || name.startsWith("#X");
        String digits = name.substring(hex ? 2 : 1);
        boolean valid =
                !digits.isEmpty() && digits.chars().allMatch(c -> c < 0x80 && Character.digit(c, hex ? 16 : 10) >= 0);
        if (!valid || digits.length() > 7) {
            return "";
        }
        int character = Integer.parseInt(digits, hex ? 16 : 10);
        return Character.isValidCodePoint(character) && character > 0 ? Character.toString(character) : "\ufffd";
    }
}
