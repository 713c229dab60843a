package io.hyperion.war.openai;

import io.hyperion.api.Embedding;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.war.json.Fields;
import io.hyperion.war.json.Json;
import io.hyperion.war.wire.EmbeddingFields;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.Set;

/**
 * One request for embeddings, and how its results are told.
 *
 * @param request the texts
 * @param base64 whether a vector is told as its bytes, four for each number with the lowest first, in Base64
 * @param dimensions how many of a vector's numbers are wanted; empty for all
 */
record EmbeddingCall(EmbeddingRequest request, boolean base64, OptionalInt dimensions) {
    private static final String DIMENSIONS = "dimensions";

    /** The names of all fields that mean something; {@code user} means nothing here but is OpenAI's. */
    static final Set<String> FIELDS =
            Set.of("model", EmbeddingFields.INPUT, EmbeddingFields.ENCODING, DIMENSIONS, "user");

    /**
     * @param sent what was sent
     * @return the call
     * @throws InvalidRequestException if it is not valid
     */
    static EmbeddingCall read(Fields sent) {
        Fields fields = sent.numbered();
        EmbeddingRequest.Builder request = EmbeddingRequest.builder();
        fields.text("model").ifPresent(request::model);
        EmbeddingFields.inputs(fields, request);
        OptionalInt dimensions = fields.whole(DIMENSIONS, 1, Integer.MAX_VALUE).stream()
                .mapToInt(wanted -> (int) wanted)
                .findFirst();
        return new EmbeddingCall(request.build(), EmbeddingFields.isBase64(fields), dimensions);
    }

    /**
     * @param reply the result
     * @return how it is told
     * @throws InvalidRequestException if the model's vectors have fewer numbers than are wanted, or it makes one for each token
     */
    JsonObject reply(EmbeddingReply reply) {
        JsonArrayBuilder data = Json.list();
        int index = 0;
        for (Embedding embedding : reply.embeddings()) {
            data.add(Json.object()
                    .add("object", "embedding")
                    .add("index", index++)
                    .add("embedding", EmbeddingFields.vector(shortened(vector(embedding)), base64)));
        }
        int tokens = reply.tokens();
        return Json.object()
                .add("object", "list")
                .add("data", data)
                .add("model", reply.model())
                .add("usage", Json.object().add("prompt_tokens", tokens).add("total_tokens", tokens))
                .build();
    }

    private static float[] vector(Embedding embedding) {
        if (embedding.vectors().length != 1) {
            throw new InvalidRequestException(
                    ErrorCode.NOT_SUPPORTED,
                    "model",
                    "The model is set up with pooling 'none': it makes a vector of each token, and none of a text");
        }
        return embedding.vector();
    }

    /** The first numbers, scaled to the length 1 again: models that are trained for it have what counts most in front. */
    private float[] shortened(float[] vector) {
        if (dimensions.isEmpty() || dimensions.getAsInt() == vector.length) {
            return vector;
        }
        int wanted = dimensions.getAsInt();
        if (wanted > vector.length) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE,
                    DIMENSIONS,
                    "'" + DIMENSIONS + "' must be between 1 and " + vector.length + ", but is " + wanted);
        }
        float[] head = Arrays.copyOf(vector, wanted);
        double square = 0;
        for (float value : head) {
            square += (double) value * value;
        }
        double length = Math.sqrt(square);
        for (int i = 0; i < wanted && length > 0; i++) {
            head[i] = (float) (head[i] / length);
        }
        return head;
    }
}
