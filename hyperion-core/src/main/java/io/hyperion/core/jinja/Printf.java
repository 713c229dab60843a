package io.hyperion.core.jinja;

import java.math.BigInteger;
import java.util.List;

/** Python's {@code text % values}. Used for one text. */
final class Printf {
    private static final int DEFAULT_PRECISION = 6;

    private final Context context;
    private final String format;
    private final Object values;
    private final List<Object> arguments;
    private final StringBuilder out = new StringBuilder();
    private final boolean escaping;
    private int at;
    private int used;

    private Printf(Context context, String format, Object values, boolean escaping) {
        this.context = context;
        this.format = format;
        this.values = values;
        this.escaping = escaping;
        arguments = values instanceof Tuple tuple ? tuple.items() : List.of(values);
    }

    static Object format(Context context, Object format, Object values) {
        Printf printf = new Printf(context, Values.rawText(format), values, format instanceof Markup);
        return Markup.like(format, context.made(printf.format()));
    }

    private String format() {
        while (at < format.length()) {
            char c = format.charAt(at++);
            if (c == '%') {
                conversion();
            } else {
                out.append(c);
            }
            if (out.length() > context.longest()) {
                context.requireLength(out.length());
            }
        }
        boolean mapping = values instanceof Dict
                || values instanceof List
                || values instanceof Range
                || values instanceof Undefined;
        if (used < arguments.size() && !mapping) {
            throw Fault.of("not all arguments converted during string formatting");
        }
        return out.toString();
    }

    private char peek() {
        if (at >= format.length()) {
            throw Fault.of("incomplete format");
        }
        return format.charAt(at);
    }

    private Object next() {
        if (used >= arguments.size()) {
            throw Fault.of("not enough arguments for format string");
        }
        return arguments.get(used++);
    }

    private void conversion() {
        Object named = null;
        if (peek() == '(') {
            named = named();
        }
        int flags = at;
        while ("#0- +".indexOf(peek()) >= 0) {
            at++;
        }
        String flagged = format.substring(flags, at);
        int width = number(0);
        boolean left = flagged.indexOf('-') >= 0 || width < 0;
        // The lowest one has no opposite.
        width = Math.abs(Math.max(width, -Integer.MAX_VALUE));
        int precision = -1;
        if (peek() == '.') {
            at++;
            precision = Math.max(0, number(0));
        }
        while ("hlL".indexOf(peek()) >= 0) {
            at++;
        }
        char type = format.charAt(at++);
        if (type == '%') {
            out.append('%');
            return;
        }
        context.requireLength(Math.max(width, precision));
        pad(convert(type, named == null ? next() : named, flagged, precision), width, left, flagged, type);
    }

    private Object named() {
        if (!(values instanceof Dict dict)) {
            throw Fault.of("format requires a mapping");
        }
        int start = ++at;
        int depth = 1;
        while (depth > 0) {
            char c = peek();
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            at++;
        }
        String name = format.substring(start, at - 1);
        Object value = dict.get(name);
        if (value == null) {
            throw Fault.of(Texts.repr(name));
        }
        used = arguments.size();
        return value;
    }

    /** A width or precision; {@code *} takes it from the values. */
    private int number(int absent) {
        if (peek() == '*') {
            at++;
            Object value = next();
            if (!Numbers.isInteger(value)) {
                throw Fault.of("* wants int");
            }
            return Numbers.index(value);
        }
        long number = 0;
        boolean any = false;
        while (peek() >= '0' && peek() <= '9') {
            any = true;
            number = Math.min(Integer.MAX_VALUE, number * 10 + (format.charAt(at++) - '0'));
        }
        return any ? (int) number : absent;
    }

    private String convert(char type, Object value, String flags, int precision) {
        return switch (type) {
            case 's' -> cut(escaping ? Markup.escape(context, value).text() : Values.text(context, value), precision);
            case 'r' -> cut(escape(Values.repr(context, value)), precision);
            case 'a' -> cut(escape(ascii(Values.repr(context, value))), precision);
            case 'c' -> character(value);
            case 'd', 'i', 'u' -> signed(whole(value, type), flags, precision, 'd');
            case 'x', 'X', 'o' -> {
                if (!Numbers.isInteger(value)) {
                    throw Fault.of("%" + type + " format: an integer is required, not " + Values.typeName(value));
                }
                yield signed(Numbers.big(value), flags, precision, type);
            }
            case 'e', 'E', 'f', 'F', 'g', 'G' -> {
                double number = Methods.toReal(value);
                String digits = Decimals.format(
                        Math.abs(number), type, precision < 0 ? DEFAULT_PRECISION : precision, flags.indexOf('#') >= 0);
                yield sign(Decimals.isNegative(number), flags) + digits;
            }
            default ->
                throw Fault.of("unsupported format character '" + type + "' (0x" + Integer.toHexString(type)
                        + ") at index " + (at - 1));
        };
    }

    private String escape(String text) {
        return escaping ? Markup.escape(context, text).text() : text;
    }

    static String ascii(String repr) {
        StringBuilder ascii = new StringBuilder(repr.length());
        repr.codePoints().forEach(c -> {
            if (c < 0x80) {
                ascii.append((char) c);
            } else {
                ascii.append(Texts.escape(c));
            }
        });
        return ascii.toString();
    }

    private static String cut(String text, int precision) {
        return precision < 0 || Texts.length(text) <= precision ? text : Texts.part(text, 0, precision);
    }

    private static String character(Object value) {
        if (Values.isText(value) && Texts.length(Values.rawText(value)) == 1) {
            return Values.rawText(value);
        }
        if (!Numbers.isInteger(value)) {
            throw Fault.of("%c requires int or char");
        }
        int character = Numbers.index(value);
        if (!Character.isValidCodePoint(character)) {
            throw Fault.of("%c arg not in range(0x110000)");
        }
        return Character.toString(character);
    }

    private static BigInteger whole(Object value, char type) {
        if (value instanceof Double real) {
            return Numbers.big(Numbers.truncate(real));
        }
        if (Numbers.isInteger(value)) {
            return Numbers.big(value);
        }
        throw value instanceof Undefined undefined
                ? undefined.fault()
                : Fault.of("%" + type + " format: a real number is required, not " + Values.typeName(value));
    }

    private static String signed(BigInteger value, String flags, int precision, char type) {
        String digits = Decimals.integer(value.abs(), type, false);
        String prefix = flags.indexOf('#') >= 0 && type != 'd' ? "0" + type : "";
        String zeros = "0".repeat(Math.max(0, precision - digits.length()));
        return sign(value.signum() < 0, flags) + prefix + zeros + digits;
    }

    private static String sign(boolean negative, String flags) {
        return negative ? "-" : flags.indexOf('+') >= 0 ? "+" : flags.indexOf(' ') >= 0 ? " " : "";
    }

    private void pad(String text, int width, boolean left, String flags, char type) {
        int missing = Math.max(0, width - Texts.length(text));
        boolean number = "srac".indexOf(type) < 0;
        if (left) {
            out.append(text).append(" ".repeat(missing));
        } else if (number && flags.indexOf('0') >= 0) {
            int prefix = !text.isEmpty() && "+- ".indexOf(text.charAt(0)) >= 0 ? 1 : 0;
            prefix += text.startsWith("0x", prefix) || text.startsWith("0X", prefix) || text.startsWith("0o", prefix)
                    ? 2
                    : 0;
            out.append(text, 0, prefix).append("0".repeat(missing)).append(text, prefix, text.length());
        } else {
            out.append(" ".repeat(missing)).append(text);
        }
    }
}
