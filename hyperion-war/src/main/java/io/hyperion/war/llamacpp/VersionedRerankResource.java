package io.hyperion.war.llamacpp;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.InputStream;

/** {@code POST /v1/rerank} and {@code /v1/reranking}: the same as {@link RerankResource}. */
@Path("v1/{path: rerank(ing)?}")
@ApplicationScoped
public class VersionedRerankResource {
    @Inject
    Reranking reranking;

    /**
     * @param headers the request's headers
     * @param response where the answer goes
     * @param model the model of a request that names none
     * @param body the request's body
     */
    @POST
    public void rerank(
            @Context HttpHeaders headers,
            @Suspended AsyncResponse response,
            @QueryParam(ModelName.NAME) String model,
            InputStream body) {
        reranking.serve(headers, response, model, body);
    }
}
