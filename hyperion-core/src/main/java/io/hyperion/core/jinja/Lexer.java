package io.hyperion.core.jinja;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/** Cuts a template into tokens, with the rules for white space of {@code trim_blocks} and {@code lstrip_blocks}. */
final class Lexer {
    private static final String WHERE_TAGS_BEGIN = "{%#";
    private static final Set<String> LONG_OPERATORS = Set.of("//", "**", "==", "!=", ">=", "<=");
    private static final String OPERATORS = "+-/*%~[](){}><=.:|,;";

    private final String source;
    private final JinjaLimits limits;
    private final List<Token> tokens = new ArrayList<>();
    private final Deque<Character> brackets = new ArrayDeque<>();
    private int at;
    /** Whether the last thing read ended a line. */
    private boolean lineStarting = true;

    Lexer(String source, JinjaLimits limits) {
        this.source = source;
        this.limits = limits;
    }

    /** Line ends become {@code \n}, and one at the very end is left out. */
    static String normalise(String source) {
        String text =
                source.indexOf('\r') < 0 ? source : source.replace("\r\n", "\n").replace('\r', '\n');
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    List<Token> tokens() {
        while (at < source.length()) {
            int tag = nextTag(at);
            if (tag < 0) {
                data(source.substring(at), at);
                at = source.length();
            } else {
                tag(tag);
            }
        }
        tokens.add(new Token(Token.Type.END, "", "", source.length()));
        return tokens;
    }

    private int nextTag(int from) {
        int i = source.indexOf('{', from);
        while (i >= 0 && (i + 1 == source.length() || WHERE_TAGS_BEGIN.indexOf(source.charAt(i + 1)) < 0)) {
            i = source.indexOf('{', i + 1);
        }
        return i;
    }

    private void tag(int start) {
        char kind = source.charAt(start + 1);
        char sign = sign(start + 2);
        int inside = start + (sign == 0 ? 2 : 3);
        data(beforeTag(source.substring(at, start), sign, kind == '{'), at);
        at = inside;
        lineStarting = false;
        if (kind == '#') {
            comment(start);
        } else if (kind == '{') {
            add(Token.Type.VARIABLE_BEGIN, start);
            inTag(Token.Type.VARIABLE_END, "}}");
        } else {
            int afterRaw = afterRaw(inside);
            if (afterRaw < 0) {
                add(Token.Type.BLOCK_BEGIN, start);
                inTag(Token.Type.BLOCK_END, "%}");
            } else {
                moveTo(afterRaw);
                raw(start);
            }
        }
    }

    private char sign(int index) {
        char c = index < source.length() ? source.charAt(index) : 0;
        return c == '-' || c == '+' ? c : 0;
    }

    private String beforeTag(String text, char sign, boolean variable) {
        if (sign == '-') {
            return Texts.stripRight(text);
        }
        if (sign == '+' || variable) {
            return text;
        }
        int line = text.lastIndexOf('\n') + 1;
        boolean blank = line > 0 || lineStarting;
        for (int i = line; blank && i < text.length(); i++) {
            blank = Texts.isSpace(text.charAt(i));
        }
        return blank ? text.substring(0, line) : text;
    }

    private void data(String text, int position) {
        if (!text.isEmpty()) {
            tokens.add(new Token(Token.Type.DATA, text, text, position));
        }
    }

    private void add(Token.Type type, int position) {
        tokens.add(new Token(type, "", "", position));
    }

    private void moveTo(int index) {
        lineStarting = source.charAt(index - 1) == '\n';
        at = index;
    }

    private int skipSpace(int index) {
        int i = index;
        while (i < source.length() && Texts.isSpace(source.charAt(i))) {
            i++;
        }
        return i;
    }

    /** Where it goes on after the end of a tag: {@code -} takes all white space, and without a sign one line end is taken. */
    private int afterEnd(int end, char sign, boolean trim) {
        int after = end + 2;
        if (sign == '-') {
            return skipSpace(after);
        }
        return sign == 0 && trim && source.startsWith("\n", after) ? after + 1 : after;
    }

    private void comment(int start) {
        if (at == source.length()) {
            return;
        }
        int end = source.indexOf("#}", at);
        if (end < 0) {
            throw Fault.syntax(start, "Missing end of comment tag");
        }
        char sign = end > at ? sign(end - 1) : 0;
        moveTo(afterEnd(end, sign, true));
    }

    /** Where it goes on if this is the tag {@code raw}, else -1. */
    private int afterRaw(int inside) {
        int i = skipSpace(inside);
        if (!source.startsWith("raw", i)) {
            return -1;
        }
        i = skipSpace(i + 3);
        if (source.startsWith("-%}", i)) {
            return skipSpace(i + 3);
        }
        return source.startsWith("%}", i) ? i + 2 : -1;
    }

    private void raw(int start) {
        int begin = at;
        if (begin == source.length()) {
            return;
        }
        for (int tag = source.indexOf("{%", begin); tag >= 0; tag = source.indexOf("{%", tag + 1)) {
            char sign = sign(tag + 2);
            int i = skipSpace(tag + (sign == 0 ? 2 : 3));
            if (source.startsWith("endraw", i)) {
                i = skipSpace(i + 6);
                char endSign = sign(i);
                int end = endSign == 0 ? i : i + 1;
                if (source.startsWith("%}", end)) {
                    data(beforeTag(source.substring(begin, tag), sign, false), begin);
                    moveTo(afterEnd(end, endSign, true));
                    return;
                }
            }
        }
        throw Fault.syntax(start, "Missing end of raw directive");
    }

    private void inTag(Token.Type endType, String end) {
        while (at < source.length()) {
            if (brackets.isEmpty()) {
                char sign = sign(at);
                int close = sign == 0 ? at : at + 1;
                boolean block = endType == Token.Type.BLOCK_END;
                if (source.startsWith(end, close) && (sign != '+' || block)) {
                    add(endType, at);
                    moveTo(afterEnd(close, sign, block));
                    return;
                }
            }
            char c = source.charAt(at);
            if (Texts.isSpace(c)) {
                at = skipSpace(at);
            } else if (c >= '0' && c <= '9') {
                number();
            } else if (isWord(source.codePointAt(at))) {
                name();
            } else if (c == '\'' || c == '"') {
                string(c);
            } else {
                operator(c);
            }
        }
    }

    private static boolean isWord(int c) {
        return c == '_' || Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c);
    }

    private void name() {
        int start = at;
        while (at < source.length() && isWord(source.codePointAt(at))) {
            at += Character.charCount(source.codePointAt(at));
        }
        int first = source.codePointAt(start);
        if (first != '_' && !Character.isUnicodeIdentifierStart(first)) {
            throw Fault.syntax(start, "Invalid character in identifier");
        }
        String name = source.substring(start, at);
        tokens.add(new Token(Token.Type.NAME, name, name, start));
    }

    private void number() {
        int start = at;
        if (start == 0 || source.charAt(start - 1) != '.') {
            int end = floatEnd(start);
            if (end > 0) {
                String text = source.substring(start, end);
                tokens.add(new Token(Token.Type.FLOAT, text, Double.valueOf(text.replace("_", "")), start));
                at = end;
                return;
            }
        }
        int radix = 10;
        int end = start;
        if (source.charAt(start) == '0') {
            radix = radixOf(start + 1);
            int digits = radix == 10 ? start : digits(start + 2, radix, true);
            if (digits > start + 2) {
                end = digits;
            } else {
                radix = 10;
                end = zeros(start);
            }
        } else {
            end = digits(start, 10, false);
        }
        String text = source.substring(radix == 10 ? start : start + 2, end).replace("_", "");
        if (text.length() > Numbers.MAX_DIGITS) {
            throw Fault.syntax(start, "Numbers have at most " + Numbers.MAX_DIGITS + " digits");
        }
        Object value = Numbers.integer(new BigInteger(text, radix));
        tokens.add(new Token(Token.Type.INTEGER, source.substring(start, end), value, start));
        at = end;
    }

    private int radixOf(int index) {
        char c = index < source.length() ? Character.toLowerCase(source.charAt(index)) : 0;
        return c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 10;
    }

    private int zeros(int start) {
        int i = start + 1;
        while (i < source.length() && (source.charAt(i) == '0' || source.startsWith("_0", i))) {
            i += source.charAt(i) == '0' ? 1 : 2;
        }
        return i;
    }

    /** The end of digits, of which single ones may be set off by an underscore. */
    private int digits(int start, int radix, boolean underscoreFirst) {
        int i = start;
        while (i < source.length()) {
            boolean underscore = source.charAt(i) == '_' && (i > start || underscoreFirst);
            int digit = underscore ? i + 1 : i;
            if (digit >= source.length()
                    || source.charAt(digit) > 'f'
                    || Character.digit(source.charAt(digit), radix) < 0) {
                break;
            }
            i = digit + 1;
        }
        return i;
    }

    private int floatEnd(int start) {
        int whole = digits(start, 10, false);
        int end = whole;
        if (source.startsWith(".", whole)) {
            int fraction = digits(whole + 1, 10, false);
            end = fraction > whole + 1 ? fraction : whole;
        }
        if (end < source.length() && (source.charAt(end) == 'e' || source.charAt(end) == 'E')) {
            int sign = sign(end + 1) == 0 ? end + 1 : end + 2;
            int exponent = digits(sign, 10, false);
            end = exponent > sign ? exponent : end;
        }
        return end > whole ? end : -1;
    }

    private void string(char quote) {
        int start = at;
        int i = start + 1;
        boolean escaped = false;
        while (i < source.length() && source.charAt(i) != quote) {
            if (source.charAt(i) == '\\') {
                escaped = true;
                i++;
            }
            i++;
        }
        if (i >= source.length()) {
            throw Fault.syntax(start, "This string has no end");
        }
        String inner = source.substring(start + 1, i);
        String text = escaped ? Escapes.resolve(inner, start) : inner;
        tokens.add(new Token(Token.Type.STRING, text, text, start));
        at = i + 1;
    }

    private void operator(char c) {
        int start = at;
        String two = source.substring(at, Math.min(source.length(), at + 2));
        String operator = LONG_OPERATORS.contains(two) ? two : String.valueOf(c);
        if (OPERATORS.indexOf(c) < 0 && operator.length() == 1) {
            throw Fault.syntax(
                    start, "unexpected char " + Texts.repr(new String(Character.toChars(source.codePointAt(at)))));
        }
        switch (c) {
            case '(' -> open(')');
            case '[' -> open(']');
            case '{' -> open('}');
            case ')', ']', '}' -> close(c);
            default -> {}
        }
        tokens.add(new Token(Token.Type.OPERATOR, operator, operator, start));
        at += operator.length();
    }

    private void open(char closing) {
        brackets.push(closing);
        if (brackets.size() > limits.nesting()) {
            throw Fault.limitAt(at, "expressions may be nested " + limits.nesting() + " deep at most");
        }
    }

    private void close(char c) {
        if (brackets.isEmpty()) {
            throw Fault.syntax(at, "unexpected '" + c + "'");
        }
        char expected = brackets.pop();
        if (expected != c) {
            throw Fault.syntax(at, "unexpected '" + c + "', expected '" + expected + "'");
        }
    }
}
