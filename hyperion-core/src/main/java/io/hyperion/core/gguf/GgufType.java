package io.hyperion.core.gguf;

import java.util.Locale;
import java.util.Optional;

/** The types of metadata values. The order is that of the numbers that stand for them in a file. */
public enum GgufType {
    /** An integer of 8 bits without a sign. */
    UINT8(1),
    /** An integer of 8 bits. */
    INT8(1),
    /** An integer of 16 bits without a sign. */
    UINT16(2),
    /** An integer of 16 bits. */
    INT16(2),
    /** An integer of 32 bits without a sign. */
    UINT32(4),
    /** An integer of 32 bits. */
    INT32(4),
    /** A floating point number of 32 bits. */
    FLOAT32(4),
    /** True or false. */
    BOOL(1),
    /** A text. */
    STRING(0),
    /** A list of values of one type. */
    ARRAY(0),
    /** An integer of 64 bits without a sign. */
    UINT64(8),
    /** An integer of 64 bits. */
    INT64(8),
    /** A floating point number of 64 bits. */
    FLOAT64(8);

    private static final GgufType[] ALL = values();

    private final int size;

    GgufType(int size) {
        this.size = size;
    }

    static Optional<GgufType> of(int id) {
        return id >= 0 && id < ALL.length ? Optional.of(ALL[id]) : Optional.empty();
    }

    int id() {
        return ordinal();
    }

    /** The bytes of a value; 0 if that differs from value to value. */
    int size() {
        return size;
    }

    boolean isWhole() {
        return switch (this) {
            case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 -> true;
            default -> false;
        };
    }

    boolean isReal() {
        return this == FLOAT32 || this == FLOAT64;
    }

    /** The name as the GGUF specification has it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
