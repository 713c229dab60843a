package io.hyperion.core.grammar;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.InvalidRequestException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Reads GBNF. Its recursion is as deep as the parentheses are nested, which is bounded. */
final class GrammarParser {
    private static final String PARAMETER = "grammar";
    private static final String ROOT = "root";
    /** What is read at the end of the text. */
    private static final int NOTHING = -1;

    private final int[] text;
    private final NetworkBuilder network = new NetworkBuilder();
    private int at;
    /** The name of the rule that is being read; empty between rules. */
    private String rule = "";

    /** A rule's name where it is used. */
    private record Reference(String rule, String used, int position) {}

    private final List<Reference> references = new ArrayList<>();

    /** A group in any order. */
    private record Group(String rule, Fragment fragment, int position) {}

    private final List<Group> groups = new ArrayList<>();

    /** How often a part may be repeated. */
    private record Bounds(int min, int max) {}

    GrammarParser(String gbnf) {
        if (gbnf.length() > Grammar.MAX_LENGTH) {
            throw invalid(
                    "'grammar' must have at most " + Grammar.MAX_LENGTH + " characters, but has " + gbnf.length());
        }
        text = gbnf.codePoints().toArray();
    }

    Grammar parse() {
        skipSpace(true);
        for (int defined = 0; at < text.length; defined++) {
            if (defined == Grammar.MAX_RULES) {
                throw wrong(at, "there are more than " + Grammar.MAX_RULES + " rules");
            }
            rule();
        }
        for (Reference reference : references) {
            if (!network.rule(reference.used).isDefined()) {
                rule = reference.rule;
                throw wrong(reference.position, "there is no rule '" + Excerpts.of(reference.used) + "'");
            }
        }
        Rule root = network.rule(ROOT);
        if (!root.isDefined()) {
            throw invalid("'grammar' has no rule 'root', which every text begins with");
        }
        network.straighten();
        LeftRecursion.find(network.rules()).ifPresent(this::refuse);
        checkMembers();
        return new Grammar(root, network.rules().size(), network.byteClasses());
    }

    private void checkMembers() {
        for (Group group : groups) {
            if (NetworkBuilder.hasEmptyMember(group.fragment)) {
                rule = group.rule;
                throw wrong(group.position, "a part of '&(' must not be empty: write 'part?' instead of '(part?)'");
            }
        }
    }

    private void refuse(LeftRecursion.Cycle cycle) {
        rule = cycle.path().get(0).name();
        String way = cycle.path().stream().map(Rule::name).collect(Collectors.joining(" → "));
        throw wrong(cycle.position(), "a rule must not begin with itself: " + Excerpts.of(way));
    }

    private void rule() {
        int start = at;
        if (!isNameCharacter(current())) {
            throw wrong(
                    start,
                    current() == '|'
                            ? "an alternative on a new line needs its '|' at the end of the line before, or parentheses around"
                            : "a rule begins with its name, of letters, digits and '-', but here is " + shown());
        }
        String name = name();
        skipSpace(false);
        rule = name;
        if (!lookingAt("::=")) {
            throw wrong(at, "'::=' must follow the rule's name, but here is " + shown());
        }
        at += 3;
        skipSpace(true);
        Fragment body = alternatives(0);
        if (at < text.length && current() != '\n' && current() != '\r') {
            throw wrong(at, current() == ')' ? "this ')' has no '('" : "a rule cannot go on with " + shown());
        }
        network.define(name, body);
        rule = "";
        skipSpace(true);
    }

    private Fragment alternatives(int depth) {
        List<Fragment> alternatives = new ArrayList<>();
        alternatives.add(sequence(depth));
        while (current() == '|') {
            at++;
            skipSpace(true);
            alternatives.add(sequence(depth));
        }
        return network.alternatives(alternatives);
    }

    private Fragment sequence(int depth) {
        Fragment sequence = network.empty();
        while (beginsItem(current())) {
            int start = at;
            Fragment item = item(depth);
            skipSpace(depth > 0);
            while (isRepetition(current())) {
                item = repetition(item, depth);
                skipSpace(depth > 0);
            }
            sequence = network.sequence(sequence, item);
            if (network.size() > Grammar.MAX_NODES) {
                throw wrong(
                        start,
                        "the grammar is too large: up to this part its rules have more than " + Grammar.MAX_NODES
                                + " nodes, of which each byte of a literal is one");
            }
        }
        if (isRepetition(current())) {
            throw wrong(at, "there is nothing before " + shown() + " to repeat");
        }
        return sequence;
    }

    private static boolean beginsItem(int c) {
        return c == '"' || c == '[' || c == '(' || c == '.' || c == '&' || isNameCharacter(c);
    }

    private Fragment item(int depth) {
        int start = at;
        switch (current()) {
            case '"':
                at++;
                return network.literal(literal(start));
            case '[':
                at++;
                return network.characters(characters(start));
            case '.':
                at++;
                return network.characters(CodePoints.notOf(List.of()));
            case '(':
                at++;
                return group(start, depth + 1);
            case '&':
                at++;
                return anyOrder(start, depth + 1);
            default:
                String name = name();
                references.add(new Reference(rule, name, start));
                return network.reference(name, start);
        }
    }

    private Fragment group(int start, int depth) {
        if (depth > Grammar.MAX_NESTING) {
            throw wrong(start, "parentheses are nested more than " + Grammar.MAX_NESTING + " deep");
        }
        skipSpace(true);
        Fragment group = alternatives(depth);
        if (at == text.length) {
            throw wrong(start, "this '(' has no ')'");
        }
        if (current() != ')') {
            throw wrong(at, "what is in parentheses cannot go on with " + shown());
        }
        at++;
        return group;
    }

    private Fragment anyOrder(int start, int depth) {
        if (depth > Grammar.MAX_NESTING) {
            throw wrong(start, "parentheses are nested more than " + Grammar.MAX_NESTING + " deep");
        }
        Bounds bounds = new Bounds(0, Node.Repeat.UNBOUNDED);
        if (current() == '{') {
            at++;
            bounds = bounds(at - 1, true);
        }
        if (current() != '(') {
            throw wrong(at, "a group in any order is '&(separator : a & b? & c*)', but here is " + shown());
        }
        at++;
        skipSpace(true);
        Fragment separator = alternatives(depth);
        if (current() != ':') {
            throw wrong(at, "':' must follow the separator of '&(', but here is " + shown());
        }
        List<NetworkBuilder.Part> members = new ArrayList<>();
        do {
            at++;
            skipSpace(true);
            if (members.size() == Grammar.MAX_MEMBERS) {
                throw wrong(at, "a group in any order has at most " + Grammar.MAX_MEMBERS + " parts");
            }
            members.add(member(depth));
        } while (current() == '&');
        if (current() != ')') {
            throw wrong(at, "'&' or ')' must follow a part of '&(', but here is " + shown());
        }
        at++;
        long required = count(members, Node.Times.ONCE);
        if (bounds.max < required) {
            throw wrong(start, "at most " + bounds.max + " parts may come, but " + required + " must");
        }
        if (bounds.min > members.size() && count(members, Node.Times.ANY_NUMBER) == 0) {
            throw wrong(start, "at least " + bounds.min + " parts must come, but there are only " + members.size());
        }
        Fragment group = network.anyOrder(separator, members, bounds.min, bounds.max, rule, start);
        groups.add(new Group(rule, group, start));
        return group;
    }

    private static long count(List<NetworkBuilder.Part> members, Node.Times times) {
        return members.stream().filter(member -> member.times() == times).count();
    }

    private NetworkBuilder.Part member(int depth) {
        if (!beginsItem(current())) {
            throw wrong(at, "a part of '&(' is one name, literal, class or group, but here is " + shown());
        }
        Fragment body = item(depth);
        skipSpace(true);
        Node.Times times = Node.Times.ONCE;
        if (current() == '?' || current() == '*') {
            times = current() == '?' ? Node.Times.AT_MOST_ONCE : Node.Times.ANY_NUMBER;
            at++;
            skipSpace(true);
        }
        return new NetworkBuilder.Part(body, times);
    }

    private byte[] literal(int start) {
        StringBuilder characters = new StringBuilder();
        while (current() != '"') {
            int from = at;
            int c = character(start, "this literal has no closing '\"'");
            if (isSurrogate(c)) {
                throw wrong(
                        from,
                        "a surrogate is half a character: write the whole one, or \\U and its 8 hexadecimal digits");
            }
            characters.appendCodePoint(c);
        }
        at++;
        return characters.toString().getBytes(StandardCharsets.UTF_8);
    }

    private List<CodePoints.Range> characters(int start) {
        String unclosed = "this '[' has no ']'";
        boolean negated = current() == '^';
        if (negated) {
            at++;
        }
        List<CodePoints.Range> ranges = new ArrayList<>();
        while (current() != ']') {
            int from = at;
            int first = character(start, unclosed);
            int last = first;
            if (current() == '-' && at + 1 < text.length && text[at + 1] != ']') {
                at++;
                last = character(start, unclosed);
            }
            if (last < first) {
                throw wrong(from, "this range ends before it begins");
            }
            ranges.add(new CodePoints.Range(first, last));
        }
        at++;
        List<CodePoints.Range> characters = negated ? CodePoints.notOf(ranges) : CodePoints.of(ranges);
        if (ranges.isEmpty() || characters.isEmpty()) {
            throw wrong(start, "no character is in these brackets");
        }
        return characters;
    }

    /** Reads a character of a literal or of a class, which may be escaped. */
    private int character(int start, String unclosed) {
        if (at == text.length) {
            throw wrong(start, unclosed);
        }
        int c = text[at++];
        if (c == 0) {
            throw wrong(at - 1, "a NUL character must be written as \\x00");
        }
        return c == '\\' ? escaped(start, unclosed) : c;
    }

    private int escaped(int start, String unclosed) {
        if (at == text.length) {
            throw wrong(start, unclosed);
        }
        int backslash = at - 1;
        int c = text[at++];
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case '\\', '"', '[', ']', '-' -> c;
            case 'x' -> hexadecimal(backslash, 2);
            case 'u' -> hexadecimal(backslash, 4);
            case 'U' -> hexadecimal(backslash, 8);
            default ->
                throw wrong(
                        backslash,
                        "a backslash cannot stand before " + shown(c)
                                + ": the escapes are \\n \\r \\t \\\\ \\\" \\[ \\] \\- \\xNN \\uNNNN \\UNNNNNNNN");
        };
    }

    private int hexadecimal(int backslash, int digits) {
        long value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = current() < 0x80 ? Character.digit(current(), 16) : -1;
            if (digit < 0) {
                throw wrong(
                        backslash,
                        "\\" + (char) text[backslash + 1] + " needs " + digits + " hexadecimal digits after it");
            }
            value = value * 16 + digit;
            at++;
        }
        if (value > Character.MAX_CODE_POINT) {
            throw wrong(backslash, "there is no character beyond \\U0010FFFF");
        }
        return (int) value;
    }

    private Fragment repetition(Fragment body, int depth) {
        int start = at;
        int sign = text[at++];
        return switch (sign) {
            case '*' -> network.repetition(body, 0, Node.Repeat.UNBOUNDED, rule);
            case '+' -> network.repetition(body, 1, Node.Repeat.UNBOUNDED, rule);
            case '?' -> network.repetition(body, 0, 1, rule);
            default -> counted(body, start, depth > 0);
        };
    }

    private Fragment counted(Fragment body, int start, boolean newlines) {
        Bounds bounds = bounds(start, newlines);
        return network.repetition(body, bounds.min, bounds.max, rule);
    }

    private Bounds bounds(int start, boolean newlines) {
        skipSpace(newlines);
        if (!isDigit(current())) {
            throw wrong(at, "a number must follow '{', but here is " + shown());
        }
        int min = number();
        int max = min;
        skipSpace(newlines);
        if (current() == ',') {
            at++;
            skipSpace(newlines);
            max = isDigit(current()) ? number() : Node.Repeat.UNBOUNDED;
            skipSpace(newlines);
        }
        if (current() != '}') {
            throw wrong(at, "a repetition is {n}, {n,} or {n,m}, but here is " + shown());
        }
        at++;
        if (max < min) {
            throw wrong(start, "the most repetitions, " + max + ", are fewer than the least, " + min);
        }
        return new Bounds(min, max);
    }

    private int number() {
        int start = at;
        int value = 0;
        while (isDigit(current())) {
            value = value * 10 + (text[at++] - '0');
            if (value > Grammar.MAX_REPETITIONS) {
                throw wrong(start, "a part can be repeated at most " + Grammar.MAX_REPETITIONS + " times");
            }
        }
        return value;
    }

    private String name() {
        int start = at;
        while (isNameCharacter(current())) {
            at++;
        }
        return new String(text, start, at - start);
    }

    private void skipSpace(boolean newlines) {
        while (true) {
            int c = current();
            if (c == '#') {
                while (at < text.length && current() != '\n' && current() != '\r') {
                    at++;
                }
            } else if (c == ' ' || c == '\t' || (newlines && (c == '\n' || c == '\r'))) {
                at++;
            } else {
                return;
            }
        }
    }

    private int current() {
        return at < text.length ? text[at] : NOTHING;
    }

    private boolean lookingAt(String expected) {
        return new String(text, at, Math.min(expected.length(), text.length - at)).equals(expected);
    }

    private static boolean isNameCharacter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c) || c == '-';
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isRepetition(int c) {
        return c == '*' || c == '+' || c == '?' || c == '{';
    }

    private static boolean isSurrogate(int c) {
        return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    }

    private String shown() {
        return shown(current());
    }

    private static String shown(int c) {
        return switch (c) {
            case NOTHING -> "the end of the grammar";
            case '\n', '\r' -> "the end of the line";
            default ->
                Character.isISOControl(c) || isSurrogate(c)
                        ? String.format("U+%04X", c)
                        : "'" + Character.toString(c) + "'";
        };
    }

    private InvalidRequestException wrong(int position, String what) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < position; i++) {
            boolean partOfPair = text[i] == '\r' && i + 1 < text.length && text[i + 1] == '\n';
            if ((text[i] == '\n' || text[i] == '\r') && !partOfPair) {
                line++;
                lineStart = i + 1;
            }
        }
        String where = "'grammar' is wrong at line " + line + ", column " + (position - lineStart + 1);
        return invalid(where + (rule.isEmpty() ? "" : ", in the rule '" + Excerpts.of(rule) + "'") + ": " + what);
    }

    private static InvalidRequestException invalid(String message) {
        return new InvalidRequestException(ErrorCode.INVALID_GRAMMAR, PARAMETER, message);
    }
}
