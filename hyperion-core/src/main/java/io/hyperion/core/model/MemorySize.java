package io.hyperion.core.model;

import java.util.Locale;

/** Amounts of memory as people write them. */
final class MemorySize {
    private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private MemorySize() {}

    /** {@return such as {@code 1.5 GiB}} */
    static String text(long bytes) {
        int unit = 0;
        double amount = bytes;
        // Rounded first, so that nothing reads 1024.0 of the smaller unit.
        while (Math.round(amount * 10) >= 10240 && unit < UNITS.length - 1) {
            amount /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + " bytes" : String.format(Locale.ROOT, "%.1f %s", amount, UNITS[unit]);
    }
}
