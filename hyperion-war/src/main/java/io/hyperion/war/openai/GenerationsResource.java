package io.hyperion.war.openai;

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

/** {@code POST /v1/chat/completions} and {@code POST /v1/completions}. */
@Path("{base: (openai/)?v1}")
@ApplicationScoped
public class GenerationsResource {
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
    @Path("chat/completions")
    public void chat(@Context HttpHeaders headers, @Suspended AsyncResponse response, InputStream body) {
        HttpProtocol protocol =
                new HttpProtocol(new ChatFormat(caller.client()), EventStyle.MARKED, OpenAiErrors.ofPrompt("messages"));
        generations.serve(headers, body, response, protocol);
    }

    /**
     * @param headers the request's headers
     * @param response where the answer goes
     * @param body the request
     */
    @POST
    @Path("completions")
    public void complete(@Context HttpHeaders headers, @Suspended AsyncResponse response, InputStream body) {
        HttpProtocol protocol = new HttpProtocol(
                new CompletionsFormat(caller.client()), EventStyle.MARKED, OpenAiErrors.ofPrompt("prompt"));
        generations.serve(headers, body, response, protocol);
    }
}
