package io.hyperion.war.hyperion;

import io.hyperion.war.http.ErrorFormat;
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

/** {@code POST /generate}: a prompt or a conversation in, the reply or a stream of its pieces out. */
@Path("generate")
@ApplicationScoped
public class GenerateResource {
    private static final HttpProtocol PROTOCOL =
            new HttpProtocol(GenerateFormat.INSTANCE, EventStyle.NAMED, ErrorFormat.HYPERION);

    @Inject
    Generations generations;

    /**
     * @param headers the request's headers
     * @param response where the answer goes
     * @param body the request
     */
    @POST
    public void generate(@Context HttpHeaders headers, @Suspended AsyncResponse response, InputStream body) {
        generations.serve(headers, body, response, PROTOCOL);
    }
}
