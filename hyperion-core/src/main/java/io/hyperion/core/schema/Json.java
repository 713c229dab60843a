package io.hyperion.core.schema;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** Values of JSON as plain objects: maps with names, lists, texts, numbers, booleans, null. */
final class Json {
    /** Two-letter escapes: the characters, and the letters after the backslash. */
    private static final String ESCAPED = "\"\\\b\f\n\r\t";

    private static final String ESCAPES = "\"\\bfnrt";

    private Json() {}

    /** {@return whether two values are equal as JSON: 1 is 1.0} */
    static boolean equal(Object a, Object b) {
        if (a instanceof Number left && b instanceof Number right) {
            return decimal(left).compareTo(decimal(right)) == 0;
        }
        if (a instanceof List<?> left && b instanceof List<?> right) {
            if (left.size() != right.size()) {
                return false;
            }
            for (int i = 0; i < left.size(); i++) {
                if (!equal(left.get(i), right.get(i))) {
                    return false;
                }
            }
            return true;
        }
        if (a instanceof Map<?, ?> left && b instanceof Map<?, ?> right) {
            return left.keySet().equals(right.keySet())
                    && left.keySet().stream().allMatch(key -> equal(left.get(key), right.get(key)));
        }
        return a == null ? b == null : a.equals(b);
    }

    /** {@return a number, which must be finite} */
    static BigDecimal decimal(Number number) {
        if (number instanceof BigDecimal decimal) {
            return decimal;
        }
        return new BigDecimal(number.toString());
    }

    static boolean isInteger(BigDecimal number) {
        return number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
    }

    /** {@return a number as it is written: without an exponent, except where that would be long} */
    static String text(BigDecimal number) {
        BigDecimal plain = number.stripTrailingZeros();
        return Math.abs((long) plain.precision() - plain.scale()) > 25 || plain.scale() > 25
                ? plain.toString()
                : plain.toPlainString();
    }

    /** {@return a text in quotes} */
    static String text(String value) {
        StringBuilder text = new StringBuilder("\"");
        value.codePoints().forEach(c -> text.append(character(c)));
        return text.append('"').toString();
    }

    /** {@return a character as it is written within a text: the shortest way} */
    static String character(int c) {
        int escape = ESCAPED.indexOf(c);
        if (escape >= 0) {
            return "\\" + ESCAPES.charAt(escape);
        }
        return c < ' ' ? String.format("\\u%04x", c) : Character.toString(c);
    }
}
