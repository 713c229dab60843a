package io.hyperion.core.gguf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The tokens of a vocabulary as llama.cpp takes them, to be found by their text: a text ends at its first zero byte, and an empty one is
 * replaced by one with its number.
 */
final class TokenIndex {
    /**
     * Two tokens of the same text.
     *
     * @param first one of them
     * @param second the other
     */
    record Duplicate(int first, int second) {}

    private final byte[][] texts;

    /** Hash table of open addressing: number of the token plus one, or 0. A vocabulary has up to some 260 000. */
    private final int[] table;

    private Optional<Duplicate> duplicate = Optional.empty();

    TokenIndex(GgufValue.Texts tokens) {
        texts = new byte[tokens.size()][];
        table = new int[Integer.highestOneBit(Math.max(8, tokens.size())) * 4];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = asTaken(tokens.bytes(i), i);
            int slot = slot(texts[i]);
            if (table[slot] == 0) {
                table[slot] = i + 1;
            } else if (duplicate.isEmpty()) {
                duplicate = Optional.of(new Duplicate(table[slot] - 1, i));
            }
        }
    }

    private static byte[] asTaken(byte[] text, int index) {
        int end = 0;
        while (end < text.length && text[end] != 0) {
            end++;
        }
        if (end == 0) {
            return ("[EMPTY_" + index + "]").getBytes(StandardCharsets.US_ASCII);
        }
        return end == text.length ? text : Arrays.copyOf(text, end);
    }

    /** Where a text is, or would be put. */
    private int slot(byte[] text) {
        int hash = Arrays.hashCode(text);
        int slot = (hash ^ hash >>> 15) * 0x9E3779B9 >>> 7 & table.length - 1;
        while (table[slot] != 0 && !Arrays.equals(texts[table[slot] - 1], text)) {
            slot = slot + 1 & table.length - 1;
        }
        return slot;
    }

    int size() {
        return texts.length;
    }

    byte[] text(int index) {
        return texts[index];
    }

    boolean contains(byte[] text) {
        return table[slot(text)] != 0;
    }

    /** {@return the first two tokens of the same text; empty if there are none} */
    Optional<Duplicate> duplicate() {
        return duplicate;
    }
}
