package io.hyperion.core.schema;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads regular expressions of ECMA-262, as JSON Schema has them. Reluctant quantifiers are read like greedy ones, for the texts are the
 * same. Groups only group. Its recursion is as deep as the parentheses are nested, which is bounded.
 */
final class RegexParser {
    static final int MAX_LENGTH = 10_000;
    static final int MAX_NESTING = 50;
    static final int MAX_REPETITIONS = 100_000;

    private static final CharacterSet DIGITS = CharacterSet.of('0', '9');
    private static final CharacterSet WORD =
            DIGITS.or(CharacterSet.of('A', 'Z')).or(CharacterSet.of('a', 'z')).or(CharacterSet.of("_"));
    /** What every regular expression engine takes for white space: those of Java know only these. */
    private static final CharacterSet SPACE = CharacterSet.of("\t\n\u000B\f\r ");
    /** What ECMA-262 takes for white space. */
    private static final CharacterSet ALL_SPACE = SPACE.or(
                    CharacterSet.of("\u00A0\u1680\u2028\u2029\u202F\u205F\u3000\uFEFF"))
            .or(CharacterSet.of(0x2000, 0x200A));
    /** What a dot does not take, in ECMA-262 or in Java. */
    private static final CharacterSet LINE_ENDS = CharacterSet.of("\n\r\u0085\u2028\u2029");

    private final int[] text;
    private int at;

    /** What cannot be read, or cannot be said in a grammar, and where it stands in characters from 1. */
    static final class RegexException extends Exception {
        private static final long serialVersionUID = 1L;

        RegexException(String what, int position) {
            super(what + " at character " + (position + 1));
        }
    }

    private RegexParser(String pattern) {
        text = pattern.codePoints().toArray();
    }

    static Regex parse(String pattern) throws RegexException {
        if (pattern.length() > MAX_LENGTH) {
            throw new RegexException("more than " + MAX_LENGTH + " characters", MAX_LENGTH);
        }
        RegexParser parser = new RegexParser(pattern);
        Regex regex = parser.choice(0);
        if (parser.at < parser.text.length) {
            throw parser.wrong("a ')' without its '('", parser.at);
        }
        return regex;
    }

    private Regex choice(int depth) throws RegexException {
        List<Regex> parts = new ArrayList<>();
        parts.add(sequence(depth));
        while (current() == '|') {
            at++;
            parts.add(sequence(depth));
        }
        return parts.size() == 1 ? parts.get(0) : new Regex.Choice(parts);
    }

    private Regex sequence(int depth) throws RegexException {
        List<Regex> parts = new ArrayList<>();
        while (at < text.length && current() != '|' && current() != ')') {
            int start = at;
            Regex atom = atom(depth);
            Regex part = quantified(atom);
            if (part != atom && atom.hasAnchors()) {
                throw wrong("an anchor that is repeated", start);
            }
            parts.add(part);
        }
        return new Regex.Sequence(parts);
    }

    private Regex atom(int depth) throws RegexException {
        int start = at;
        int c = text[at++];
        return switch (c) {
            case '^' -> new Regex.Start();
            case '$' -> new Regex.End();
            case '.' -> new Regex.Characters(LINE_ENDS.inverse());
            case '[' -> brackets(start);
            case '(' -> group(start, depth + 1);
            case '*', '+', '?', '{' -> throw wrong("nothing to repeat before '" + (char) c + "'", start);
            case '\\' -> escape(start);
            default -> characters(CharacterSet.of(c, c), start);
        };
    }

    private Regex group(int start, int depth) throws RegexException {
        if (depth > MAX_NESTING) {
            throw wrong("parentheses that are nested more than " + MAX_NESTING + " deep", start);
        }
        if (current() == '?') {
            at++;
            int kind = next(start);
            if (kind == '<' && current() != '=' && current() != '!') {
                while (next(start) != '>') {
                    // The name is of no importance: there are no references to groups.
                }
            } else if (kind == '=' || kind == '!' || kind == '<') {
                throw wrong("lookaround, which a grammar cannot say,", start);
            } else if (kind != ':') {
                throw wrong("'(?" + Character.toString(kind) + "', which ECMA-262 does not have,", start);
            }
        }
        Regex group = choice(depth);
        if (current() != ')') {
            throw wrong("a '(' without its ')'", start);
        }
        at++;
        return group;
    }

    private Regex quantified(Regex atom) throws RegexException {
        int start = at;
        int min;
        int max = Gbnf.UNBOUNDED;
        switch (current()) {
            case '*' -> {
                at++;
                min = 0;
            }
            case '+' -> {
                at++;
                min = 1;
            }
            case '?' -> {
                at++;
                min = 0;
                max = 1;
            }
            case '{' -> {
                at++;
                min = number(start);
                max = min;
                if (current() == ',') {
                    at++;
                    max = current() == '}' ? Gbnf.UNBOUNDED : number(start);
                }
                if (current() != '}') {
                    throw wrong("a '{' without its '}'", start);
                }
                at++;
                if (max < min) {
                    throw wrong("a quantifier whose numbers are out of order", start);
                }
            }
            default -> {
                return atom;
            }
        }
        if (current() == '?') {
            at++;
        }
        return new Regex.Repeat(atom, min, max);
    }

    private int number(int start) throws RegexException {
        int from = at;
        int value = 0;
        while (current() >= '0' && current() <= '9') {
            value = value * 10 + (text[at++] - '0');
            if (value > MAX_REPETITIONS) {
                throw wrong("more than " + MAX_REPETITIONS + " repetitions", start);
            }
        }
        if (at == from) {
            throw wrong("a '{' without a number", start);
        }
        return value;
    }

    private Regex brackets(int start) throws RegexException {
        boolean negated = current() == '^';
        if (negated) {
            at++;
        }
        List<CharacterSet> sets = new ArrayList<>();
        while (true) {
            int from = at;
            int c = next(start);
            if (c == ']') {
                break;
            }
            CharacterSet first = member(c, from);
            if (current() != '-' || at + 1 >= text.length || text[at + 1] == ']') {
                sets.add(first);
                continue;
            }
            at++;
            int lastAt = at;
            CharacterSet last = member(next(start), lastAt);
            if (isOne(first) && isOne(last)) {
                int low = first.ranges().get(0).first();
                int high = last.ranges().get(0).last();
                if (high < low) {
                    throw wrong("a range that ends before it begins", from);
                }
                sets.add(CharacterSet.of(low, high));
            } else {
                sets.addAll(List.of(first, last, CharacterSet.of("-")));
            }
        }
        CharacterSet set = CharacterSet.anyOf(sets);
        return characters(negated ? set.inverse() : set, start);
    }

    private static boolean isOne(CharacterSet set) {
        return set.ranges().size() == 1
                && set.ranges().get(0).first() == set.ranges().get(0).last();
    }

    private CharacterSet member(int c, int from) throws RegexException {
        if (c != '\\') {
            return CharacterSet.of(c, c);
        }
        int escaped = next(from);
        return escaped == 'b' ? CharacterSet.of("\b") : escaped(escaped, from);
    }

    private Regex escape(int start) throws RegexException {
        int c = next(start);
        if (c == 'b' || c == 'B') {
            throw wrong("a word boundary, which a grammar cannot say,", start);
        }
        if (c >= '1' && c <= '9' || c == 'k') {
            throw wrong("a back reference, which a grammar cannot say,", start);
        }
        return characters(escaped(c, start), start);
    }

    private CharacterSet escaped(int c, int start) throws RegexException {
        return switch (c) {
            case 'd' -> DIGITS;
            case 'D' -> DIGITS.inverse();
            case 'w' -> WORD;
            case 'W' -> WORD.inverse();
            case 's' -> SPACE;
            case 'S' -> ALL_SPACE.inverse();
            case 't' -> CharacterSet.of("\t");
            case 'n' -> CharacterSet.of("\n");
            case 'r' -> CharacterSet.of("\r");
            case 'v' -> CharacterSet.of("\u000B");
            case 'f' -> CharacterSet.of("\f");
            case '0' -> CharacterSet.of("\0");
            case 'x' -> one(hexadecimal(2, start));
            case 'u' -> one(unicode(start));
            default -> {
                if (Character.isLetterOrDigit(c)) {
                    throw wrong("'\\" + Character.toString(c) + "', which is not supported,", start);
                }
                yield one(c);
            }
        };
    }

    private static CharacterSet one(int c) {
        return CharacterSet.of(c, c);
    }

    private int unicode(int start) throws RegexException {
        if (current() == '{') {
            at++;
            int value = 0;
            int digits = 0;
            for (; current() != '}'; digits++) {
                value = value * 16 + hexadecimal(1, start);
                if (value > Character.MAX_CODE_POINT) {
                    throw wrong("a character beyond U+10FFFF", start);
                }
            }
            at++;
            if (digits == 0) {
                throw wrong("'\\u' without hexadecimal digits", start);
            }
            return value;
        }
        int first = hexadecimal(4, start);
        if (Character.isHighSurrogate((char) first)
                && at + 1 < text.length
                && text[at] == '\\'
                && text[at + 1] == 'u') {
            at += 2;
            int second = hexadecimal(4, start);
            if (Character.isLowSurrogate((char) second)) {
                return Character.toCodePoint((char) first, (char) second);
            }
            throw wrong("half a surrogate pair", start);
        }
        return first;
    }

    private int hexadecimal(int digits, int start) throws RegexException {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = current() < 0x80 ? Character.digit(current(), 16) : -1;
            if (digit < 0) {
                throw wrong("an escape without its hexadecimal digits", start);
            }
            value = value * 16 + digit;
            at++;
        }
        return value;
    }

    private Regex characters(CharacterSet set, int start) throws RegexException {
        if (set.isEmpty()) {
            throw wrong("a class without characters, or half a surrogate pair,", start);
        }
        return new Regex.Characters(set);
    }

    private int next(int start) throws RegexException {
        if (at == text.length) {
            throw wrong("the end within what begins", start);
        }
        return text[at++];
    }

    private int current() {
        return at < text.length ? text[at] : -1;
    }

    private RegexException wrong(String what, int position) {
        return new RegexException(what, position);
    }
}
