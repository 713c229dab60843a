package io.hyperion.api;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Text in tokens.
 *
 * @param model the name of the model
 * @param tokens the tokens, in order
 */
public record TokenizeReply(String model, List<Token> tokens) {
    public TokenizeReply {
        Objects.requireNonNull(model, "model");
        tokens = List.copyOf(tokens);
    }

    /** {@return the ids of the tokens, in order} */
    public List<Integer> ids() {
        return tokens.stream().map(Token::id).toList();
    }

    /**
     * A token and what it stands for.
     *
     * @param id its id
     * @param piece its bytes in UTF-8, which may be a part of a character; of a control token the bytes of its name
     */
    public record Token(int id, byte[] piece) {
        public Token {
            piece = piece.clone();
        }

        @Override
        public byte[] piece() {
            return piece.clone();
        }

        /** {@return the piece as text; empty if it has a part of a character in it} */
        public Optional<String> text() {
            try {
                return Optional.of(StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(piece))
                        .toString());
            } catch (CharacterCodingException e) {
                return Optional.empty();
            }
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Token token && id == token.id && Arrays.equals(piece, token.piece);
        }

        @Override
        public int hashCode() {
            return 31 * id + Arrays.hashCode(piece);
        }

        @Override
        public String toString() {
            return "Token[" + id + ", " + new String(piece, StandardCharsets.UTF_8) + "]";
        }
    }
}
