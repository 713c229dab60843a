package io.hyperion.api;

import java.util.List;
import java.util.Objects;

/**
 * The vectors of an {@link EmbeddingRequest}.
 *
 * @param model the name of the model that made them
 * @param embeddings one for each text, in the order of the request
 * @param timings where the time went: its prompt is the time of the evaluation, its generation is zero
 */
public record EmbeddingReply(String model, List<Embedding> embeddings, Timings timings) {
    public EmbeddingReply {
        Objects.requireNonNull(model, "model");
        embeddings = List.copyOf(embeddings);
        Objects.requireNonNull(timings, "timings");
    }

    /** {@return how many tokens all texts have together} */
    public int tokens() {
        return embeddings.stream().mapToInt(Embedding::tokens).sum();
    }
}
