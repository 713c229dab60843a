package io.hyperion.core.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;

/** The methods of Python's str. */
final class StringMethods {
    static final Map<String, Builtin> BY_NAME = all();

    private StringMethods() {}

    /** What a method does with its text. */
    private interface Body {
        Object apply(Context context, String self, Object[] arguments);
    }

    private static Map<String, Builtin> all() {
        Map<String, Builtin> all = new HashMap<>();
        cases(all);
        stripping(all);
        searching(all);
        splitting(all);
        padding(all);
        kinds(all);
        define(all, "join", "/iterable", (c, s, a) -> join(c, s, a[1]));
        define(
                all,
                "replace",
                "/old /new /count?",
                (c, s, a) ->
                        replace(c, s, Methods.text(a[1]), Methods.text(a[2]), a[3] == null ? -1 : Numbers.index(a[3])));
        all.put("format", Builtin.free("format", (c, a) -> {
            List<Object> values = a.positional();
            return new FormatString(c, values.subList(1, values.size()), a.named())
                    .format(Values.rawText(values.get(0)));
        }));
        define(all, "format_map", "/mapping", (c, s, a) -> {
            Arguments arguments = new Arguments(new ArrayList<>());
            arguments.nameAll(a[1]);
            return new FormatString(c, List.of(), arguments.named()).format(s);
        });
        return Map.copyOf(all);
    }

    private static void define(Map<String, Builtin> all, String name, String parameters, Body body) {
        all.put(name, Builtin.fixed(name, ("/self " + parameters).strip(), (context, arguments) -> {
            String self = Values.rawText(arguments[0]);
            context.readCharacters(self.length());
            Object result = body.apply(context, self, arguments);
            return result instanceof String text ? context.made(text) : result;
        }));
    }

    private static void cases(Map<String, Builtin> all) {
        define(all, "upper", "", (c, s, a) -> s.toUpperCase(Locale.ROOT));
        define(all, "lower", "", (c, s, a) -> s.toLowerCase(Locale.ROOT));
        define(all, "casefold", "", (c, s, a) -> s.replace("ß", "ss")
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT));
        define(all, "capitalize", "", (c, s, a) -> capitalize(s));
        define(all, "title", "", (c, s, a) -> title(s));
        define(all, "swapcase", "", (c, s, a) -> swapCase(s));
    }

    /** The first character in title case, the rest in lower case. */
    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.offsetByCodePoints(0, 1);
        return titleCase(text.substring(0, first)) + text.substring(first).toLowerCase(Locale.ROOT);
    }

    private static String titleCase(String character) {
        String upper = character.toUpperCase(Locale.ROOT);
        if (upper.codePointCount(0, upper.length()) > 1) {
            int first = upper.offsetByCodePoints(0, 1);
            return upper.substring(0, first) + upper.substring(first).toLowerCase(Locale.ROOT);
        }
        return Character.toString(Character.toTitleCase(character.codePointAt(0)));
    }

    private static boolean isCased(int c) {
        return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    }

    private static String title(String text) {
        StringBuilder title = new StringBuilder(text.length());
        boolean inWord = false;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            String character = Character.toString(c);
            title.append(inWord ? character.toLowerCase(Locale.ROOT) : titleCase(character));
            inWord = isCased(c);
            i += Character.charCount(c);
        }
        return title.toString();
    }

    private static String swapCase(String text) {
        StringBuilder swapped = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            String character = Character.toString(c);
            swapped.append(
                    Character.isUpperCase(c)
                            ? character.toLowerCase(Locale.ROOT)
                            : Character.isLowerCase(c) ? character.toUpperCase(Locale.ROOT) : character);
        });
        return swapped.toString();
    }

    private static void stripping(Map<String, Builtin> all) {
        define(all, "strip", "/chars?", (c, s, a) -> strip(s, a[1], true, true));
        define(all, "lstrip", "/chars?", (c, s, a) -> strip(s, a[1], true, false));
        define(all, "rstrip", "/chars?", (c, s, a) -> strip(s, a[1], false, true));
        define(
                all,
                "removeprefix",
                "/prefix",
                (c, s, a) -> s.startsWith(Methods.text(a[1]))
                        ? s.substring(Methods.text(a[1]).length())
                        : s);
        define(
                all,
                "removesuffix",
                "/suffix",
                (c, s, a) -> s.endsWith(Methods.text(a[1]))
                        ? s.substring(0, s.length() - Methods.text(a[1]).length())
                        : s);
    }

    /** @param chars the characters to take away; null or None for white space */
    static String strip(String text, Object chars, boolean left, boolean right) {
        if (chars == null || chars == None.NONE) {
            String stripped = left ? Texts.stripLeft(text) : text;
            return right ? Texts.stripRight(stripped) : stripped;
        }
        java.util.Set<Integer> set = new java.util.HashSet<>();
        Methods.text(chars).codePoints().forEach(set::add);
        int start = 0;
        int end = text.length();
        while (left && start < end && set.contains(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        while (right && end > start && set.contains(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(start, end);
    }

    private static void searching(Map<String, Builtin> all) {
        define(all, "find", "/sub /start? /end?", (c, s, a) -> find(c, s, a, false));
        define(all, "rfind", "/sub /start? /end?", (c, s, a) -> find(c, s, a, true));
        define(all, "index", "/sub /start? /end?", (c, s, a) -> found(find(c, s, a, false)));
        define(all, "rindex", "/sub /start? /end?", (c, s, a) -> found(find(c, s, a, true)));
        define(all, "count", "/sub /start? /end?", (c, s, a) -> count(c, s, a));
        define(all, "startswith", "/prefix /start? /end?", (c, s, a) -> affix(c, s, a, true));
        define(all, "endswith", "/suffix /start? /end?", (c, s, a) -> affix(c, s, a, false));
    }

    private static int offset(String text, Object index, int absent) {
        if (index == null || index == None.NONE) {
            return absent;
        }
        int length = Texts.length(text);
        return text.offsetByCodePoints(0, Methods.clip(Numbers.index(index), length));
    }

    private static boolean isBeyond(String text, Object start) {
        return start != null && start != None.NONE && Numbers.index(start) > Texts.length(text);
    }

    private static long find(Context context, String text, Object[] a, boolean last) {
        String part = Methods.text(a[1]);
        context.readCharacters(part.length());
        int start = offset(text, a[2], 0);
        int end = offset(text, a[3], text.length());
        if (start > end || isBeyond(text, a[2])) {
            return -1;
        }
        String window = text.substring(start, end);
        int found = last ? Finder.last(window, part) : new Finder(part).next(window, 0);
        return found < 0 ? -1 : text.codePointCount(0, start + found);
    }

    private static Object found(long index) {
        if (index < 0) {
            throw Fault.of("substring not found");
        }
        return index;
    }

    private static Object count(Context context, String text, Object[] a) {
        String part = Methods.text(a[1]);
        int start = offset(text, a[2], 0);
        int end = offset(text, a[3], text.length());
        if (start > end || isBeyond(text, a[2])) {
            return 0L;
        }
        String window = text.substring(start, end);
        if (part.isEmpty()) {
            return Texts.length(window) + 1L;
        }
        context.readCharacters(part.length());
        Finder finder = new Finder(part);
        long count = 0;
        for (int i = finder.next(window, 0); i >= 0; i = finder.next(window, i + part.length())) {
            count++;
        }
        return count;
    }

    private static Object affix(Context context, String text, Object[] a, boolean prefix) {
        int start = offset(text, a[2], 0);
        int end = offset(text, a[3], text.length());
        if (start > end || isBeyond(text, a[2])) {
            return false;
        }
        String window = text.substring(start, end);
        List<Object> affixes = a[1] instanceof Tuple tuple ? tuple.items() : List.of(a[1]);
        for (Object affix : affixes) {
            context.step();
            if (!Values.isText(affix)) {
                throw affix instanceof Undefined undefined
                        ? undefined.fault()
                        : Fault.of((prefix ? "startswith" : "endswith")
                                + " first arg must be str or a tuple of str, not " + Values.typeName(affix));
            }
            String part = Values.rawText(affix);
            if (prefix ? window.startsWith(part) : window.endsWith(part)) {
                return true;
            }
        }
        return false;
    }

    private static void splitting(Map<String, Builtin> all) {
        define(all, "split", "sep? maxsplit?", (c, s, a) -> split(c, s, a[1], limit(a[2]), false));
        define(all, "rsplit", "sep? maxsplit?", (c, s, a) -> split(c, s, a[1], limit(a[2]), true));
        define(all, "splitlines", "keepends?", (c, s, a) -> {
            c.allocate(s.length());
            return new ArrayList<Object>(Texts.lines(s, a[1] != null && Values.isTrue(c, a[1])));
        });
        define(all, "partition", "/sep", (c, s, a) -> {
            String separator = separator(a[1]);
            int found = new Finder(separator).next(s, 0);
            return found < 0 ? Tuple.of(s, "", "") : parts(s, found, separator);
        });
        define(all, "rpartition", "/sep", (c, s, a) -> {
            String separator = separator(a[1]);
            int found = Finder.last(s, separator);
            return found < 0 ? Tuple.of("", "", s) : parts(s, found, separator);
        });
    }

    private static Tuple parts(String text, int found, String separator) {
        return Tuple.of(text.substring(0, found), separator, text.substring(found + separator.length()));
    }

    private static String separator(Object value) {
        String separator = Methods.text(value);
        if (separator.isEmpty()) {
            throw Fault.of("empty separator");
        }
        return separator;
    }

    private static int limit(Object count) {
        int limit = count == null ? -1 : Numbers.index(count);
        return limit < 0 ? Integer.MAX_VALUE : limit;
    }

    private static List<Object> split(Context context, String text, Object by, int limit, boolean fromEnd) {
        context.allocate(text.length());
        List<Object> parts = new ArrayList<>();
        if (by == null || by == None.NONE) {
            if (fromEnd) {
                splitSpaceFromEnd(text, limit, parts);
            } else {
                splitSpace(text, limit, parts);
            }
        } else if (fromEnd) {
            splitFromEnd(text, separator(by), limit, parts);
        } else {
            String separator = separator(by);
            Finder finder = new Finder(separator);
            int start = 0;
            for (int i = finder.next(text, 0); i >= 0 && parts.size() < limit; i = finder.next(text, start)) {
                parts.add(text.substring(start, i));
                start = i + separator.length();
            }
            parts.add(text.substring(start));
        }
        return parts;
    }

    /** From the end, overlapping separators are found elsewhere than from the beginning: the characters of both are reversed for that. */
    private static void splitFromEnd(String text, String separator, int limit, List<Object> parts) {
        String reversed = reverse(text);
        Finder finder = new Finder(reverse(separator));
        int end = text.length();
        int from = 0;
        for (int i = finder.next(reversed, 0); i >= 0 && parts.size() < limit; i = finder.next(reversed, from)) {
            int start = text.length() - i;
            parts.add(text.substring(start, end));
            end = start - separator.length();
            from = i + separator.length();
        }
        parts.add(text.substring(0, end));
        Collections.reverse(parts);
    }

    private static String reverse(String text) {
        char[] reversed = new char[text.length()];
        for (int i = 0; i < reversed.length; i++) {
            reversed[i] = text.charAt(reversed.length - 1 - i);
        }
        return new String(reversed);
    }

    private static void splitSpace(String text, int limit, List<Object> parts) {
        int i = 0;
        while (true) {
            while (i < text.length() && Texts.isSpace(text.charAt(i))) {
                i++;
            }
            if (i == text.length()) {
                return;
            }
            if (parts.size() == limit) {
                parts.add(text.substring(i));
                return;
            }
            int start = i;
            while (i < text.length() && !Texts.isSpace(text.charAt(i))) {
                i++;
            }
            parts.add(text.substring(start, i));
        }
    }

    private static void splitSpaceFromEnd(String text, int limit, List<Object> parts) {
        int i = text.length();
        while (true) {
            while (i > 0 && Texts.isSpace(text.charAt(i - 1))) {
                i--;
            }
            if (i == 0) {
                break;
            }
            if (parts.size() == limit) {
                parts.add(text.substring(0, i));
                break;
            }
            int end = i;
            while (i > 0 && !Texts.isSpace(text.charAt(i - 1))) {
                i--;
            }
            parts.add(text.substring(i, end));
        }
        Collections.reverse(parts);
    }

    private static void padding(Map<String, Builtin> all) {
        define(all, "center", "/width /fillchar?", (c, s, a) -> center(c, s, Numbers.index(a[1]), fill(a[2])));
        define(all, "ljust", "/width /fillchar?", (c, s, a) -> s + filling(c, s, Numbers.index(a[1]), fill(a[2])));
        define(all, "rjust", "/width /fillchar?", (c, s, a) -> filling(c, s, Numbers.index(a[1]), fill(a[2])) + s);
        define(all, "zfill", "/width", (c, s, a) -> {
            int sign = s.startsWith("-") || s.startsWith("+") ? 1 : 0;
            return s.substring(0, sign) + filling(c, s, Numbers.index(a[1]), "0") + s.substring(sign);
        });
        define(all, "expandtabs", "tabsize?", (c, s, a) -> expandTabs(c, s, a[1] == null ? 8 : Numbers.index(a[1])));
    }

    private static String fill(Object value) {
        String fill = value == null ? " " : Methods.text(value);
        if (Texts.length(fill) != 1) {
            throw Fault.of("The fill character must be exactly one character long");
        }
        return fill;
    }

    private static String filling(Context context, String text, int width, String fill) {
        int missing = Math.max(0, width - Texts.length(text));
        context.requireLength((long) text.length() + (long) missing * fill.length());
        return fill.repeat(missing);
    }

    static String center(Context context, String text, int width, String fill) {
        int missing = Math.max(0, width - Texts.length(text));
        context.requireLength((long) text.length() + (long) missing * fill.length());
        // As CPython does it: the odd one goes to the left if the width is odd.
        int left = missing / 2 + (missing & width & 1);
        return fill.repeat(left) + text + fill.repeat(missing - left);
    }

    private static String expandTabs(Context context, String text, int size) {
        StringBuilder expanded = new StringBuilder(text.length());
        int column = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c == '\t') {
                int count = size > 0 ? size - column % size : 0;
                context.requireLength((long) expanded.length() + count);
                expanded.append(" ".repeat(count));
                column += count;
            } else {
                expanded.appendCodePoint(c);
                column = c == '\n' || c == '\r' ? 0 : column + 1;
            }
        }
        return expanded.toString();
    }

    private static void kinds(Map<String, Builtin> all) {
        kind(all, "isspace", Texts::isSpace);
        kind(all, "isalpha", Character::isLetter);
        kind(all, "isdigit", StringMethods::isDigit);
        kind(all, "isdecimal", Character::isDigit);
        kind(all, "isnumeric", StringMethods::isNumeric);
        kind(all, "isalnum", c -> Character.isLetter(c) || isNumeric(c));
        define(all, "isascii", "", (c, s, a) -> s.chars().allMatch(character -> character < 0x80));
        define(all, "isprintable", "", (c, s, a) -> s.codePoints().allMatch(Texts::isPrintable));
        define(all, "islower", "", (c, s, a) -> isLower(s));
        define(all, "isupper", "", (c, s, a) -> isUpper(s));
        define(all, "istitle", "", (c, s, a) -> s.codePoints().anyMatch(StringMethods::isCased) && title(s).equals(s));
        define(all, "isidentifier", "", (c, s, a) -> isIdentifier(s));
    }

    private static void kind(Map<String, Builtin> all, String name, IntPredicate test) {
        define(all, name, "", (c, s, a) -> !s.isEmpty() && s.codePoints().allMatch(test));
    }

    private static boolean isDigit(int c) {
        return Character.isDigit(c)
                || c == 0xb2
                || c == 0xb3
                || c == 0xb9
                || c == 0x2070
                || c >= 0x2074 && c <= 0x2079
                || c >= 0x2080 && c <= 0x2089
                || c >= 0x2460 && c <= 0x2468;
    }

    private static boolean isNumeric(int c) {
        int type = Character.getType(c);
        return type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
    }

    static boolean isLower(String text) {
        return text.codePoints().anyMatch(Character::isLowerCase)
                && text.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
    }

    static boolean isUpper(String text) {
        return text.codePoints().anyMatch(Character::isUpperCase)
                && text.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
    }

    private static boolean isIdentifier(String text) {
        if (text.isEmpty()) {
            return false;
        }
        int first = text.codePointAt(0);
        return (first == '_' || Character.isUnicodeIdentifierStart(first))
                && text.codePoints()
                        .allMatch(c -> Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c));
    }

    static String join(Context context, String separator, Object items) {
        if (!Iteration.isIterable(items)) {
            throw Fault.of("can only join an iterable");
        }
        StringBuilder joined = new StringBuilder();
        int[] index = {0};
        Iteration.each(context, items, item -> {
            if (!Values.isText(item)) {
                throw Fault.of(
                        "sequence item " + index[0] + ": expected str instance, " + Values.typeName(item) + " found");
            }
            String text = Values.rawText(item);
            append(context, joined, index[0]++ == 0 ? "" : separator, text);
        });
        return joined.toString();
    }

    static void append(Context context, StringBuilder joined, String separator, String text) {
        long length = (long) joined.length() + separator.length() + text.length();
        if (length > context.longest()) {
            context.requireLength(length);
        }
        joined.append(separator).append(text);
    }

    /** @param limit how many are replaced at most; negative for all */
    static String replace(Context context, String text, String old, String replacement, int limit) {
        context.readCharacters((long) text.length() + old.length());
        StringBuilder replaced = new StringBuilder(text.length());
        int left = limit < 0 ? Integer.MAX_VALUE : limit;
        int start = 0;
        if (old.isEmpty()) {
            for (; left > 0 && start < text.length(); left--) {
                int end = text.offsetByCodePoints(start, 1);
                append(context, replaced, replacement, text.substring(start, end));
                start = end;
            }
            append(context, replaced, left > 0 ? replacement : "", text.substring(start));
            return replaced.toString();
        }
        Finder finder = new Finder(old);
        for (int i = finder.next(text, 0); i >= 0 && left > 0; i = finder.next(text, start)) {
            append(context, replaced, text.substring(start, i), replacement);
            start = i + old.length();
            left--;
        }
        append(context, replaced, "", text.substring(start));
        return replaced.toString();
    }
}
