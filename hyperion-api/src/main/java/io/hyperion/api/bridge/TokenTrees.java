package io.hyperion.api.bridge;

import io.hyperion.api.TokenizeReply;
import java.util.Map;

/** Text in tokens. */
final class TokenTrees {
    private static final String MODEL = "model";
    private static final String TOKENS = "tokens";
    private static final String ID = "id";
    private static final String PIECE = "piece";

    private TokenTrees() {}

    static Map<String, Object> tree(TokenizeReply reply) {
        return new Tree()
                .put(MODEL, reply.model())
                .putAll(TOKENS, reply.tokens(), token -> Map.of(ID, token.id(), PIECE, token.piece()))
                .map();
    }

    static TokenizeReply read(Fields fields) {
        return new TokenizeReply(
                fields.text(MODEL),
                fields.nodes(TOKENS, node -> new TokenizeReply.Token(node.whole(ID), node.get(PIECE, byte[].class))));
    }
}
