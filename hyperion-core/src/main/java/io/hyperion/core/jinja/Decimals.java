package io.hyperion.core.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/** Numbers as the conversions e, f, g and % of Python's format strings write them. The sign is left to the caller. */
final class Decimals {
    /** No float has more digits than this that are not zero, after the point or in all. */
    private static final int MAX_DIGITS = 1100;

    private Decimals() {}

    static boolean isNegative(double value) {
        return value < 0 || value == 0 && 1 / value < 0;
    }

    /**
     * The digits of a number that is not negative.
     *
     * @param type one of e E f F g G %
     * @param alternate whether a point and trailing zeros stay
     */
    static String format(double value, char type, int precision, boolean alternate) {
        boolean upper = Character.isUpperCase(type);
        String text;
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            text = (Double.isNaN(value) ? "nan" : "inf") + (type == '%' ? "%" : "");
        } else {
            BigDecimal exact = new BigDecimal(value);
            text = switch (Character.toLowerCase(type)) {
                case 'e' -> exponential(exact, precision, alternate);
                case 'g' -> general(exact, precision, alternate);
                case '%' -> fixed(new BigDecimal(value * 100), precision, alternate) + "%";
                default -> fixed(exact, precision, alternate);
            };
        }
        return upper ? text.toUpperCase(java.util.Locale.ROOT) : text;
    }

    private static String fixed(BigDecimal value, int precision, boolean alternate) {
        int digits = Math.min(precision, MAX_DIGITS);
        String text = value.setScale(digits, RoundingMode.HALF_EVEN).toPlainString() + "0".repeat(precision - digits);
        return alternate && precision == 0 ? text + "." : text;
    }

    private static String exponential(BigDecimal value, int precision, boolean alternate) {
        if (value.signum() == 0) {
            return "0" + (precision > 0 ? "." + "0".repeat(precision) : alternate ? "." : "") + "e+00";
        }
        BigDecimal rounded = value.round(new MathContext(Math.min(precision, MAX_DIGITS) + 1, RoundingMode.HALF_EVEN));
        StringBuilder digits = new StringBuilder(rounded.unscaledValue().toString());
        int exponent = rounded.precision() - rounded.scale() - 1;
        digits.append("0".repeat(Math.max(0, precision + 1 - digits.length())));
        digits.setLength(precision + 1);
        if (precision > 0 || alternate) {
            digits.insert(1, '.');
        }
        return digits + Numbers.exponent(exponent, 'e');
    }

    private static String general(BigDecimal value, int precision, boolean alternate) {
        int digits = Math.max(1, alternate ? precision : Math.min(precision, MAX_DIGITS));
        if (value.signum() == 0) {
            return alternate ? "0." + "0".repeat(digits - 1) : "0";
        }
        BigDecimal rounded = value.round(new MathContext(digits, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        boolean plain = exponent >= -4 && exponent < digits;
        String text =
                plain ? fixed(value, digits - 1 - exponent, alternate) : exponential(value, digits - 1, alternate);
        if (alternate || text.indexOf('.') < 0) {
            return text;
        }
        int end = plain ? text.length() : text.indexOf('e');
        int last = end;
        while (text.charAt(last - 1) == '0') {
            last--;
        }
        if (text.charAt(last - 1) == '.') {
            last--;
        }
        return text.substring(0, last) + text.substring(end);
    }

    /** Digits of an int that is not negative, with the prefix of its base if that is wanted. */
    static String integer(BigInteger value, char type, boolean prefixed) {
        return switch (type) {
            case 'x' -> (prefixed ? "0x" : "") + value.toString(16);
            case 'X' -> (prefixed ? "0X" : "") + value.toString(16).toUpperCase(java.util.Locale.ROOT);
            case 'o' -> (prefixed ? "0o" : "") + value.toString(8);
            case 'b' -> (prefixed ? "0b" : "") + value.toString(2);
            default -> Numbers.text(Numbers.integer(value));
        };
    }
}
