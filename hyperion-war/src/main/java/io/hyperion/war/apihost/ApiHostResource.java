package io.hyperion.war.apihost;

import io.hyperion.war.access.Caller;
import io.hyperion.war.access.CredentialInBody;
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

/** {@code POST /api}: a text or a conversation in, the whole answer out. */
@Path("api")
@ApplicationScoped
public class ApiHostResource {
    @Inject
    Caller caller;

    @Inject
    Generations generations;

    /**
     * @param headers the request's headers
     * @param response where the answer goes
     * @param body the request
     */
    @POST
    @CredentialInBody
    public void generate(@Context HttpHeaders headers, @Suspended AsyncResponse response, InputStream body) {
        ApiHostFormat format = new ApiHostFormat(caller::identify, caller::client);
        generations.serve(headers, body, response, new HttpProtocol(format, EventStyle.PLAIN, ApiHostErrors.FORMAT));
    }
}
