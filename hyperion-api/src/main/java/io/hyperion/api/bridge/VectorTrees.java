package io.hyperion.api.bridge;

import io.hyperion.api.Embedding;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.RerankReply;
import java.util.Map;

/** What comes of texts that become vectors or scores. Vectors cross as the arrays that they are. */
final class VectorTrees {
    private static final String MODEL = "model";
    private static final String EMBEDDINGS = "embeddings";
    private static final String VECTORS = "vectors";
    private static final String TOKENS = "tokens";
    private static final String TIMINGS = "timings";
    private static final String RESULTS = "results";
    private static final String INDEX = "index";
    private static final String SCORE = "score";

    private VectorTrees() {}

    static Map<String, Object> tree(EmbeddingReply reply) {
        return new Tree()
                .put(MODEL, reply.model())
                .putAll(
                        EMBEDDINGS,
                        reply.embeddings(),
                        embedding -> Map.of(VECTORS, embedding.vectors(), TOKENS, embedding.tokens()))
                .put(TIMINGS, ReplyTrees.tree(reply.timings()))
                .map();
    }

    static EmbeddingReply readEmbedding(Fields fields) {
        return new EmbeddingReply(
                fields.text(MODEL),
                fields.nodes(EMBEDDINGS, node -> new Embedding(node.get(VECTORS, float[][].class), node.whole(TOKENS))),
                ReplyTrees.readTimings(fields.node(TIMINGS)));
    }

    static Map<String, Object> tree(RerankReply reply) {
        return new Tree()
                .put(MODEL, reply.model())
                .putAll(RESULTS, reply.results(), result -> Map.of(INDEX, result.index(), SCORE, result.score()))
                .put(TOKENS, reply.tokens())
                .put(TIMINGS, ReplyTrees.tree(reply.timings()))
                .map();
    }

    static RerankReply readRerank(Fields fields) {
        return new RerankReply(
                fields.text(MODEL),
                fields.nodes(
                        RESULTS,
                        node -> new RerankReply.Result(
                                node.whole(INDEX), node.get(SCORE, Number.class).floatValue())),
                fields.whole(TOKENS),
                ReplyTrees.readTimings(fields.node(TIMINGS)));
    }
}
