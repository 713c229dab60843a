package io.hyperion.war.llamacpp;

import io.hyperion.war.access.Caller;
import io.hyperion.war.http.EventStyle;
import io.hyperion.war.http.Generations;
import io.hyperion.war.http.HttpProtocol;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.InputStream;

/** {@code POST /completion}: a raw prompt in, as clients of llama.cpp's server send it. */
@Path("completion")
@ApplicationScoped
public class CompletionResource {
    @Inject
    Generations generations;

    @Inject
    Caller caller;

    /**
     * @param headers the request's headers
     * @param response where the answer goes
     * @param body the request
     */
    @POST
    public void complete(@Context HttpHeaders headers, @Suspended AsyncResponse response, InputStream body) {
        CompletionFormat format = new CompletionFormat(caller.client());
        generations.serve(headers, body, response, new HttpProtocol(format, EventStyle.PLAIN, LlamaErrors.FORMAT));
    }
}
