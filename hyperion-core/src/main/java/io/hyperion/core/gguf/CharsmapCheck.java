package io.hyperion.core.gguf;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;

/**
 * The table by which SentencePiece normalises text before it is tokenised: a length, an XOR-compressed double array (S. Kanda, 2018) of
 * 32-bit nodes of that length in bytes, and NUL-terminated replacements. llama.cpp walks it with the bytes of each text and throws what
 * nobody catches where a node or a replacement lies outside, so that all that any text can reach is walked here before.
 */
final class CharsmapCheck {
    private static final int LENGTH_BYTES = 4;

    private final Entries entries;
    private final String key;
    private final GgufValue.Numbers bytes;
    private final int nodes;
    private final int replacements;

    private CharsmapCheck(Entries entries, String key, GgufValue.Numbers bytes, int nodes, int replacements) {
        this.entries = entries;
        this.key = key;
        this.bytes = bytes;
        this.nodes = nodes;
        this.replacements = replacements;
    }

    static void check(Entries entries, String key) throws GgufException {
        if (!entries.has(key)) {
            return;
        }
        GgufValue.Numbers bytes =
                entries.numbers(key, GgufType.UINT8, GgufType.INT8).orElseThrow(() -> entries.fault(key, "is missing"));
        if (bytes.size() == 0) {
            return;
        }
        if (bytes.size() < LENGTH_BYTES) {
            throw entries.fault(key, "has " + bytes.size() + " bytes, too few for the length of its table");
        }
        long length = word(bytes, 0);
        long replacements = bytes.size() - LENGTH_BYTES - length;
        if (length % LENGTH_BYTES != 0 || replacements < 1) {
            throw entries.fault(
                    key, "has a table of " + length + " bytes, but there are " + bytes.size() + " bytes in all");
        }
        if ((byte) bytes.whole(bytes.size() - 1) != 0) {
            throw entries.fault(key, "has a last replacement without an end");
        }
        if (length > 0) {
            new CharsmapCheck(entries, key, bytes, (int) length / LENGTH_BYTES, (int) replacements).walk();
        }
    }

    private static long word(GgufValue.Numbers bytes, int at) {
        long word = 0;
        for (int i = LENGTH_BYTES - 1; i >= 0; i--) {
            word = word << 8 | bytes.whole(at + i) & 0xFF;
        }
        return word;
    }

    private long node(long index) throws GgufException {
        if (index >= nodes) {
            throw entries.fault(key, "leads to node " + index + ", but has " + nodes);
        }
        return word(bytes, (int) (LENGTH_BYTES + LENGTH_BYTES * index));
    }

    private static long base(long node) {
        // 32 bits without a sign, as in llama.cpp: a large base wraps.
        return (node >>> 10) << ((node & 1 << 9) >>> 6) & 0xFFFF_FFFFL;
    }

    /** All places from which a text can go on, each once. */
    private void walk() throws GgufException {
        BitSet seen = new BitSet(nodes);
        Deque<Long> open = new ArrayDeque<>();
        open.add(base(node(0)));
        while (!open.isEmpty()) {
            long from = open.remove();
            for (int c = 1; c < 256; c++) {
                long to = from ^ c;
                long node = node(to);
                if ((node & 0x8000_00FFL) != c) {
                    continue;
                }
                long next = to ^ base(node);
                boolean leaf = (node >>> 8 & 1) != 0;
                if (leaf && (node(next) & 0x7FFF_FFFFL) >= replacements) {
                    throw entries.fault(
                            key,
                            "leads to a replacement at " + (node(next) & 0x7FFF_FFFFL) + ", but has " + replacements
                                    + " bytes of them");
                }
                // Beyond the table there is no place to go on from: whatever byte follows, that is found out above.
                if (next >= nodes + 255L) {
                    throw entries.fault(key, "leads to node " + next + ", but has " + nodes);
                }
                if (!seen.get((int) next)) {
                    seen.set((int) next);
                    open.add(next);
                }
            }
        }
    }
}
