package io.hyperion.war.json;

import java.util.List;
import java.util.Map;

/**
 * A JSON value as it was sent. Numbers stay text until it is known what they are wanted for: turning {@code 1e1000000000} or a million
 * digits into a number before its range is checked would cost minutes or gigabytes.
 */
sealed interface JsonNode {
    /** {@return what to call this kind of value in a message, such as "a string"} */
    String kind();

    /** The only value of its kind. */
    enum Null implements JsonNode {
        /** JSON's null. */
        NULL;

        @Override
        public String kind() {
            return "null";
        }
    }

    /** A string without NUL characters and unpaired surrogates. */
    record Text(String value) implements JsonNode {
        @Override
        public String kind() {
            return "a string";
        }
    }

    /** True or false. */
    record Bool(boolean value) implements JsonNode {
        @Override
        public String kind() {
            return "a boolean";
        }
    }

    /** A number by its literal, which is valid JSON. */
    record Numeral(String literal) implements JsonNode {
        /** Up to here, in either direction, a double tells every whole number from its neighbours. */
        static final double EXACT = 0x1p53;

        private static final int LONG_DIGITS = 19;

        @Override
        public String kind() {
            return "a number";
        }

        /** {@return the nearest number; infinite if it is too large for a double} */
        double toDouble() {
            return Double.parseDouble(literal);
        }

        /** {@return whether this is a whole number, however it is written} */
        boolean isWhole() {
            if (isPlainInteger()) {
                return true;
            }
            double number = toDouble();
            return number == Math.rint(number);
        }

        /** {@return the whole number, or the largest or smallest long if it is beyond what can be told exactly} */
        long toLong() {
            if (isPlainInteger() && literal.length() < LONG_DIGITS) {
                return Long.parseLong(literal);
            }
            double number = toDouble();
            if (Math.abs(number) > EXACT) {
                return number < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
            }
            return (long) number;
        }

        /** {@return whether it is written as digits alone} */
        boolean isPlainInteger() {
            return literal.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'));
        }
    }

    /** A list. */
    record Items(List<JsonNode> values) implements JsonNode {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /** An object; its fields in the order sent. */
    record Members(Map<String, JsonNode> values) implements JsonNode {
        @Override
        public String kind() {
            return "an object";
        }
    }
}
