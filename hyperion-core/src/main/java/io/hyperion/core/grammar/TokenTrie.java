package io.hyperion.core.grammar;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The pieces of a model's vocabulary as a tree of bytes, so that tokens that begin alike are tried together. It is made once for a model.
 * Immutable and safe for use by many threads.
 */
public final class TokenTrie {
    private final byte[][] pieces;
    private final BitSet endOfGeneration = new BitSet();

    /** The nodes in preorder, without the root: the last byte of each, its depth from 1, and the index after its subtree. */
    private final byte[] bytes;

    private final int[] depths;
    private final int[] subtreeEnds;
    /** By node, and one more: where its tokens begin in {@link #tokens}. */
    private final int[] tokenStarts;

    private final int[] tokens;
    private final int depth;
    /** The pieces of tokens that have none in the tree. */
    private final Map<Integer, byte[]> named;

    /**
     * Makes the tree, in time and memory about linear in the sum of the pieces' lengths.
     *
     * @param size the number of tokens; ids are 0 to this number, exclusive
     * @param pieces the bytes of a token by its id: UTF-8 that may begin or end within a character, empty for a control token; they are
     *     kept and must not change
     * @param isEndOfGeneration whether a token ends a turn or a text, by its id; its piece is of no importance
     */
    public TokenTrie(int size, IntFunction<byte[]> pieces, IntPredicate isEndOfGeneration) {
        this.pieces = new byte[size][];
        Arrays.setAll(this.pieces, pieces);
        IntStream.range(0, size).filter(isEndOfGeneration).forEach(endOfGeneration::set);
        tokens = IntStream.range(0, size)
                .filter(token -> this.pieces[token].length > 0 && !endOfGeneration.get(token))
                .boxed()
                .sorted(Comparator.comparing(token -> this.pieces[token], Arrays::compareUnsigned))
                .mapToInt(Integer::intValue)
                .toArray();
        int nodes = 0;
        int deepest = 0;
        for (int i = 0; i < tokens.length; i++) {
            byte[] piece = this.pieces[tokens[i]];
            nodes += piece.length - inCommon(i);
            deepest = Math.max(deepest, piece.length);
        }
        bytes = new byte[nodes];
        depths = new int[nodes];
        subtreeEnds = new int[nodes];
        tokenStarts = new int[nodes + 1];
        depth = deepest;
        named = Map.of();
        fill();
    }

    private TokenTrie(TokenTrie original, Map<Integer, byte[]> named) {
        this.pieces = original.pieces;
        this.endOfGeneration.or(original.endOfGeneration);
        this.bytes = original.bytes;
        this.depths = original.depths;
        this.subtreeEnds = original.subtreeEnds;
        this.tokenStarts = original.tokenStarts;
        this.tokens = original.tokens;
        this.depth = original.depth;
        this.named = Map.copyOf(named);
    }

    /**
     * The same vocabulary with pieces for tokens that have none, such as control tokens. It shares the tree.
     *
     * @param names the pieces of a few tokens by their ids; they are kept and must not change
     * @return the vocabulary
     * @throws IllegalArgumentException if one of them has a piece already, or ends a turn or a text
     * @throws IndexOutOfBoundsException if there is no such token
     */
    public TokenTrie withNamed(Map<Integer, byte[]> names) {
        names.keySet().forEach(token -> {
            Objects.checkIndex(token, pieces.length);
            if (pieces[token].length > 0 || endOfGeneration.get(token)) {
                throw new IllegalArgumentException("The token " + token + " cannot be given a piece");
            }
        });
        return new TokenTrie(this, names);
    }

    /** {@return how many bytes the piece of a token, by its place in the order, has in common with the one before it} */
    private int inCommon(int index) {
        if (index == 0) {
            return 0;
        }
        byte[] piece = pieces[tokens[index]];
        int mismatch = Arrays.mismatch(pieces[tokens[index - 1]], piece);
        return mismatch < 0 ? piece.length : mismatch;
    }

    private void fill() {
        int[] path = new int[depth];
        int node = 0;
        int open = 0;
        for (int i = 0; i < tokens.length; i++) {
            byte[] piece = pieces[tokens[i]];
            int common = inCommon(i);
            while (open > common) {
                subtreeEnds[path[--open]] = node;
            }
            while (open < piece.length) {
                bytes[node] = piece[open];
                path[open++] = node;
                depths[node] = open;
                tokenStarts[node++] = i;
            }
            // Until a later node is made, this token is the last node's.
            tokenStarts[node] = i + 1;
        }
        while (open > 0) {
            subtreeEnds[path[--open]] = node;
        }
    }

    /** {@return the number of tokens; ids are 0 to this number, exclusive} */
    public int size() {
        return pieces.length;
    }

    byte[] piece(int token) {
        byte[] piece = pieces[token];
        return piece.length > 0 || named.isEmpty() ? piece : named.getOrDefault(token, piece);
    }

    /** {@return the tokens that have their pieces not in the tree} */
    Set<Integer> named() {
        return named.keySet();
    }

    boolean isEndOfGeneration(int token) {
        return endOfGeneration.get(token);
    }

    BitSet endOfGeneration() {
        return endOfGeneration;
    }

    int nodeCount() {
        return bytes.length;
    }

    /** {@return the length of the longest piece} */
    int depth() {
        return depth;
    }

    int value(int node) {
        return Byte.toUnsignedInt(bytes[node]);
    }

    /** {@return how many bytes lead to the node, its own included} */
    int depth(int node) {
        return depths[node];
    }

    int subtreeEnd(int node) {
        return subtreeEnds[node];
    }

    /** Takes away the tokens whose pieces end at a node or behind it. */
    void removeSubtree(int node, BitSet set) {
        for (int i = tokenStarts[node]; i < tokenStarts[subtreeEnds[node]]; i++) {
            set.clear(tokens[i]);
        }
    }

    /** Adds the tokens whose pieces end at a node. */
    void addTokens(int node, BitSet set) {
        for (int i = tokenStarts[node]; i < tokenStarts[node + 1]; i++) {
            set.set(tokens[i]);
        }
    }
}
