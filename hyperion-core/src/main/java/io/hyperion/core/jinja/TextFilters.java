package io.hyperion.core.jinja;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/** The filters that make, lay out or escape text. */
final class TextFilters {
    private static final int DEFAULT_WIDTH = 80;

    private TextFilters() {}

    static void addTo(Map<String, Builtin> all) {
        cases(all);
        layout(all);
        markup(all);
        Filters.define(all, "string", "object", (c, a) -> soft(c, a[0]));
        Filters.define(all, "join", "value d? attribute?", TextFilters::join);
        Filters.define(all, "replace", "s old new count?", TextFilters::replace);
        all.put("format", Builtin.free("format", TextFilters::format));
        Filters.define(all, "pprint", "value", (c, a) -> PrettyPrint.format(c, a[0]));
        Filters.define(all, "wordcount", "s", (c, a) -> wordCount(text(c, a[0])));
        Filters.define(all, "filesizeformat", "value binary?", TextFilters::fileSize);
        Filters.define(all, "urlencode", "value", TextFilters::urlEncode);
    }

    /** The value as text, which stays safe if it is. */
    private static Object soft(Context context, Object value) {
        return value instanceof Markup ? value : Values.text(context, value);
    }

    private static String text(Context context, Object value) {
        String text = Values.text(context, value);
        context.readCharacters(text.length());
        return text;
    }

    private static void cases(Map<String, Builtin> all) {
        like(all, "upper", s -> s.toUpperCase(Locale.ROOT));
        like(all, "lower", s -> s.toLowerCase(Locale.ROOT));
        like(all, "capitalize", StringMethods::capitalize);
        like(all, "title", TextFilters::title);
        Filters.define(
                all,
                "trim",
                "value chars?",
                (c, a) -> Markup.like(a[0], c.made(StringMethods.strip(text(c, a[0]), a[1], true, true))));
    }

    private static void like(Map<String, Builtin> all, String name, java.util.function.UnaryOperator<String> function) {
        Filters.define(all, name, "s", (c, a) -> Markup.like(a[0], c.made(function.apply(text(c, a[0])))));
    }

    /** Words begin after white space, hyphens and opening brackets. */
    private static String title(String text) {
        StringBuilder title = new StringBuilder(text.length());
        int i = 0;
        while (i < text.length()) {
            int start = i;
            boolean separators = isBeforeWord(text.charAt(i));
            while (i < text.length() && isBeforeWord(text.charAt(i)) == separators) {
                i++;
            }
            int first = text.offsetByCodePoints(start, 1);
            title.append(text.substring(start, first).toUpperCase(Locale.ROOT))
                    .append(text.substring(first, i).toLowerCase(Locale.ROOT));
        }
        return title.toString();
    }

    private static boolean isBeforeWord(char c) {
        return "-({[<".indexOf(c) >= 0 || Texts.isSpace(c);
    }

    private static void layout(Map<String, Builtin> all) {
        Filters.define(
                all,
                "center",
                "value width?",
                (c, a) -> Markup.like(
                        a[0],
                        StringMethods.center(
                                c, text(c, a[0]), a[1] == null ? DEFAULT_WIDTH : Numbers.index(a[1]), " ")));
        Filters.define(all, "indent", "s width? first? blank?", TextFilters::indent);
        Filters.define(all, "truncate", "s length? killwords? end? leeway?", TextFilters::truncate);
        Filters.define(all, "wordwrap", "s width? break_long_words? wrapstring? break_on_hyphens?", TextFilters::wrap);
    }

    private static Object indent(Context context, Object[] a) {
        String text = Methods.text(a[0]);
        String indent = " ".repeat(4);
        if (a[1] != null) {
            if (!Values.isText(a[1])) {
                context.requireLength(Math.max(0, Numbers.index(a[1])));
            }
            indent = Values.isText(a[1]) ? Values.rawText(a[1]) : " ".repeat(Math.max(0, Numbers.index(a[1])));
        }
        boolean blank = Filters.isSet(context, a[3]);
        StringBuilder indented = new StringBuilder(Filters.isSet(context, a[2]) ? indent : "");
        boolean first = true;
        for (String line : Texts.lines(text + "\n", false)) {
            context.step();
            boolean plain = first || line.isEmpty() && !blank;
            StringMethods.append(context, indented, first ? "" : "\n", (plain ? "" : indent));
            StringMethods.append(context, indented, "", line);
            first = false;
        }
        return Markup.like(a[0], context.made(indented.toString()));
    }

    private static Object truncate(Context context, Object[] a) {
        int length = a[1] == null ? 255 : Numbers.index(a[1]);
        String end = a[3] == null ? "..." : Methods.text(a[3]);
        int leeway = Filters.isGiven(a[4]) ? Numbers.index(a[4]) : 5;
        int keep = length - Texts.length(end);
        if (keep < 0) {
            throw Fault.of("expected length >= " + Texts.length(end) + ", got " + length);
        }
        if (leeway < 0) {
            throw Fault.of("expected leeway >= 0, got " + leeway);
        }
        if (Iteration.size(context, a[0]).orElse(Long.MAX_VALUE) <= (long) length + leeway) {
            return a[0];
        }
        String text = Methods.text(a[0]);
        String cut = Texts.part(text, 0, keep);
        int space = cut.lastIndexOf(' ');
        return Markup.like(
                a[0], context.made((Filters.isSet(context, a[2]) || space < 0 ? cut : cut.substring(0, space)) + end));
    }

    private static Object wrap(Context context, Object[] a) {
        int width = a[1] == null ? 79 : Numbers.index(a[1]);
        boolean breakLong = a[2] == null || Values.isTrue(context, a[2]);
        String separator = Filters.isGiven(a[3]) ? Methods.text(a[3]) : "\n";
        boolean hyphens = a[4] == null || Values.isTrue(context, a[4]);
        StringJoiner wrapped = new StringJoiner(separator);
        long length = 0;
        for (String line : Texts.lines(Methods.text(a[0]), false)) {
            for (String part : WordWrap.wrap(context, line, width, breakLong, hyphens)) {
                length += part.length() + separator.length();
                context.requireLength(length);
                wrapped.add(part);
            }
            if (line.isBlank()) {
                wrapped.add("");
            }
        }
        return context.made(wrapped.toString());
    }

    private static Object join(Context context, Object[] a) {
        List<Object> items = new ArrayList<>();
        Object separator = a[1] == null ? "" : a[1];
        Object source = a[0];
        if (Filters.isGiven(a[2])) {
            Arguments mapping = new Arguments(new ArrayList<>(List.of(a[0])));
            mapping.name("attribute", a[2]);
            Iteration.iterator(context, a[0]);
            source = Filters.BY_NAME.get("map").apply(context, mapping);
        }
        Iteration.each(context, source, item -> {
            context.allocate(1);
            items.add(item);
        });
        boolean safe = context.isEscaping()
                && (separator instanceof Markup || items.stream().anyMatch(Markup.class::isInstance));
        StringBuilder joined = new StringBuilder();
        String between = safe ? Markup.escape(context, separator).text() : text(context, separator);
        for (int i = 0; i < items.size(); i++) {
            String item = safe ? Markup.escape(context, items.get(i)).text() : text(context, items.get(i));
            StringMethods.append(context, joined, i == 0 ? "" : between, item);
        }
        String all = context.made(joined.toString());
        return safe ? new Markup(all) : all;
    }

    private static Object replace(Context context, Object[] a) {
        int count = Filters.isGiven(a[3]) ? Numbers.index(a[3]) : -1;
        boolean escape =
                context.isEscaping() && (a[0] instanceof Markup || a[1] instanceof Markup || a[2] instanceof Markup);
        if (!escape) {
            return context.made(StringMethods.replace(
                    context, text(context, a[0]), text(context, a[1]), text(context, a[2]), count));
        }
        return new Markup(context.made(StringMethods.replace(
                context,
                Markup.escape(context, a[0]).text(),
                text(context, a[1]),
                Markup.escape(context, a[2]).text(),
                count)));
    }

    private static Object format(Context context, Arguments arguments) {
        Object format = soft(context, arguments.positional().get(0));
        List<Object> values = arguments.from(1).positional();
        if (!values.isEmpty() && !arguments.named().isEmpty()) {
            throw Fault.of("can't handle positional and keyword arguments at the same time");
        }
        if (arguments.named().isEmpty()) {
            return Printf.format(context, format, new Tuple(values));
        }
        Dict named = new Dict();
        arguments.named().forEach((name, value) -> named.put(context, name, value));
        return Printf.format(context, format, named);
    }

    private static long wordCount(String text) {
        long count = 0;
        boolean inWord = false;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            boolean word = c == '_'
                    || Character.isLetterOrDigit(c)
                    || Character.getType(c) == Character.LETTER_NUMBER
                    || Character.getType(c) == Character.OTHER_NUMBER;
            count += word && !inWord ? 1 : 0;
            inWord = word;
            i += Character.charCount(c);
        }
        return count;
    }

    private static Object fileSize(Context context, Object[] a) {
        double bytes = Values.isText(a[0])
                ? Numbers.parseReal(Values.rawText(a[0]))
                        .orElseThrow(() -> Fault.of("could not convert string to float: " + Values.repr(context, a[0])))
                : Methods.toReal(a[0]);
        boolean binary = Filters.isSet(context, a[1]);
        double base = binary ? 1024 : 1000;
        if (bytes == 1) {
            return "1 Byte";
        }
        if (bytes < base) {
            return Numbers.text(Numbers.truncate(bytes)) + " Bytes";
        }
        String prefixes = binary ? "KMGTPEZY" : "kMGTPEZY";
        double unit = base;
        int i = 0;
        do {
            unit *= base;
        } while (bytes >= unit && ++i < prefixes.length());
        int prefix = Math.min(i, prefixes.length() - 1);
        double shown = base * bytes / Math.pow(base, prefix + 2.0);
        return Decimals.format(shown, 'f', 1, false) + " " + prefixes.charAt(prefix) + (binary ? "iB" : "B");
    }

    private static Object urlEncode(Context context, Object[] a) {
        if (Values.isText(a[0]) || !Iteration.isIterable(a[0])) {
            return quote(context, text(context, a[0]), "/");
        }
        StringJoiner joined = new StringJoiner("&");
        Object pairs = a[0] instanceof Dict dict ? dict.items() : a[0];
        Iteration.each(context, pairs, item -> {
            List<Object> pair = Iteration.unpack(context, item, 2);
            joined.add(quote(context, text(context, pair.get(0)), "").replace("%20", "+") + "="
                    + quote(context, text(context, pair.get(1)), "").replace("%20", "+"));
        });
        return context.made(joined.toString());
    }

    private static String quote(Context context, String text, String safe) {
        StringBuilder quoted = new StringBuilder(text.length());
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (plain || ("_.-~" + safe).indexOf(c) >= 0) {
                quoted.append(c);
            } else {
                quoted.append(String.format("%%%02X", (int) c));
            }
        }
        return context.made(quoted.toString());
    }

    private static void markup(Map<String, Builtin> all) {
        Filters.define(all, "safe", "value", (c, a) -> new Markup(text(c, a[0])));
        Filters.define(all, "escape", "/s", (c, a) -> Markup.escape(c, a[0]));
        all.put("e", all.get("escape"));
        Filters.define(all, "forceescape", "value", (c, a) -> Markup.escape(c, text(c, a[0])));
        Filters.define(all, "striptags", "value", (c, a) -> Html.stripTags(c, text(c, a[0])));
        Filters.define(all, "urlize", "value trim_url_limit? nofollow? target? rel? extra_schemes?", (c, a) -> {
            throw Fault.of("the filter 'urlize' is not supported");
        });
        Filters.define(all, "xmlattr", "d autospace?", (c, a) -> {
            StringBuilder attributes = new StringBuilder();
            for (Object item : Filters.dict(a[0]).items()) {
                attribute(c, ((Tuple) item).items(), attributes);
            }
            boolean space = (a[1] == null || Values.isTrue(c, a[1])) && attributes.length() > 0;
            String text = c.made(space ? " " + attributes : attributes.toString());
            return c.isEscaping() ? new Markup(text) : text;
        });
    }

    private static void attribute(Context context, List<Object> pair, StringBuilder attributes) {
        if (pair.get(1) == None.NONE || pair.get(1) instanceof Undefined) {
            return;
        }
        String name = Methods.text(pair.get(0));
        if (name.chars().anyMatch(c -> " \t\n\r\f\u000b/>=".indexOf(c) >= 0)) {
            throw Fault.of("Invalid character in attribute name: " + Texts.repr(name));
        }
        StringMethods.append(
                context,
                attributes,
                attributes.length() == 0 ? "" : " ",
                Markup.escape(context, pair.get(0)).text() + "=\""
                        + Markup.escape(context, pair.get(1)).text() + "\"");
    }
}
