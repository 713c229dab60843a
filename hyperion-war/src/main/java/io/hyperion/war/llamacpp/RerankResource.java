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

/** {@code POST /rerank} and {@code /reranking}: documents in, their order by a query out. */
@Path("{path: rerank(ing)?}")
@ApplicationScoped
public class RerankResource {
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
