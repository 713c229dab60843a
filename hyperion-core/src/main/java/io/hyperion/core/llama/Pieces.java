package io.hyperion.core.llama;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * The texts of tokens as one request sees them: as {@link Vocabulary#piece} has them, and some control tokens, which have no text there,
 * by their names. Immutable and safe for use by many threads.
 */
public final class Pieces {
    private final Vocabulary vocabulary;
    private final Map<Integer, byte[]> named;

    private Pieces(Vocabulary vocabulary, Map<Integer, byte[]> named) {
        this.vocabulary = vocabulary;
        this.named = named;
    }

    /**
     * The texts of a vocabulary, where control tokens have none.
     *
     * @param vocabulary the vocabulary
     * @return the texts
     */
    public static Pieces of(Vocabulary vocabulary) {
        return new Pieces(vocabulary, Map.of());
    }

    /**
     * The texts of a vocabulary, with those of some control tokens.
     *
     * @param vocabulary the vocabulary
     * @param names the names of control tokens, such as {@code <tool_call>}; one that no token has, or a token that ends a turn or a text,
     *     is left out
     * @return the texts
     */
    public static Pieces of(Vocabulary vocabulary, Collection<String> names) {
        Map<Integer, byte[]> named = new HashMap<>();
        for (String name : names) {
            byte[] text = name.getBytes(StandardCharsets.UTF_8);
            int[] tokens = vocabulary.tokenize(name, false, true);
            if (tokens.length == 1
                    && vocabulary.piece(tokens[0]).length == 0
                    && !vocabulary.isEndOfGeneration(tokens[0])
                    && Arrays.equals(vocabulary.pieceOrName(tokens[0]), text)) {
                named.put(tokens[0], text);
            }
        }
        return new Pieces(vocabulary, Map.copyOf(named));
    }

    /**
     * @param token the id of a token
     * @return its bytes in UTF-8, which may be a part of a character; empty for a control token that is not named; not to be changed
     * @throws IndexOutOfBoundsException if there is no such token
     */
    public byte[] of(int token) {
        byte[] piece = vocabulary.piece(token);
        return piece.length > 0 || named.isEmpty() ? piece : named.getOrDefault(token, piece);
    }

    /** {@return the named tokens by their ids} */
    public Map<Integer, byte[]> named() {
        return named;
    }
}
