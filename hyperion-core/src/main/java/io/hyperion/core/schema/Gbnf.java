package io.hyperion.core.schema;

import java.util.List;
import java.util.stream.Collectors;

/** Parts of GBNF as text. */
final class Gbnf {
    /** An upper bound that is none. */
    static final int UNBOUNDED = Integer.MAX_VALUE;

    private Gbnf() {}

    /** {@return a literal} */
    static String literal(String text) {
        StringBuilder literal = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                literal.append('\\').appendCodePoint(c);
            } else {
                literal.append(character(c));
            }
        });
        return literal.append('"').toString();
    }

    /** {@return a class of the characters from each first to each last} */
    static String characters(CharacterSet set) {
        StringBuilder text = new StringBuilder("[");
        set.forEachRange((first, last) -> {
            text.append(inBrackets(first));
            if (last > first) {
                text.append(last > first + 1 ? "-" : "").append(inBrackets(last));
            }
        });
        return text.append(']').toString();
    }

    /** {@return a part so many times; empty if that is never} */
    static String repeat(String part, int min, int max) {
        if (max == 0) {
            return "\"\"";
        }
        if (min == 1 && max == 1) {
            return part;
        }
        if (min == 0 && max == 1) {
            return part + "?";
        }
        if (max == UNBOUNDED) {
            return part + (min == 0 ? "*" : min == 1 ? "+" : "{" + min + ",}");
        }
        return part + "{" + (min == max ? min : min + "," + max) + "}";
    }

    /** {@return one of several parts, in parentheses if there are several} */
    static String oneOf(List<String> parts) {
        List<String> distinct = parts.stream().distinct().toList();
        return distinct.size() == 1 ? distinct.get(0) : distinct.stream().collect(Collectors.joining(" | ", "(", ")"));
    }

    private static String inBrackets(int c) {
        return c == '[' || c == ']' || c == '\\' || c == '-' ? "\\" + (char) c : c == '^' ? "\\x5E" : character(c);
    }

    private static String character(int c) {
        if (c < ' ' || c == 0x7F) {
            return String.format("\\x%02X", c);
        }
        boolean visible = Character.isLetterOrDigit(c) || c <= 0x7E;
        return visible ? Character.toString(c) : String.format(c <= 0xFFFF ? "\\u%04X" : "\\U%08X", c);
    }
}
