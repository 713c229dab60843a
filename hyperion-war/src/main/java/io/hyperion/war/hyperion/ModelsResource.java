package io.hyperion.war.hyperion;

import io.hyperion.war.access.Caller;
import io.hyperion.war.http.Answers;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;

/** {@code GET /models}: what can be asked, and why a model cannot. */
@Path("models")
@ApplicationScoped
public class ModelsResource {
    @Inject
    Caller caller;

    /** {@return all models that the caller may use} */
    @GET
    public Response list() {
        return Answers.json(200, ModelsFormat.list(caller.client().models())).build();
    }

    /**
     * @param name a model's name
     * @return that model
     */
    @GET
    @Path("{name}")
    public Response one(@PathParam("name") String name) {
        return Answers.json(200, ModelsFormat.one(caller.client().model(name))).build();
    }

    /**
     * @param name a model's name
     * @return what it did since the server started, and what it does now
     */
    @GET
    @Path("{name}/figures")
    public Response figures(@PathParam("name") String name) {
        return Answers.json(200, FiguresFormat.one(caller.client().figures(name)))
                .build();
    }
}
