package io.hyperion.core.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/** A metadata value. Immutable. */
public sealed interface GgufValue {
    /** {@return the type it has in the file} */
    GgufType type();

    /**
     * An integer.
     *
     * @param type its type
     * @param value the number; of a {@link GgufType#UINT64} above {@link Long#MAX_VALUE} its bits
     */
    record Whole(GgufType type, long value) implements GgufValue {
        public Whole {
            if (!type.isWhole()) {
                throw new IllegalArgumentException(type + " is no type of integers");
            }
        }
    }

    /**
     * A floating point number.
     *
     * @param type its type
     * @param value the number
     */
    record Real(GgufType type, double value) implements GgufValue {
        public Real {
            if (!type.isReal()) {
                throw new IllegalArgumentException(type + " is no type of floating point numbers");
            }
        }
    }

    /**
     * True or false.
     *
     * @param value which of them
     */
    record Bool(boolean value) implements GgufValue {
        @Override
        public GgufType type() {
            return GgufType.BOOL;
        }
    }

    /**
     * A text.
     *
     * @param value the text; bytes that are not UTF-8 have become replacement characters
     */
    record Text(String value) implements GgufValue {
        public Text {
            Objects.requireNonNull(value, "value");
        }

        @Override
        public GgufType type() {
            return GgufType.STRING;
        }
    }

    /** A list of numbers or of truth values, kept as the file has it. */
    final class Numbers implements GgufValue {
        private final GgufType elementType;
        private final ByteBuffer bytes;

        Numbers(GgufType elementType, byte[] bytes) {
            this.elementType = elementType;
            this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }

        @Override
        public GgufType type() {
            return GgufType.ARRAY;
        }

        /** {@return the type of its elements} */
        public GgufType elementType() {
            return elementType;
        }

        /** {@return the number of its elements} */
        public int size() {
            return bytes.capacity() / elementType.size();
        }

        /**
         * An integer of the list.
         *
         * @param index which one
         * @return the number; of a {@link GgufType#UINT64} above {@link Long#MAX_VALUE} its bits
         * @throws IllegalStateException if these are no integers
         * @throws IndexOutOfBoundsException if there is none of that index
         */
        public long whole(int index) {
            int at = Objects.checkIndex(index, size()) * elementType.size();
            return switch (elementType) {
                case UINT8 -> Byte.toUnsignedLong(bytes.get(at));
                case INT8 -> bytes.get(at);
                case UINT16 -> Short.toUnsignedLong(bytes.getShort(at));
                case INT16 -> bytes.getShort(at);
                case UINT32 -> Integer.toUnsignedLong(bytes.getInt(at));
                case INT32 -> bytes.getInt(at);
                case UINT64, INT64 -> bytes.getLong(at);
                default -> throw new IllegalStateException("The elements are of type " + elementType);
            };
        }

        /**
         * A floating point number of the list.
         *
         * @param index which one
         * @return the number
         * @throws IllegalStateException if these are no floating point numbers
         * @throws IndexOutOfBoundsException if there is none of that index
         */
        public double real(int index) {
            int at = Objects.checkIndex(index, size()) * elementType.size();
            return switch (elementType) {
                case FLOAT32 -> bytes.getFloat(at);
                case FLOAT64 -> bytes.getDouble(at);
                default -> throw new IllegalStateException("The elements are of type " + elementType);
            };
        }

        /**
         * A truth value of the list.
         *
         * @param index which one
         * @return the value
         * @throws IllegalStateException if these are no truth values
         * @throws IndexOutOfBoundsException if there is none of that index
         */
        public boolean bool(int index) {
            if (elementType != GgufType.BOOL) {
                throw new IllegalStateException("The elements are of type " + elementType);
            }
            return bytes.get(Objects.checkIndex(index, size())) != 0;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Numbers that && elementType == that.elementType && bytes.equals(that.bytes);
        }

        @Override
        public int hashCode() {
            return 31 * elementType.hashCode() + bytes.hashCode();
        }

        @Override
        public String toString() {
            return size() + " values of type " + elementType;
        }
    }

    /** A list of texts, such as a vocabulary: one block of bytes, and where in it each text ends. */
    final class Texts implements GgufValue {
        private final byte[] bytes;
        private final int[] ends;

        Texts(byte[] bytes, int[] ends) {
            this.bytes = bytes;
            this.ends = ends;
        }

        @Override
        public GgufType type() {
            return GgufType.ARRAY;
        }

        /** {@return the number of texts} */
        public int size() {
            return ends.length;
        }

        /**
         * A text of the list.
         *
         * @param index which one
         * @return the text; bytes that are not UTF-8 have become replacement characters
         * @throws IndexOutOfBoundsException if there is none of that index
         */
        public String get(int index) {
            int begin = begin(index);
            return new String(bytes, begin, ends[index] - begin, StandardCharsets.UTF_8);
        }

        /**
         * The bytes of a text of the list.
         *
         * @param index which one
         * @return a copy of its bytes
         * @throws IndexOutOfBoundsException if there is none of that index
         */
        public byte[] bytes(int index) {
            return Arrays.copyOfRange(bytes, begin(index), ends[index]);
        }

        private int begin(int index) {
            return Objects.checkIndex(index, ends.length) == 0 ? 0 : ends[index - 1];
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Texts that && Arrays.equals(bytes, that.bytes) && Arrays.equals(ends, that.ends);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(bytes) + Arrays.hashCode(ends);
        }

        @Override
        public String toString() {
            return size() + " texts";
        }
    }
}
