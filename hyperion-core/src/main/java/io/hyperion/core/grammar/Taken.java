package io.hyperion.core.grammar;

import java.util.BitSet;

/**
 * What a {@link Node.AnyOrder} has taken so far.
 *
 * @param members those that cannot come again, by their places; not to be changed
 * @param total how many were taken, at least as far as it matters; 0 if none
 */
record Taken(BitSet members, int total) {
    static final Taken NONE = new Taken(new BitSet(), 0);
}
