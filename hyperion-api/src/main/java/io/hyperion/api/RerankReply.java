package io.hyperion.api;

import java.util.List;
import java.util.Objects;

/**
 * The scores of a {@link RerankRequest}.
 *
 * @param model the name of the model that gave them
 * @param results the documents by their scores, the best first; of equal ones the first of the request first
 * @param tokens how many tokens were evaluated: the query counts once for each document
 * @param timings where the time went: its prompt is the time of the evaluation, its generation is zero
 */
public record RerankReply(String model, List<Result> results, int tokens, Timings timings) {
    public RerankReply {
        Objects.requireNonNull(model, "model");
        results = List.copyOf(results);
        Objects.requireNonNull(timings, "timings");
    }

    /**
     * The score of a document.
     *
     * @param index its index in {@link RerankRequest#documents()}
     * @param score how well it answers the query, as the model's classifier has it: larger is better. Its range is the model's own; most
     *     models give a logit of any sign, whose sigmoid is a probability
     */
    public record Result(int index, float score) {}
}
