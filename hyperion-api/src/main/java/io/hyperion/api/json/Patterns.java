package io.hyperion.api.json;

import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Brings Java's regular expressions, which {@code @Pattern} matches with the whole text, to those of JSON Schema, which are ECMAScript's
 * and are searched for in it. Only what means the same in both is let through.
 */
final class Patterns {
    /** Those that both know. Java's {@code \s} is a part of ECMAScript's, which only matters beyond ASCII. */
    private static final String ESCAPES = "dDwWsStnrfxu";

    private Patterns() {}

    /** {@return what of the expression JSON Schema does not know, or knows otherwise; empty if there is nothing} */
    static Optional<String> obstacle(String regexp) {
        try {
            Pattern.compile(regexp);
        } catch (PatternSyntaxException e) {
            return Optional.of("is no regular expression: " + e.getDescription());
        }
        boolean inClass = false;
        for (int i = 0; i < regexp.length(); i++) {
            String rest = regexp.substring(i);
            char c = regexp.charAt(i);
            if (c == '\\') {
                i++;
                char escaped = regexp.charAt(i);
                if (Character.isLetterOrDigit(escaped) && ESCAPES.indexOf(escaped) < 0) {
                    return Optional.of("has '\\" + escaped + "', which a schema does not know or knows otherwise");
                }
                if (rest.startsWith("\\x{")) {
                    return Optional.of("has '\\x{', which a schema does not know");
                }
            } else if (inClass) {
                if (c == '[' || rest.startsWith("&&")) {
                    return Optional.of("has a class within a class, which a schema does not know");
                }
                inClass = c != ']';
            } else if (rest.startsWith("[]") || rest.startsWith("[^]")) {
                return Optional.of("has a ']' at the begin of a class, which a schema takes for its end");
            } else if (c == '[') {
                inClass = true;
            } else if (rest.startsWith("(?") && !rest.startsWith("(?:")) {
                return Optional.of(
                        "has a group that begins with '(?', which a schema does not know or knows otherwise");
            } else if (c == '+' && i > 0 && "+*?}".indexOf(regexp.charAt(i - 1)) >= 0 && !isEscaped(regexp, i - 1)) {
                return Optional.of("has a possessive quantifier, which a schema does not know");
            }
        }
        return Optional.empty();
    }

    /** {@return the expression, so that it matches the whole text} */
    static String whole(String regexp) {
        String inner = regexp.startsWith("^") ? regexp.substring(1) : regexp;
        if (inner.endsWith("$") && !isEscaped(inner, inner.length() - 1)) {
            inner = inner.substring(0, inner.length() - 1);
        }
        return inner.contains("|") ? "^(?:" + inner + ")$" : "^" + inner + "$";
    }

    private static boolean isEscaped(String regexp, int index) {
        int backslashes = 0;
        while (index > backslashes && regexp.charAt(index - backslashes - 1) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }
}
