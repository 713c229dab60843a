package io.hyperion.war.llamacpp;

import io.hyperion.api.Embedding;
import io.hyperion.api.EmbeddingReply;
import io.hyperion.api.EmbeddingRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.Prompt;
import io.hyperion.war.access.Caller;
import io.hyperion.war.http.Tasks;
import io.hyperion.war.json.Fields;
import io.hyperion.war.json.Json;
import io.hyperion.war.wire.PromptFields;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** {@code POST /embedding} and {@code /embeddings}: texts in, their vectors out, in llama.cpp's own form. */
@Path("{path: embeddings?}")
@ApplicationScoped
public class EmbeddingResource {
    private static final String CONTENT = "content";
    private static final String INPUT = "input";
    private static final String NORMALIZE = "embd_normalize";
    private static final String ENCODING = "encoding_format";

    /** The names of all fields that mean something. */
    static final Set<String> FIELDS = Set.of(ModelName.NAME, CONTENT, INPUT, NORMALIZE, ENCODING);

    /** What llama.cpp calls the Euclidean length. */
    private static final long EUCLIDEAN = 2;

    @Inject
    Tasks tasks;

    @Inject
    Caller caller;

    /**
     * @param headers the request's headers
     * @param response where the answer goes
     * @param model the model of a request that names none
     * @param body the request's body
     */
    @POST
    public void embed(
            @Context HttpHeaders headers,
            @Suspended AsyncResponse response,
            @QueryParam(ModelName.NAME) String model,
            InputStream body) {
        HyperionClient client = caller.client();
        tasks.serve(
                headers,
                body,
                response,
                FIELDS,
                LlamaErrors.FORMAT,
                fields -> vectors(client, fields, ModelName.ofQuery(model)));
    }

    static JsonArray vectors(HyperionClient client, Fields fields, Optional<String> query) {
        Optional<String> model = ModelName.of(fields, query);
        EmbeddingRequest.Builder request = EmbeddingRequest.builder();
        String name = fields.has(INPUT) ? INPUT : CONTENT;
        PromptFields.read(fields, name).forEach(text -> add(name, text, request));
        model.ifPresent(request::model);
        requireNumbers(fields);
        Optional<Boolean> normalize = normalize(fields);
        // llama.cpp leaves the vectors of single tokens as they are.
        request.normalize(
                normalize.orElseGet(() -> !client.properties(model).pooling().equals(Optional.of("none"))));
        EmbeddingReply reply = client.embed(request.build());
        JsonArrayBuilder list = Json.list();
        for (int i = 0; i < reply.embeddings().size(); i++) {
            list.add(Json.object()
                    .add("index", i)
                    .add("embedding", rows(reply.embeddings().get(i))));
        }
        return list.build();
    }

    private static void add(String name, Prompt text, EmbeddingRequest.Builder request) {
        if (text instanceof Prompt.Raw raw) {
            request.text(raw.text());
        } else if (text instanceof Prompt.Mixed mixed
                && mixed.parts().size() == 1
                && mixed.parts().get(0) instanceof Prompt.Part.Tokens tokens) {
            request.tokens(tokens.ids());
        } else {
            throw new InvalidRequestException(
                    ErrorCode.WRONG_TYPE,
                    name,
                    "'" + name + "' must be a string, a list of tokens, or a list of these");
        }
    }

    private static Optional<Boolean> normalize(Fields fields) {
        OptionalLong norm = fields.whole(NORMALIZE, -1, EUCLIDEAN);
        if (norm.isEmpty()) {
            return Optional.empty();
        }
        if (norm.getAsLong() != -1 && norm.getAsLong() != EUCLIDEAN) {
            throw new InvalidRequestException(
                    ErrorCode.UNKNOWN_VALUE,
                    NORMALIZE,
                    "'" + NORMALIZE + "' must be -1 (as they are) or 2 (Euclidean), but is " + norm.getAsLong());
        }
        return Optional.of(norm.getAsLong() == EUCLIDEAN);
    }

    private static void requireNumbers(Fields fields) {
        if (fields.text(ENCODING).filter(format -> !format.equals("float")).isPresent()) {
            throw new InvalidRequestException(
                    ErrorCode.UNKNOWN_VALUE,
                    ENCODING,
                    "'" + ENCODING + "' must be 'float' here; /v1/embeddings knows 'base64' too");
        }
    }

    private static JsonArrayBuilder rows(Embedding embedding) {
        JsonArrayBuilder rows = Json.list();
        for (float[] vector : embedding.vectors()) {
            JsonArrayBuilder row = Json.list();
            for (float number : vector) {
                row.add(number);
            }
            rows.add(row);
        }
        return rows;
    }
}
