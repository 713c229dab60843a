package io.hyperion.core.grammar;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Texts against grammars, a byte at a time. */
final class Texts {
    /** The token that ends the generation; those below are one byte each. */
    static final int END = 256;

    static final TokenTrie BYTES =
            new TokenTrie(257, token -> token == END ? new byte[0] : new byte[] {(byte) token}, token -> token == END);

    private Texts() {}

    static GrammarConstraint begin(String gbnf) {
        return new GrammarConstraint(Grammar.parse(gbnf), BYTES);
    }

    /** {@return the constraint after a text, which must be the beginning of one of the grammar} */
    static GrammarConstraint after(String gbnf, String text) {
        GrammarConstraint constraint = begin(gbnf);
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            constraint.accept(Byte.toUnsignedInt(value));
        }
        return constraint;
    }

    /** {@return whether a text is a whole one of the grammar} */
    static boolean matches(String gbnf, String text) {
        GrammarConstraint constraint = begin(gbnf);
        for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
            if (!constraint.allows(Byte.toUnsignedInt(value))) {
                return false;
            }
            constraint.accept(Byte.toUnsignedInt(value));
        }
        return constraint.mayEnd();
    }

    /** {@return the vocabulary of some pieces, and as its last token one that ends the generation} */
    static TokenTrie vocabulary(List<String> pieces) {
        return new TokenTrie(
                pieces.size() + 1,
                token ->
                        token == pieces.size() ? new byte[0] : pieces.get(token).getBytes(StandardCharsets.UTF_8),
                token -> token == pieces.size());
    }
}
