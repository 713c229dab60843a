package io.hyperion.war.llamacpp;

import io.hyperion.api.HyperionClient;
import io.hyperion.api.RerankReply;
import io.hyperion.api.RerankRequest;
import io.hyperion.war.access.Caller;
import io.hyperion.war.http.Tasks;
import io.hyperion.war.json.Fields;
import io.hyperion.war.json.Json;
import io.hyperion.war.wire.TimeoutFields;
import io.hyperion.war.wire.TimingFields;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Orders documents by how well they answer a query. As in llama.cpp's server the answer has the form of Jina's API for {@code documents},
 * and that of Hugging Face's Text Embeddings Inference for {@code texts}.
 */
@ApplicationScoped
public class Reranking {
    private static final String DOCUMENTS = "documents";
    private static final String TEXTS = "texts";
    private static final String TOP_N = "top_n";
    private static final String RETURN_TEXT = "return_text";

    /** The names of all fields that mean something. */
    static final Set<String> FIELDS =
            Set.of(ModelName.NAME, "query", DOCUMENTS, TEXTS, TOP_N, RETURN_TEXT, TimeoutFields.NAME);

    @Inject
    Tasks tasks;

    @Inject
    Caller caller;

    /**
     * @param headers the request's headers
     * @param response where the answer goes
     * @param model the model of a request that names none, or null
     * @param body the request's body
     */
    public void serve(HttpHeaders headers, AsyncResponse response, String model, InputStream body) {
        HyperionClient client = caller.client();
        tasks.serve(
                headers,
                body,
                response,
                FIELDS,
                LlamaErrors.FORMAT,
                fields -> scores(client, fields, ModelName.ofQuery(model)));
    }

    static JsonValue scores(HyperionClient client, Fields fields, Optional<String> model) {
        boolean ofTexts = !fields.has(DOCUMENTS) && fields.has(TEXTS);
        boolean returnText = fields.bool(RETURN_TEXT).orElse(false);
        List<String> documents = fields.texts(ofTexts ? TEXTS : DOCUMENTS).orElseThrow(() -> fields.missing(DOCUMENTS));
        RerankRequest.Builder request =
                RerankRequest.builder().query(fields.requireText("query")).documents(documents);
        ModelName.of(fields, model).ifPresent(request::model);
        fields.whole(TOP_N, 1, Integer.MAX_VALUE).ifPresent(count -> request.topN((int) count));
        TimeoutFields.read(fields).ifPresent(request::timeout);
        RerankReply reply = client.rerank(request.build());
        return ofTexts ? asTexts(reply, returnText ? documents : List.of()) : asDocuments(reply);
    }

    private static JsonObject asDocuments(RerankReply reply) {
        JsonArrayBuilder results = Json.list();
        reply.results()
                .forEach(result ->
                        results.add(Json.object().add("index", result.index()).add("relevance_score", result.score())));
        return Json.object()
                .add("model", reply.model())
                .add("object", "list")
                .add("usage", Json.object().add("prompt_tokens", reply.tokens()).add("total_tokens", reply.tokens()))
                .add("results", results)
                .add("timings", TimingFields.ofEvaluation(reply.timings()))
                .build();
    }

    private static JsonArray asTexts(RerankReply reply, List<String> texts) {
        JsonArrayBuilder results = Json.list();
        for (RerankReply.Result result : reply.results()) {
            JsonObjectBuilder one = Json.object().add("index", result.index()).add("score", result.score());
            if (!texts.isEmpty()) {
                one.add("text", texts.get(result.index()));
            }
            results.add(one);
        }
        return results.build();
    }
}
