package io.hyperion.core.jinja;

/**
 * Finds a text in others in time proportional to their lengths, whatever they are: {@link String#indexOf(String)} takes the product of both
 * for texts such as a hundred thousand times the same letter. Algorithm: Knuth, Morris and Pratt.
 */
final class Finder {
    /** Up to this length the product is small. */
    private static final int SHORT = 32;

    private final String needle;
    /** For each length of a matched beginning: how long its longest proper end is that is a beginning too. */
    private final int[] borders;

    Finder(String needle) {
        this.needle = needle;
        borders = needle.length() <= SHORT ? new int[0] : borders(needle);
    }

    private static int[] borders(String needle) {
        int[] borders = new int[needle.length()];
        int matched = 0;
        for (int i = 1; i < needle.length(); i++) {
            while (matched > 0 && needle.charAt(i) != needle.charAt(matched)) {
                matched = borders[matched - 1];
            }
            if (needle.charAt(i) == needle.charAt(matched)) {
                matched++;
            }
            borders[i] = matched;
        }
        return borders;
    }

    /** {@return where it is next at or after an index, or -1} */
    int next(String text, int from) {
        if (borders.length == 0) {
            return text.indexOf(needle, from);
        }
        int matched = 0;
        for (int i = from; i < text.length(); i++) {
            while (matched > 0 && text.charAt(i) != needle.charAt(matched)) {
                matched = borders[matched - 1];
            }
            if (text.charAt(i) == needle.charAt(matched)) {
                matched++;
            }
            if (matched == needle.length()) {
                return i + 1 - matched;
            }
        }
        return -1;
    }

    /** {@return where it is last in a text, or -1} */
    static int last(String text, String needle) {
        if (needle.length() <= SHORT) {
            return text.lastIndexOf(needle);
        }
        // Plain reversal of the characters, not of the code points: both are reversed alike.
        int found = new Finder(reverse(needle)).next(reverse(text), 0);
        return found < 0 ? -1 : text.length() - found - needle.length();
    }

    private static String reverse(String text) {
        char[] reversed = new char[text.length()];
        for (int i = 0; i < reversed.length; i++) {
            reversed[i] = text.charAt(reversed.length - 1 - i);
        }
        return new String(reversed);
    }
}
