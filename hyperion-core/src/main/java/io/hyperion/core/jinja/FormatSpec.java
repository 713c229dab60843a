package io.hyperion.core.jinja;

import java.math.BigInteger;

/** What follows the colon in a field of Python's format strings: {@code [[fill]align][sign][z][#][0][width][,_][.precision][type]}. */
final class FormatSpec {
    private static final String ALIGNMENTS = "<>=^";
    private static final int DEFAULT_PRECISION = 6;

    private final String spec;
    private String fill = " ";
    private char align;
    private char sign = '-';
    private boolean alternate;
    private int width;
    private char grouping;
    private int precision = -1;
    private char type;
    private int at;

    private FormatSpec(Context context, String spec) {
        this.spec = spec;
        int fillEnd = spec.isEmpty() ? 0 : Character.charCount(spec.codePointAt(0));
        if (fillEnd < spec.length() && ALIGNMENTS.indexOf(spec.charAt(fillEnd)) >= 0) {
            fill = spec.substring(0, fillEnd);
            align = spec.charAt(fillEnd);
            at = fillEnd + 1;
        } else if (!spec.isEmpty() && ALIGNMENTS.indexOf(spec.charAt(0)) >= 0) {
            align = spec.charAt(0);
            at = 1;
        }
        if (at < spec.length() && "+- ".indexOf(spec.charAt(at)) >= 0) {
            sign = spec.charAt(at++);
        }
        if (skip('z')) {
            throw Fault.of("the format option 'z' is not supported");
        }
        alternate = skip('#');
        if (skip('0') && align == 0) {
            fill = "0";
            align = '=';
        }
        width = Math.max(0, number());
        if (at < spec.length() && (spec.charAt(at) == ',' || spec.charAt(at) == '_')) {
            grouping = spec.charAt(at++);
        }
        if (skip('.')) {
            precision = number();
            if (precision < 0) {
                throw Fault.of("Format specifier missing precision");
            }
        }
        if (at < spec.length()) {
            type = spec.charAt(at++);
        }
        if (at < spec.length()) {
            throw Fault.of("Invalid format specifier '" + spec + "'");
        }
        context.requireLength((long) width * fill.length());
        context.requireLength(Math.max(0, precision));
    }

    private boolean skip(char c) {
        boolean found = at < spec.length() && spec.charAt(at) == c;
        at += found ? 1 : 0;
        return found;
    }

    private int number() {
        long number = 0;
        int start = at;
        while (at < spec.length() && spec.charAt(at) >= '0' && spec.charAt(at) <= '9') {
            number = Math.min(Integer.MAX_VALUE, number * 10 + (spec.charAt(at++) - '0'));
        }
        return at == start ? -1 : (int) number;
    }

    static String apply(Context context, Object value, String text) {
        if (text.isEmpty()) {
            return Values.text(context, value);
        }
        if (Values.isText(value)) {
            return new FormatSpec(context, text).string(Values.rawText(value));
        }
        if (value instanceof Double real) {
            return new FormatSpec(context, text).real(real);
        }
        if (Numbers.isInteger(value)) {
            return new FormatSpec(context, text).integer(Numbers.big(value));
        }
        throw Fault.of("unsupported format string passed to " + Values.typeName(value) + ".__format__");
    }

    private Fault unknown(String typeName) {
        return Fault.of("Unknown format code '" + type + "' for object of type '" + typeName + "'");
    }

    private String string(String text) {
        if (type != 0 && type != 's') {
            throw unknown("str");
        }
        if (grouping != 0) {
            throw Fault.of("Cannot specify '" + grouping + "' with 's'.");
        }
        if (sign != '-' || alternate || align == '=') {
            throw Fault.of("Sign, '#' or '=' alignment not allowed in string format specifier");
        }
        String cut = precision >= 0 && Texts.length(text) > precision ? Texts.part(text, 0, precision) : text;
        return pad("", cut, '<');
    }

    private String integer(BigInteger value) {
        if (type != 0 && "eEfFgG%".indexOf(type) >= 0) {
            return real(Numbers.real(Numbers.integer(value)));
        }
        if (precision >= 0) {
            throw Fault.of("Precision not allowed in integer format specifier");
        }
        if (type == 'c') {
            if (value.bitLength() > 21 || !Character.isValidCodePoint(value.intValue())) {
                throw Fault.of("%c arg not in range(0x110000)");
            }
            return pad("", Character.toString(value.intValue()), '<');
        }
        if (type != 0 && "bdnoxX".indexOf(type) < 0) {
            throw unknown("int");
        }
        String digits = Decimals.integer(value.abs(), type, false);
        String prefix = alternate && type != 0 && "boxX".indexOf(type) >= 0 ? "0" + type : "";
        int size = type == 0 || type == 'd' || type == 'n' ? 3 : 4;
        return number(value.signum() < 0, prefix, digits, "", size);
    }

    private String real(double value) {
        boolean plain = type == 0;
        if (!plain && "eEfFgGn%".indexOf(type) < 0) {
            throw unknown("float");
        }
        double size = Math.abs(value);
        String text;
        if (plain && precision < 0) {
            text = Numbers.text(size);
        } else if (plain) {
            text = withFraction(size);
        } else {
            text = Decimals.format(
                    size, type == 'n' ? 'g' : type, precision < 0 ? DEFAULT_PRECISION : precision, alternate);
        }
        int end = 0;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return number(Decimals.isNegative(value), "", text.substring(0, end), text.substring(end), 3);
    }

    /** Without a type a float is as with g, but keeps a digit after the point, and is in the other form from 10 to the precision. */
    private String withFraction(double size) {
        int digits = Math.max(1, precision);
        String text = Decimals.format(size, 'g', digits, alternate);
        if (text.indexOf('e') >= 0 || text.indexOf('.') >= 0 || !Character.isDigit(text.charAt(0))) {
            return text;
        }
        return text.length() >= digits && size != 0
                ? Decimals.format(size, 'e', digits - 1, false).replaceFirst("\\.?0*e", "e")
                : text + ".0";
    }

    private String number(boolean negative, String prefix, String digits, String rest, int groupSize) {
        String lead = (negative ? "-" : sign == '-' ? "" : String.valueOf(sign)) + prefix;
        String grouped = digits;
        if (grouping != 0) {
            boolean zeros = fill.equals("0") && align == '=';
            grouped = group(digits, groupSize, zeros ? width - lead.length() - rest.length() : 0);
        }
        return pad(lead, grouped + rest, '>');
    }

    private String group(String digits, int size, int atLeast) {
        StringBuilder reversed = new StringBuilder();
        int count = 0;
        int i = digits.length() - 1;
        while (i >= 0 || reversed.length() < atLeast) {
            if (count > 0 && count % size == 0) {
                reversed.append(grouping);
                if (i < 0 && reversed.length() >= atLeast) {
                    reversed.append('0');
                    break;
                }
            }
            reversed.append(i >= 0 ? digits.charAt(i) : '0');
            i--;
            count++;
        }
        return reversed.reverse().toString();
    }

    private String pad(String lead, String text, char otherwise) {
        int missing = Math.max(0, width - lead.length() - Texts.length(text));
        char where = align == 0 ? otherwise : align;
        int left = where == '<' ? 0 : where == '^' ? missing / 2 : missing;
        if (where == '=') {
            return lead + fill.repeat(missing) + text;
        }
        return fill.repeat(left) + lead + text + fill.repeat(missing - left);
    }
}
