package io.hyperion.war.llamacpp;

import io.hyperion.war.access.Caller;
import io.hyperion.war.http.EventStyle;
import io.hyperion.war.http.Generations;
import io.hyperion.war.http.HttpProtocol;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.InputStream;

/** {@code POST /infill}: what stands before and behind a gap in, what fills it out. */
@Path("infill")
@ApplicationScoped
public class InfillResource {
    @Inject
    Generations generations;

    @Inject
    Caller caller;

    @Inject
    SessionCookies cookies;

    /**
     * @param headers the request's headers
     * @param response where the answer goes
     * @param request the request
     * @param model the model of a request that names none
     * @param cookie where the cookie of a new session goes
     * @param body the request's body
     */
    @POST
    public void fill(
            @Context HttpHeaders headers,
            @Suspended AsyncResponse response,
            @Context HttpServletRequest request,
            @QueryParam(ModelName.NAME) String model,
            @Context HttpServletResponse cookie,
            InputStream body) {
        Session session = cookies.findOrOpen(request, cookie, caller.owner());
        InfillFormat format = new InfillFormat(caller.client(), session, ModelName.ofQuery(model));
        generations.serve(headers, body, response, new HttpProtocol(format, EventStyle.PLAIN, LlamaErrors.FORMAT));
    }
}
