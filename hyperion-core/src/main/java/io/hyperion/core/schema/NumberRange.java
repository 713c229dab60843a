package io.hyperion.core.schema;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The numbers of a range that a step divides, as decimal digits. A number with decimals is handled as the integer that it is without its
 * point.
 *
 * @param integer whether only integers are meant
 * @param lower the least number, or the one below it; empty if there is none
 * @param lowerExcluded whether the lower bound itself is out
 * @param upper the greatest number, or the one above it; empty if there is none
 * @param upperExcluded whether the upper bound itself is out
 * @param step what all numbers are multiples of, above 0; empty for any
 */
record NumberRange(
        boolean integer,
        Optional<BigDecimal> lower,
        boolean lowerExcluded,
        Optional<BigDecimal> upper,
        boolean upperExcluded,
        Optional<BigDecimal> step) {
    /** How many digits numbers have before the point where no bound asks for more, so that a double tells them apart. */
    private static final int DIGITS = 15;
    /** The same where there is a step. */
    private static final int DIGITS_WITH_STEP = 9;
    /** Bounds of more digits are beyond all numbers that are written. */
    private static final int MAX_DIGITS = 30;
    /** How many decimals numbers have, where no bound has more. */
    private static final int DECIMALS = 6;

    private static final int MAX_DECIMALS = 15;
    /** So many numbers are written one by one. */
    private static final int MAX_LISTED = 500;
    /** The greatest step, without the zeros at its end, of which the remainders are followed. */
    private static final int MAX_STEP = 25;

    static NumberRange all(boolean integer) {
        return new NumberRange(integer, Optional.empty(), false, Optional.empty(), false, Optional.empty());
    }

    NumberRange onlyIntegers() {
        return new NumberRange(true, lower, lowerExcluded, upper, upperExcluded, step);
    }

    NumberRange atLeast(BigDecimal bound, boolean excluded) {
        int order = lower.map(bound::compareTo).orElse(1);
        return order < 0 || order == 0 && !excluded
                ? this
                : new NumberRange(integer, Optional.of(bound), excluded, upper, upperExcluded, step);
    }

    NumberRange atMost(BigDecimal bound, boolean excluded) {
        int order = upper.map(bound::compareTo).orElse(-1);
        return order > 0 || order == 0 && !excluded
                ? this
                : new NumberRange(integer, lower, lowerExcluded, Optional.of(bound), excluded, step);
    }

    /** {@return the multiples of one more step} */
    NumberRange multiplesOf(BigDecimal factor) {
        BigDecimal common = step.map(own -> leastCommonMultiple(own, factor)).orElse(factor);
        return new NumberRange(integer, lower, lowerExcluded, upper, upperExcluded, Optional.of(common));
    }

    private static BigDecimal leastCommonMultiple(BigDecimal a, BigDecimal b) {
        int scale = Math.max(Math.max(a.scale(), b.scale()), 0);
        BigInteger left = a.setScale(scale).unscaledValue();
        BigInteger right = b.setScale(scale).unscaledValue();
        return new BigDecimal(left.divide(left.gcd(right)).multiply(right), scale);
    }

    boolean isUnlimited() {
        return lower.isEmpty() && upper.isEmpty() && step.isEmpty();
    }

    boolean contains(BigDecimal number) {
        int low = lower.map(number::compareTo).orElse(1);
        int high = upper.map(number::compareTo).orElse(-1);
        return (!integer || Json.isInteger(number))
                && (low > 0 || low == 0 && !lowerExcluded)
                && (high < 0 || high == 0 && !upperExcluded)
                && step.map(own -> number.remainder(own).signum() == 0).orElse(true);
    }

    /** {@return whether no number is in both} */
    boolean isApartFrom(NumberRange other) {
        return isBelow(other) || other.isBelow(this);
    }

    private boolean isBelow(NumberRange other) {
        if (upper.isEmpty() || other.lower.isEmpty()) {
            return false;
        }
        int order = upper.get().compareTo(other.lower.get());
        return order < 0 || order == 0 && (upperExcluded || other.lowerExcluded);
    }

    /** {@return whether the step is one that can be said for the range} */
    boolean isSaid() {
        return step.isEmpty() || step.get().stripTrailingZeros().scale() <= MAX_DECIMALS && scaled().isSaid();
    }

    /**
     * {@return a part of GBNF, or nothing if there is no such number}
     *
     * @param named makes a rule of a text and gives its name
     */
    Optional<String> write(UnaryOperator<String> named) {
        return scaled().write(named);
    }

    private Scaled scaled() {
        int decimals = decimals();
        BigInteger modulus = step.map(own -> integer ? leastCommonMultiple(own, BigDecimal.ONE) : own)
                .map(own -> own.movePointRight(decimals).toBigIntegerExact())
                .orElse(BigInteger.ONE);
        BigInteger usual = BigInteger.TEN
                .pow((modulus.bitLength() > 1 ? DIGITS_WITH_STEP : DIGITS) + decimals)
                .subtract(BigInteger.ONE);
        BigInteger limit = BigInteger.TEN.pow(MAX_DIGITS + decimals);
        Optional<BigInteger> low = lower.map(bound -> {
            BigInteger least = bounded(bound, decimals, RoundingMode.CEILING, limit);
            boolean onBound = new BigDecimal(least, decimals).compareTo(bound) == 0;
            return lowerExcluded && onBound ? least.add(BigInteger.ONE) : least;
        });
        Optional<BigInteger> high = upper.map(bound -> {
            BigInteger greatest = bounded(bound, decimals, RoundingMode.FLOOR, limit);
            boolean onBound = new BigDecimal(greatest, decimals).compareTo(bound) == 0;
            return upperExcluded && onBound ? greatest.subtract(BigInteger.ONE) : greatest;
        });
        BigInteger from = low.orElseGet(() ->
                usual.max(high.orElse(usual).negate().multiply(BigInteger.TEN)).negate());
        BigInteger to = high.orElseGet(() -> usual.max(low.orElse(usual).multiply(BigInteger.TEN)));
        from = from.max(limit.negate());
        to = to.min(limit);
        if (integer) {
            BigInteger most = BigInteger.valueOf(Long.MAX_VALUE);
            BigInteger least = BigInteger.valueOf(Long.MIN_VALUE);
            to = from.compareTo(most) <= 0 ? to.min(most) : to;
            from = to.compareTo(least) >= 0 ? from.max(least) : from;
        }
        return new Scaled(from, to, decimals, modulus);
    }

    private int decimals() {
        if (integer) {
            return 0;
        }
        if (step.isPresent()) {
            return Math.max(0, step.get().stripTrailingZeros().scale());
        }
        int decimals = DECIMALS;
        for (Optional<BigDecimal> bound : List.of(lower, upper)) {
            decimals = Math.max(
                    decimals,
                    bound.map(each -> each.stripTrailingZeros().scale()).orElse(0));
        }
        return Math.min(decimals, MAX_DECIMALS);
    }

    private static BigInteger bounded(BigDecimal bound, int decimals, RoundingMode rounding, BigInteger limit) {
        // Before the digits are written out, of which a number such as 1e999999 has many.
        if ((long) bound.precision() - bound.scale() > MAX_DIGITS) {
            BigInteger beyond = limit.add(BigInteger.ONE);
            return bound.signum() < 0 ? beyond.negate() : beyond;
        }
        if (bound.scale() - (long) bound.precision() > MAX_DECIMALS + 1) {
            boolean away = rounding == (bound.signum() > 0 ? RoundingMode.CEILING : RoundingMode.FLOOR);
            return away ? BigInteger.valueOf(bound.signum()) : BigInteger.ZERO;
        }
        return bound.setScale(decimals, rounding).unscaledValue();
    }

    /** Integers of a range that a modulus divides, of whose digits some are behind a point. */
    private record Scaled(BigInteger from, BigInteger to, int decimals, BigInteger modulus) {
        boolean isSaid() {
            return count().compareTo(BigInteger.valueOf(MAX_LISTED)) <= 0
                    || withoutZeros().modulus.compareTo(BigInteger.valueOf(MAX_STEP)) <= 0;
        }

        private BigInteger count() {
            return divide(to, RoundingMode.FLOOR)
                    .subtract(divide(from, RoundingMode.CEILING))
                    .add(BigInteger.ONE);
        }

        private BigInteger divide(BigInteger number, RoundingMode rounding) {
            return new BigDecimal(number)
                    .divide(new BigDecimal(modulus), 0, rounding)
                    .toBigIntegerExact();
        }

        /** {@return the range without the zeros that all of its integers end with} */
        private Scaled withoutZeros() {
            Scaled rest = this;
            while (decimals == 0 && rest.modulus.mod(BigInteger.TEN).signum() == 0) {
                Scaled tens = new Scaled(BigInteger.ZERO, BigInteger.ZERO, 0, BigInteger.TEN);
                rest = new Scaled(
                        tens.divide(rest.from, RoundingMode.CEILING),
                        tens.divide(rest.to, RoundingMode.FLOOR),
                        0,
                        rest.modulus.divide(BigInteger.TEN));
            }
            return rest;
        }

        Optional<String> write(UnaryOperator<String> named) {
            BigInteger count = count();
            if (count.signum() <= 0) {
                return Optional.empty();
            }
            if (modulus.bitLength() > 1 && count.compareTo(BigInteger.valueOf(MAX_LISTED)) <= 0) {
                List<String> numbers = new ArrayList<>();
                BigInteger number = divide(from, RoundingMode.CEILING).multiply(modulus);
                for (; number.compareTo(to) <= 0; number = number.add(modulus)) {
                    numbers.add(Gbnf.literal(Json.text(new BigDecimal(number, decimals))));
                }
                return Optional.of(Gbnf.oneOf(numbers));
            }
            Scaled rest = withoutZeros();
            int zeros = modulus.toString().length() - rest.modulus.toString().length();
            String end = zeros == 0 ? "" : " " + Gbnf.literal("0".repeat(zeros));
            List<String> ways = new ArrayList<>();
            if (rest.from.signum() <= 0 && rest.to.signum() >= 0 && zeros > 0) {
                ways.add("\"0\"");
            }
            BigInteger least = zeros > 0 ? BigInteger.ONE : BigInteger.ZERO;
            new Digits(rest, named).write(rest.from.max(least), rest.to).ifPresent(digits -> ways.add(digits + end));
            new Digits(rest, named)
                    .write(rest.to.negate().max(BigInteger.ONE), rest.from.negate())
                    .ifPresent(digits -> ways.add("\"-\" " + digits + end));
            return ways.isEmpty()
                    ? Optional.empty()
                    : Optional.of(ways.size() == 1 ? "(" + ways.get(0) + ")" : "(" + String.join(" | ", ways) + ")");
        }
    }

    /** Writes the digits of numbers that are not negative: an automaton that follows both bounds and the remainder. */
    private static final class Digits {
        private static final String ANY = "[0-9]";

        private final int decimals;
        private final int modulus;
        private final UnaryOperator<String> named;
        /** By what is still to come, where no bound is near any more. */
        private final Map<List<Integer>, Optional<String>> free = new HashMap<>();

        /** A place in the digits: how many there are, how many are behind, whether bounds are still followed, and the remainder. */
        private record Place(int digits, int at, boolean onLow, boolean onHigh, int remainder) {}

        Digits(Scaled range, UnaryOperator<String> named) {
            this.decimals = range.decimals;
            this.modulus = range.modulus.intValueExact();
            this.named = named;
        }

        /** {@return the numbers of a range, both bounds included} */
        Optional<String> write(BigInteger from, BigInteger to) {
            if (from.compareTo(to) > 0) {
                return Optional.empty();
            }
            List<String> ways = new ArrayList<>();
            int most = length(to);
            int fullFrom = 0;
            for (int length = length(from); length <= most; length++) {
                BigInteger low = BigInteger.TEN.pow(length - 1);
                low = length == decimals + 1 ? from : low.max(from);
                BigInteger high =
                        BigInteger.TEN.pow(length).subtract(BigInteger.ONE).min(to);
                boolean full = modulus == 1
                        && length > decimals + 1
                        && low.equals(BigInteger.TEN.pow(length - 1))
                        && high.equals(BigInteger.TEN.pow(length).subtract(BigInteger.ONE));
                if (full && fullFrom == 0) {
                    fullFrom = length;
                }
                if (fullFrom > 0 && (!full || length == most)) {
                    int lastFull = full ? length : length - 1;
                    ways.add(
                            "[1-9] " + Gbnf.repeat(ANY, fullFrom - decimals - 1, lastFull - decimals - 1) + fraction());
                    fullFrom = 0;
                }
                if (!full) {
                    rest(padded(low, length), padded(high, length), new Place(length, 0, true, true, 0))
                            .ifPresent(ways::add);
                }
            }
            return ways.isEmpty()
                    ? Optional.empty()
                    : Optional.of(ways.size() == 1 ? ways.get(0) : "(" + String.join(" | ", ways) + ")");
        }

        /** {@return how many digits a number has: at least one before the point} */
        private int length(BigInteger number) {
            return Math.max(number.toString().length(), decimals + 1);
        }

        private static String padded(BigInteger number, int length) {
            String digits = number.toString();
            return "0".repeat(length - digits.length()) + digits;
        }

        private String fraction() {
            return decimals == 0 ? "" : " (\".\" " + Gbnf.repeat(ANY, 1, decimals) + ")?";
        }

        /** {@return what may follow at a place, or nothing if no number of the range comes that way} */
        private Optional<String> rest(String low, String high, Place place) {
            boolean onLow = place.onLow && (place.at == 0 || !isAll(low, place.at, '0'));
            boolean onHigh = place.onHigh && (place.at == 0 || !isAll(high, place.at, '9'));
            Place normal = new Place(place.digits, place.at, onLow, onHigh, place.remainder);
            if (onLow || onHigh || place.at == 0) {
                return choice(low, high, normal);
            }
            int left = place.digits - place.at;
            if (modulus == 1) {
                return Optional.of(
                        left == 0
                                ? "\"\""
                                : left > decimals
                                        ? Gbnf.repeat(ANY, left - decimals, left - decimals) + fraction()
                                        : left == decimals ? fraction().strip() : Gbnf.repeat(ANY, 0, left));
            }
            List<Integer> key = List.of(left, place.remainder);
            Optional<String> known = free.get(key);
            if (known == null) {
                known = choice(low, high, normal).map(named);
                free.put(key, known);
            }
            return known;
        }

        private Optional<String> choice(String low, String high, Place place) {
            int left = place.digits - place.at;
            boolean mayEnd = left <= decimals
                    && (!place.onLow || isAll(low, place.at, '0'))
                    && (place.remainder * powerOfTen(left)) % modulus == 0;
            if (left == 0) {
                return mayEnd ? Optional.of("\"\"") : Optional.empty();
            }
            Map<String, List<Integer>> digitsByRest = new LinkedHashMap<>();
            int first = place.onLow ? low.charAt(place.at) - '0' : 0;
            int last = place.onHigh ? high.charAt(place.at) - '0' : 9;
            for (int digit = first; digit <= last; digit++) {
                Place next = new Place(
                        place.digits,
                        place.at + 1,
                        place.onLow && digit == first,
                        place.onHigh && digit == last,
                        (place.remainder * 10 + digit) % modulus);
                Optional<String> rest = rest(low, high, next);
                if (rest.isPresent()) {
                    digitsByRest
                            .computeIfAbsent(rest.get(), key -> new ArrayList<>())
                            .add(digit);
                }
            }
            List<String> ways = digitsByRest.entrySet().stream()
                    .map(way -> digits(way.getValue()) + (way.getKey().equals("\"\"") ? "" : " " + way.getKey()))
                    .collect(Collectors.toList());
            if (ways.isEmpty()) {
                return mayEnd ? Optional.of("\"\"") : Optional.empty();
            }
            String text = ways.size() == 1 && left != decimals && !mayEnd
                    ? ways.get(0)
                    : "(" + String.join(" | ", ways) + ")";
            if (left == decimals) {
                text = "(\".\" " + text + ")";
            }
            return Optional.of(mayEnd ? text + "?" : text);
        }

        private long powerOfTen(int exponent) {
            long power = 1;
            for (int i = 0; i < exponent; i++) {
                power = power * 10 % modulus;
            }
            return power;
        }

        private static boolean isAll(String digits, int from, char digit) {
            return digits.substring(from).chars().allMatch(c -> c == digit);
        }

        private static String digits(List<Integer> digits) {
            return Gbnf.characters(
                    CharacterSet.of(digits.stream().map(String::valueOf).collect(Collectors.joining())));
        }
    }
}
