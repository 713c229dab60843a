package io.hyperion.core.gguf;

import java.util.Optional;

/** How the numbers of a tensor are stored: the types of ggml, of which the quantised ones pack a block of numbers into a few bytes. */
public enum TensorType {
    /** 32 bits each. */
    F32(0, 1, 4),
    /** IEEE half precision. */
    F16(1, 1, 2),
    /** 4 bits each. */
    Q4_0(2, 32, 18),
    /** 4 bits each. */
    Q4_1(3, 32, 20),
    /** 5 bits each. */
    Q5_0(6, 32, 22),
    /** 5 bits each. */
    Q5_1(7, 32, 24),
    /** 8 bits each. */
    Q8_0(8, 32, 34),
    /** 8 bits each, for sums under way only. */
    Q8_1(9, 32, 36),
    /** About 2.6 bits each. */
    Q2_K(10, 256, 84),
    /** About 3.4 bits each. */
    Q3_K(11, 256, 110),
    /** 4.5 bits each. */
    Q4_K(12, 256, 144),
    /** 5.5 bits each. */
    Q5_K(13, 256, 176),
    /** About 6.6 bits each. */
    Q6_K(14, 256, 210),
    /** 8 bits each, for sums under way only. */
    Q8_K(15, 256, 292),
    /** About 2 bits each. */
    IQ2_XXS(16, 256, 66),
    /** About 2.3 bits each. */
    IQ2_XS(17, 256, 74),
    /** About 3 bits each. */
    IQ3_XXS(18, 256, 98),
    /** About 1.6 bits each. */
    IQ1_S(19, 256, 50),
    /** 4.5 bits each. */
    IQ4_NL(20, 32, 18),
    /** About 3.4 bits each. */
    IQ3_S(21, 256, 110),
    /** About 2.6 bits each. */
    IQ2_S(22, 256, 82),
    /** 4.25 bits each. */
    IQ4_XS(23, 256, 136),
    /** An integer of 8 bits. */
    I8(24, 1, 1),
    /** An integer of 16 bits. */
    I16(25, 1, 2),
    /** An integer of 32 bits. */
    I32(26, 1, 4),
    /** An integer of 64 bits. */
    I64(27, 1, 8),
    /** 64 bits each. */
    F64(28, 1, 8),
    /** 1.75 bits each. */
    IQ1_M(29, 256, 56),
    /** The upper half of 32 bits. */
    BF16(30, 1, 2),
    /** About 1.7 bits each, of three values. */
    TQ1_0(34, 256, 54),
    /** About 2 bits each, of three values. */
    TQ2_0(35, 256, 66);

    private final int id;
    private final int blockSize;
    private final int blockBytes;

    TensorType(int id, int blockSize, int blockBytes) {
        this.id = id;
        this.blockSize = blockSize;
        this.blockBytes = blockBytes;
    }

    static Optional<TensorType> of(int id) {
        for (TensorType type : values()) {
            if (type.id == id) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    int id() {
        return id;
    }

    /** {@return how many numbers are packed together; the rows of a tensor are a multiple of it} */
    public int blockSize() {
        return blockSize;
    }

    /** {@return the bytes of a block} */
    public int blockBytes() {
        return blockBytes;
    }

    /** Whether ggml can multiply with weights of this type. For the others it has no function and calls none: the process dies. */
    boolean canBeWeights() {
        return switch (this) {
            case I8, I16, I32, I64, F64, Q8_1, Q8_K -> false;
            default -> true;
        };
    }
}
