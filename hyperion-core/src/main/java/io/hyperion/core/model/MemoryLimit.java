package io.hyperion.core.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much of a device's memory models may use together. */
public sealed interface MemoryLimit {
    /**
     * Reads a limit: a number of bytes, with a unit ({@code KiB}, {@code MiB}, {@code GiB}, {@code TiB} for powers of 1024, {@code KB},
     * {@code MB}, {@code GB}, {@code TB} for powers of 1000) or without, or a part of the device's memory such as {@code 80%}.
     *
     * @param text the limit; the case of units does not matter
     * @return the limit
     * @throws IllegalArgumentException if it is none; the message says what it must be
     */
    static MemoryLimit parse(String text) {
        Matcher parts = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,9})?)\\s*(%|[KMGT]i?B|B|)", Pattern.CASE_INSENSITIVE)
                .matcher(text.strip());
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "must be an amount of memory such as 12GiB, or a part such as 80%, but is '" + text + "'");
        }
        BigDecimal number = new BigDecimal(parts.group(1));
        String unit = parts.group(2).toUpperCase(Locale.ROOT);
        if (unit.equals("%")) {
            if (number.signum() == 0 || number.compareTo(BigDecimal.valueOf(100)) > 0) {
                throw new IllegalArgumentException(
                        "must be more than 0% and at most 100% of the memory, but is '" + text + "'");
            }
            return new Part(number);
        }
        BigDecimal bytes = number.multiply(BigDecimal.valueOf(factor(unit))).setScale(0, RoundingMode.DOWN);
        if (bytes.signum() == 0 || bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException(
                    "must be at least 1 byte and less than 8 EiB of memory, but is '" + text + "'");
        }
        return new Amount(bytes.longValueExact());
    }

    private static long factor(String unit) {
        long base = unit.endsWith("IB") ? 1024 : 1000;
        long factor = 1;
        for (int power = "KMGT".indexOf(unit.isEmpty() ? ' ' : unit.charAt(0)); power >= 0; power--) {
            factor *= base;
        }
        return factor;
    }

    /**
     * The limit in bytes.
     *
     * @param total the device's memory in bytes
     * @return how many bytes may be used; more than the total if somebody said so, since weights can be read from the file again and again
     */
    long bytes(long total);

    /**
     * A number of bytes.
     *
     * @param limit how many, at least 1
     */
    record Amount(long limit) implements MemoryLimit {
        public Amount {
            if (limit < 1) {
                throw new IllegalArgumentException("A limit must be at least 1 byte, but is " + limit);
            }
        }

        @Override
        public long bytes(long total) {
            return limit;
        }
    }

    /**
     * A part of the device's memory.
     *
     * @param percent how many hundredths of it, more than 0 and at most 100
     */
    record Part(BigDecimal percent) implements MemoryLimit {
        public Part {
            Objects.requireNonNull(percent, "percent");
            if (percent.signum() <= 0 || percent.compareTo(BigDecimal.valueOf(100)) > 0) {
                throw new IllegalArgumentException(
                        "A part must be more than 0 and at most 100 percent, but is " + percent);
            }
        }

        @Override
        public long bytes(long total) {
            return percent.multiply(BigDecimal.valueOf(total))
                    .divide(BigDecimal.valueOf(100), 0, RoundingMode.DOWN)
                    .longValueExact();
        }
    }
}
