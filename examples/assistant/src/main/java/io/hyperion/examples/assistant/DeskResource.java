package io.hyperion.examples.assistant;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.util.List;

/** What the page calls. Whatever goes wrong is told as a {@link Problem}. */
@Path("")
@ApplicationScoped
public class DeskResource {
    private static final MediaType EVENTS = new MediaType("text", "event-stream", "utf-8");

    @Inject
    SupportDesk desk;

    /** {@return the models to choose from} */
    @GET
    @Path("models")
    @Produces(MediaType.APPLICATION_JSON)
    public List<ModelChoice> models() {
        return desk.models();
    }

    /**
     * @param inquiry what a customer wrote
     * @return what a model makes of it
     */
    @POST
    @Path("tickets")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Ticket classify(@NotNull @Valid Inquiry inquiry) {
        return desk.classify(inquiry);
    }

    /**
     * @param inquiry what a customer wrote
     * @return an answer to it, as a stream of server-sent events; who closes the stream ends the generation
     * @throws InterruptedException if the server ends while the answer waits for the model
     */
    @POST
    @Path("drafts")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response draft(@NotNull @Valid Inquiry inquiry) throws InterruptedException {
        Draft draft = desk.draft(inquiry);
        draft.awaitBegin();
        return Response.ok((StreamingOutput) draft::writeTo, EVENTS)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                // Proxies like to collect what they pass on.
                .header("X-Accel-Buffering", "no")
                .build();
    }
}
