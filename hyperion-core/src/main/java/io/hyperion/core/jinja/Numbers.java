package io.hyperion.core.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Optional;

/** Python's int, as {@link Long} or, where that is too small, {@link BigInteger}; and its float, as {@link Double}. */
final class Numbers {
    /** Beyond this many digits Python does not turn an int into text or text into an int. */
    static final int MAX_DIGITS = 4300;
    /** How large an int may get. */
    private static final int MAX_BITS = 1 << 16;

    private Numbers() {}

    static Object integer(BigInteger value) {
        if (value.bitLength() < 64) {
            return value.longValue();
        }
        if (value.bitLength() > MAX_BITS) {
            throw Fault.limit("the template makes a number of more than " + MAX_BITS + " bits");
        }
        return value;
    }

    /** {@return whether it is an int or bool} */
    static boolean isInteger(Object value) {
        return value instanceof Long || value instanceof Boolean || value instanceof BigInteger;
    }

    static boolean isNumber(Object value) {
        return value instanceof Double || isInteger(value);
    }

    static BigInteger big(Object integer) {
        if (integer instanceof BigInteger big) {
            return big;
        }
        return BigInteger.valueOf(small(integer));
    }

    private static long small(Object integer) {
        return integer instanceof Boolean bool ? (bool ? 1 : 0) : (Long) integer;
    }

    static double real(Object number) {
        if (number instanceof Double real) {
            return real;
        }
        if (number instanceof BigInteger big) {
            double real = big.doubleValue();
            if (Double.isInfinite(real)) {
                throw Fault.of("int too large to convert to float");
            }
            return real;
        }
        return small(number);
    }

    static boolean isWhole(double value) {
        return value == Math.rint(value) && !Double.isInfinite(value);
    }

    /** A finite number without its fraction. */
    static Object truncate(double value) {
        if (Math.abs(value) < 0x1p62) {
            return (long) value;
        }
        if (Double.isNaN(value)) {
            throw Fault.of("cannot convert float NaN to integer");
        }
        if (Double.isInfinite(value)) {
            throw Fault.of("cannot convert float infinity to integer");
        }
        return integer(new BigDecimal(value).toBigInteger());
    }

    /** An int that is used as an index, a count or a width: clipped to what Java's int holds. */
    static int index(Object value) {
        if (value instanceof BigInteger big) {
            return big.signum() < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
        }
        if (!isInteger(value)) {
            throw value instanceof Undefined undefined
                    ? undefined.fault()
                    : Fault.of("'" + Values.typeName(value) + "' object cannot be interpreted as an integer");
        }
        return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, small(value)));
    }

    static Object calculate(String operator, Object left, Object right) {
        if (left instanceof Double || right instanceof Double) {
            return calculate(operator, real(left), real(right));
        }
        if (operator.equals("**")) {
            return power(left, right);
        }
        if (operator.equals("/")) {
            return divide(left, right);
        }
        if (left instanceof BigInteger || right instanceof BigInteger) {
            return calculate(operator, big(left), big(right));
        }
        return calculate(operator, small(left), small(right));
    }

    private static Object calculate(String operator, long left, long right) {
        try {
            return switch (operator) {
                case "+" -> Math.addExact(left, right);
                case "-" -> Math.subtractExact(left, right);
                case "*" -> Math.multiplyExact(left, right);
                default -> {
                    requireDivisor(right == 0, "integer division or modulo by zero");
                    yield operator.equals("%") ? (Object) Math.floorMod(left, right) : floorDivide(left, right);
                }
            };
        } catch (ArithmeticException e) {
            return calculate(operator, BigInteger.valueOf(left), BigInteger.valueOf(right));
        }
    }

    private static Object floorDivide(long left, long right) {
        return left == Long.MIN_VALUE && right == -1
                ? integer(BigInteger.valueOf(left).negate())
                : (Object) Math.floorDiv(left, right);
    }

    private static Object calculate(String operator, BigInteger left, BigInteger right) {
        return switch (operator) {
            case "+" -> integer(left.add(right));
            case "-" -> integer(left.subtract(right));
            case "*" -> integer(left.multiply(right));
            default -> {
                requireDivisor(right.signum() == 0, "integer division or modulo by zero");
                BigInteger[] parts = left.divideAndRemainder(right);
                boolean up = parts[1].signum() != 0 && parts[1].signum() != right.signum();
                yield operator.equals("%")
                        ? integer(up ? parts[1].add(right) : parts[1])
                        : integer(up ? parts[0].subtract(BigInteger.ONE) : parts[0]);
            }
        };
    }

    private static void requireDivisor(boolean zero, String message) {
        if (zero) {
            throw Fault.of(message);
        }
    }

    private static Object divide(Object left, Object right) {
        BigInteger dividend = big(left);
        BigInteger divisor = big(right);
        requireDivisor(divisor.signum() == 0, "division by zero");
        if (dividend.bitLength() <= 53 && divisor.bitLength() <= 53) {
            return dividend.doubleValue() / divisor.doubleValue();
        }
        double quotient = new BigDecimal(dividend)
                .divide(new BigDecimal(divisor), new MathContext(40, RoundingMode.HALF_EVEN))
                .doubleValue();
        if (Double.isInfinite(quotient)) {
            throw Fault.of("integer division result too large for a float");
        }
        return quotient;
    }

    private static Object power(Object left, Object right) {
        BigInteger base = big(left);
        BigInteger exponent = big(right);
        if (exponent.signum() < 0) {
            return calculate("**", real(left), real(right));
        }
        if (base.bitLength() <= 1 && base.abs().compareTo(BigInteger.ONE) <= 0) {
            boolean negative = base.signum() < 0 && exponent.testBit(0);
            return exponent.signum() == 0 ? 1L : negative ? -1L : (long) Math.abs(base.signum());
        }
        if (exponent.bitLength() > 31 || (long) base.bitLength() * exponent.intValue() > 2L * MAX_BITS) {
            throw Fault.limit("the template makes a number of more than " + MAX_BITS + " bits");
        }
        return integer(base.pow(exponent.intValue()));
    }

    private static Object calculate(String operator, double left, double right) {
        switch (operator) {
            case "+":
                return left + right;
            case "-":
                return left - right;
            case "*":
                return left * right;
            case "/":
                requireDivisor(right == 0, "float division by zero");
                return left / right;
            case "//":
                requireDivisor(right == 0, "float floor division by zero");
                return floorDivide(left, right);
            case "%":
                requireDivisor(right == 0, "float modulo");
                return modulo(left, right);
            default:
                return power(left, right);
        }
    }

    private static double modulo(double left, double right) {
        double rest = left % right;
        if (rest == 0) {
            return Math.copySign(0.0, right);
        }
        return (rest < 0) != (right < 0) ? rest + right : rest;
    }

    private static double floorDivide(double left, double right) {
        double rest = left % right;
        double quotient = (left - rest) / right;
        if (rest != 0 && (rest < 0) != (right < 0)) {
            quotient -= 1;
        }
        if (quotient == 0) {
            return Math.copySign(0.0, left / right);
        }
        double floor = Math.floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static double power(double left, double right) {
        requireDivisor(left == 0 && right < 0, "0.0 cannot be raised to a negative power");
        if (left < 0
                && !Double.isInfinite(left)
                && !isWhole(right)
                && !Double.isInfinite(right)
                && !Double.isNaN(right)) {
            throw Fault.of("complex numbers are not supported");
        }
        if (left == 1 || Math.abs(left) == 1 && Double.isInfinite(right)) {
            return 1;
        }
        double power = Math.pow(left, right);
        if (Double.isInfinite(power) && !Double.isInfinite(left) && !Double.isInfinite(right)) {
            throw Fault.of("(34, 'Numerical result out of range')");
        }
        return power;
    }

    static Object negate(Object number) {
        return number instanceof Double real
                ? (Object) (-real)
                : integer(big(number).negate());
    }

    /** Compares exactly, whatever the kinds; empty if one is not a number. */
    static Optional<Integer> compare(Object left, Object right) {
        if (left instanceof Long a && right instanceof Long b) {
            return Optional.of(Long.compare(a, b));
        }
        if (left instanceof Double || right instanceof Double) {
            double a = left instanceof BigInteger ? 0 : real(left);
            double b = right instanceof BigInteger ? 0 : real(right);
            if (Double.isNaN(a) || Double.isNaN(b)) {
                return Optional.empty();
            }
            if (Double.isInfinite(a) || Double.isInfinite(b) || left instanceof Double && right instanceof Double) {
                return Optional.of(a == b ? 0 : a < b ? -1 : 1);
            }
            return Optional.of(decimal(left).compareTo(decimal(right)));
        }
        return Optional.of(big(left).compareTo(big(right)));
    }

    private static BigDecimal decimal(Object number) {
        return number instanceof Double real ? new BigDecimal(real) : new BigDecimal(big(number));
    }

    /** The text of a number. */
    static String text(Object number) {
        if (number instanceof Double real) {
            return text(real.doubleValue());
        }
        if (number instanceof BigInteger big) {
            String text = big.toString();
            if (text.length() - (big.signum() < 0 ? 1 : 0) > MAX_DIGITS) {
                throw Fault.of("Exceeds the limit (" + MAX_DIGITS + " digits) for integer string conversion");
            }
            return text;
        }
        return number.toString();
    }

    /** The shortest text that means this float; Java 17's own is not always the shortest. */
    static String text(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value > 0 ? "0.0" : "-0.0";
        }
        BigDecimal exact = new BigDecimal(value);
        BigDecimal shortest = exact;
        for (int digits = 1; digits <= 17; digits++) {
            shortest = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (shortest.doubleValue() == value) {
                break;
            }
        }
        shortest = shortest.stripTrailingZeros();
        int exponent = shortest.precision() - shortest.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = shortest.toPlainString();
            return plain.indexOf('.') < 0 ? plain + ".0" : plain;
        }
        String digits = shortest.unscaledValue().abs().toString();
        return (value < 0 ? "-" : "")
                + digits.charAt(0)
                + (digits.length() > 1 ? "." + digits.substring(1) : "")
                + exponent(exponent, 'e');
    }

    static String exponent(int exponent, char letter) {
        int size = Math.abs(exponent);
        return letter + (exponent < 0 ? "-" : "+") + (size < 10 ? "0" : "") + size;
    }

    /** Reads an int as Python's {@code int(text, base)} does; empty if it is none. */
    static Optional<Object> parseInteger(String written, int base) {
        String text = withoutUnderscores(strip(written));
        boolean negative = text.startsWith("-");
        String digits = negative || text.startsWith("+") ? text.substring(1) : text;
        int radix = base;
        String prefix = digits.length() > 1 && digits.charAt(0) == '0'
                ? digits.substring(0, 2).toLowerCase(java.util.Locale.ROOT)
                : "";
        int prefixed = prefix.equals("0x") ? 16 : prefix.equals("0o") ? 8 : prefix.equals("0b") ? 2 : 0;
        if (prefixed != 0 && (base == 0 || base == prefixed)) {
            radix = prefixed;
            digits = digits.substring(2);
        } else if (base == 0) {
            radix = 10;
            if (digits.length() > 1 && digits.startsWith("0") && !digits.chars().allMatch(c -> c == '0')) {
                return Optional.empty();
            }
        }
        if (radix < 2 || radix > 36) {
            throw Fault.of("int() base must be >= 2 and <= 36, or 0");
        }
        int valid = radix;
        if (digits.isEmpty()
                || digits.length() > MAX_DIGITS
                || !digits.codePoints().allMatch(c -> Character.digit(c, valid) >= 0)) {
            return Optional.empty();
        }
        BigInteger value = new BigInteger(digits, radix);
        return Optional.of(integer(negative ? value.negate() : value));
    }

    /** Reads a float as Python's {@code float(text)} does; empty if it is none. */
    static Optional<Double> parseReal(String written) {
        String text = strip(written).toLowerCase(java.util.Locale.ROOT);
        String unsigned = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
        boolean negative = text.startsWith("-");
        if (unsigned.equals("inf") || unsigned.equals("infinity")) {
            return Optional.of(negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
        }
        if (unsigned.equals("nan")) {
            return Optional.of(Double.NaN);
        }
        String digits = withoutUnderscores(unsigned);
        if (!isReal(digits)) {
            return Optional.empty();
        }
        double value = Double.parseDouble(digits);
        return Optional.of(negative ? -value : value);
    }

    /** Digits with perhaps a point among them and an exponent after; by hand, as Java reads more than that. */
    private static boolean isReal(String text) {
        int i = skipDigits(text, 0);
        int digits = i;
        if (i < text.length() && text.charAt(i) == '.') {
            int end = skipDigits(text, i + 1);
            digits += end - i - 1;
            i = end;
        }
        if (digits == 0) {
            return false;
        }
        if (i < text.length() && text.charAt(i) == 'e') {
            int start = i + 1;
            if (start < text.length() && (text.charAt(start) == '-' || text.charAt(start) == '+')) {
                start++;
            }
            i = skipDigits(text, start);
            return i > start && i == text.length();
        }
        return i == text.length();
    }

    private static int skipDigits(String text, int from) {
        int i = from;
        while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
            i++;
        }
        return i;
    }

    /** Single underscores between digits are left out; others stay, and make it no number. */
    private static String withoutUnderscores(String text) {
        if (text.indexOf('_') < 0) {
            return text;
        }
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            boolean between = i > 0
                    && i + 1 < text.length()
                    && Character.isLetterOrDigit(text.charAt(i - 1))
                    && Character.isLetterOrDigit(text.charAt(i + 1));
            if (text.charAt(i) != '_' || !between) {
                plain.append(text.charAt(i));
            }
        }
        return plain.toString();
    }

    private static String strip(String text) {
        return Texts.stripLeft(Texts.stripRight(text));
    }
}
