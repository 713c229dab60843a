package io.hyperion.core.gguf;

/** Floating point numbers of 16 bits, for which Java 17 has no conversion. */
final class Half {
    private Half() {}

    /** {@return the bits of the nearest one; infinite beyond the largest, 65504} */
    static short of(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & 0x7FFF_FFFF;
        if (magnitude > 0x7F80_0000) {
            return (short) (sign | 0x7E00);
        }
        if (magnitude >= 0x4780_0000) {
            return (short) (sign | 0x7C00);
        }
        if (magnitude < 0x3880_0000) {
            // Below the smallest normal one, steps are of 2^-24: exact in a double, and rint rounds to even as the
            // standard does.
            return (short) (sign | (int) Math.rint(Math.abs((double) value) * (1 << 24)));
        }
        // Round to even; a carry out of the fraction goes into the exponent, and at the very top to infinity, as it
        // must.
        int rounded = magnitude + 0xFFF + (magnitude >>> 13 & 1);
        return (short) (sign | rounded - 0x3800_0000 >>> 13);
    }
}
