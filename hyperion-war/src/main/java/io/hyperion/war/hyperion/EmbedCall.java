package io.hyperion.war.hyperion;

import io.hyperion.api.Embedding;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.war.json.Fields;
import io.hyperion.war.json.Json;
import io.hyperion.war.wire.EmbeddingFields;
import io.hyperion.war.wire.TimeoutFields;
import io.hyperion.war.wire.TimingFields;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.util.Set;

/**
 * One {@code embed} request, and how its results are told.
 *
 * @param request the texts
 * @param base64 whether a vector is told as its bytes, four for each number with the lowest first, in Base64
 */
record EmbedCall(EmbeddingRequest request, boolean base64) {
    private static final String NORMALIZE = "normalize";

    /** The names of all fields that mean something. */
    static final Set<String> FIELDS =
            Set.of("model", EmbeddingFields.INPUT, EmbeddingFields.ENCODING, NORMALIZE, TimeoutFields.NAME);

    /**
     * @param sent what was sent
     * @return the call
     * @throws InvalidRequestException if it is not valid
     */
    static EmbedCall read(Fields sent) {
        Fields fields = sent.numbered();
        EmbeddingRequest.Builder request = EmbeddingRequest.builder();
        fields.text("model").ifPresent(request::model);
        EmbeddingFields.inputs(fields, request);
        fields.bool(NORMALIZE).ifPresent(request::normalize);
        TimeoutFields.read(fields).ifPresent(request::timeout);
        return new EmbedCall(request.build(), EmbeddingFields.isBase64(fields));
    }

    /**
     * @param reply the result
     * @return how it is told
     */
    JsonObject reply(EmbeddingReply reply) {
        JsonArrayBuilder embeddings = Json.list();
        for (Embedding embedding : reply.embeddings()) {
            JsonArrayBuilder vectors = Json.list();
            for (float[] vector : embedding.vectors()) {
                vectors.add(EmbeddingFields.vector(vector, base64));
            }
            embeddings.add(Json.object().add("tokens", embedding.tokens()).add("vectors", vectors));
        }
        return Json.object()
                .add("success", "true")
                .add("model", reply.model())
                .add("embeddings", embeddings)
                .add("timings", TimingFields.ofEvaluation(reply.timings()))
                .build();
    }
}
