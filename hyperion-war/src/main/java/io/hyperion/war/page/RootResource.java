package io.hyperion.war.page;

import io.hyperion.war.access.Public;
import io.hyperion.war.http.Answers;
import io.hyperion.war.http.ErrorFormat;
import io.hyperion.war.http.Tasks;
import io.hyperion.war.hyperion.Status;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.function.Supplier;

/** {@code GET /}: how the server is. Who prefers HTML, as browsers do, gets a page that asks for the rest itself; all others get JSON. */
@Path("")
@ApplicationScoped
public class RootResource {
    /** Both forms, and what browsers are told of the pages that may have them. */
    private static final String VARY = HttpHeaders.ACCEPT + ", Origin";

    @Inject
    Status status;

    @Inject
    Tasks tasks;

    @Inject
    PageFiles files;

    /** @param response where the status goes */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public void status(@Suspended AsyncResponse response) {
        Supplier<JsonValue> told = status.ofCaller();
        // The same address has the page: a browser that goes back must not be shown this instead.
        tasks.run(response, ErrorFormat.HYPERION, () -> Answers.json(200, told.get())
                .header(HttpHeaders.VARY, VARY)
                .header(HttpHeaders.CACHE_CONTROL, "no-store"));
    }

    /**
     * @param uri the request's address
     * @param request the request
     * @return the page, or where it is
     */
    @GET
    @Public
    @Produces(MediaType.TEXT_HTML + ";qs=0.5")
    public Response page(@Context UriInfo uri, @Context Request request) {
        if (!uri.getRequestUri().getPath().endsWith("/")) {
            // The addresses in the page are relative to the context root. Most servers send browsers there themselves.
            return Response.status(Response.Status.MOVED_PERMANENTLY)
                    .location(uri.getBaseUri())
                    .build();
        }
        return files.answer(PageFiles.DOCUMENT, request)
                .orElseThrow(NotFoundException::new)
                .header(HttpHeaders.VARY, VARY)
                .build();
    }
}
