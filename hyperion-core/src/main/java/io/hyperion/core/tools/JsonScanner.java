package io.hyperion.core.tools;

import java.util.regex.Pattern;

/** Follows one value of JSON (RFC 8259) character by character: where it ends, and what a text says. For use by one thread. */
final class JsonScanner {
    /** What a character is to the value. */
    enum Step {
        /** It belongs to the value, which goes on. */
        INSIDE,
        /** It is the value's last one. */
        END,
        /** It is the first one behind the value, which was a number. */
        PAST,
        /** It cannot follow: this is no JSON. */
        WRONG
    }

    private enum Expected {
        VALUE,
        ITEM_OR_END,
        NAME,
        NAME_OR_END,
        COLON,
        COMMA_OR_END,
        CHARACTER,
        ESCAPE,
        HEX_DIGIT,
        NUMBER,
        WORD
    }

    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    private static final String ESCAPES = "\"\\/bfnrt";
    private static final String ESCAPED = "\"\\/\b\f\n\r\t";
    private static final char REPLACEMENT = '\uFFFD';

    /** The brackets that are open, the innermost last. */
    private final StringBuilder open = new StringBuilder();

    private final StringBuilder word = new StringBuilder();
    private final StringBuilder decoded = new StringBuilder();
    private Expected expected = Expected.VALUE;
    /** Whether the text that is being read is the name of a property. */
    private boolean inName;

    private int hexDigits;
    private int codeUnit;

    /**
     * Takes the next character. White space before the value belongs to it.
     *
     * @param c the character
     * @return what it is
     */
    Step take(char c) {
        switch (expected) {
            case CHARACTER:
                return character(c);
            case ESCAPE:
                return escape(c);
            case HEX_DIGIT:
                return hexDigit(c);
            case NUMBER:
                return number(c);
            case WORD:
                return word(c);
            default:
                return isSpace(c) ? Step.INSIDE : structure(c);
        }
    }

    /** {@return what the value says, as far as it was read, if it is a text; text already drained is left out} */
    String drain() {
        int ready = decoded.length();
        if (ready > 0 && expected != Expected.COMMA_OR_END && Character.isHighSurrogate(decoded.charAt(ready - 1))) {
            ready--;
        }
        String text = decoded.substring(0, ready);
        decoded.delete(0, ready);
        return text;
    }

    static boolean isSpace(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    private Step structure(char c) {
        switch (expected) {
            case NAME, NAME_OR_END:
                if (c == '"') {
                    inName = true;
                    expected = Expected.CHARACTER;
                    return Step.INSIDE;
                }
                return c == '}' && expected == Expected.NAME_OR_END ? close(c) : Step.WRONG;
            case COLON:
                expected = Expected.VALUE;
                return c == ':' ? Step.INSIDE : Step.WRONG;
            case COMMA_OR_END:
                if (c == ',') {
                    expected = innermost() == '{' ? Expected.NAME : Expected.VALUE;
                    return Step.INSIDE;
                }
                return close(c);
            case ITEM_OR_END:
                return c == ']' ? close(c) : value(c);
            default:
                return value(c);
        }
    }

    private Step value(char c) {
        if (c == '{' || c == '[') {
            open.append(c);
            expected = c == '{' ? Expected.NAME_OR_END : Expected.ITEM_OR_END;
        } else if (c == '"') {
            inName = false;
            expected = Expected.CHARACTER;
        } else if (c == '-' || isDigit(c)) {
            word.append(c);
            expected = Expected.NUMBER;
        } else if (c == 't' || c == 'f' || c == 'n') {
            word.append(c);
            expected = Expected.WORD;
        } else {
            return Step.WRONG;
        }
        return Step.INSIDE;
    }

    private Step close(char c) {
        if (open.isEmpty() || c != (innermost() == '{' ? '}' : ']')) {
            return Step.WRONG;
        }
        open.setLength(open.length() - 1);
        return ended();
    }

    private char innermost() {
        return open.charAt(open.length() - 1);
    }

    private Step ended() {
        expected = Expected.COMMA_OR_END;
        return open.isEmpty() ? Step.END : Step.INSIDE;
    }

    private Step number(char c) {
        if (isDigit(c) || ".eE+-".indexOf(c) >= 0) {
            word.append(c);
            return Step.INSIDE;
        }
        if (!NUMBER.matcher(word).matches()) {
            return Step.WRONG;
        }
        word.setLength(0);
        return ended() == Step.END ? Step.PAST : take(c);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private Step word(char c) {
        word.append(c);
        String whole = word.charAt(0) == 't' ? "true" : word.charAt(0) == 'f' ? "false" : "null";
        if (!whole.startsWith(word.toString())) {
            return Step.WRONG;
        }
        if (word.length() < whole.length()) {
            return Step.INSIDE;
        }
        word.setLength(0);
        return ended();
    }

    private Step character(char c) {
        if (c == '"') {
            if (inName) {
                expected = Expected.COLON;
                return Step.INSIDE;
            }
            completeSurrogates();
            return ended();
        }
        if (c < ' ') {
            return Step.WRONG;
        }
        if (c == '\\') {
            expected = Expected.ESCAPE;
        } else {
            decode(c);
        }
        return Step.INSIDE;
    }

    private Step escape(char c) {
        int index = ESCAPES.indexOf(c);
        if (c == 'u') {
            hexDigits = 0;
            codeUnit = 0;
            expected = Expected.HEX_DIGIT;
            return Step.INSIDE;
        }
        if (index < 0) {
            return Step.WRONG;
        }
        decode(ESCAPED.charAt(index));
        expected = Expected.CHARACTER;
        return Step.INSIDE;
    }

    private Step hexDigit(char c) {
        int digit = c < 0x80 ? Character.digit(c, 16) : -1;
        if (digit < 0) {
            return Step.WRONG;
        }
        codeUnit = codeUnit * 16 + digit;
        if (++hexDigits == 4) {
            decode((char) codeUnit);
            expected = Expected.CHARACTER;
        }
        return Step.INSIDE;
    }

    /** Half characters and NUL, which escapes can say, are no text that can be given on. */
    private void decode(char c) {
        if (!open.isEmpty()) {
            return;
        }
        boolean pair = Character.isLowSurrogate(c) && endsInHighSurrogate();
        if (!pair) {
            completeSurrogates();
        }
        decoded.append(c == 0 || Character.isLowSurrogate(c) && !pair ? REPLACEMENT : c);
    }

    private void completeSurrogates() {
        if (endsInHighSurrogate()) {
            decoded.setCharAt(decoded.length() - 1, REPLACEMENT);
        }
    }

    private boolean endsInHighSurrogate() {
        return !decoded.isEmpty() && Character.isHighSurrogate(decoded.charAt(decoded.length() - 1));
    }
}
