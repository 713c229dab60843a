package io.hyperion.core.schema;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Values of JSON as plain objects: maps with names, lists, texts, numbers, booleans, null. */
final class Json {
    /** Two-letter escapes: the characters, and the letters after the backslash. */
    private static final String ESCAPED = "\"\\\b\f\n\r\t";

    private static final String ESCAPES = "\"\\bfnrt";

    private Json() {}

    /** {@return a text that equal values have in common, and no others: 1 is 1.0} */
    static String key(Object value) {
        if (value instanceof Number number) {
            return decimal(number).signum() == 0
                    ? "0"
                    : decimal(number).stripTrailingZeros().toString();
        } else if (value instanceof String text) {
            return text(text);
        } else if (value instanceof List<?> list) {
            return list.stream().map(Json::key).collect(Collectors.joining(",", "[", "]"));
        } else if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> text((String) entry.getKey()) + ":" + key(entry.getValue()))
                    .sorted()
                    .collect(Collectors.joining(",", "{", "}"));
        }
        return String.valueOf(value);
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
