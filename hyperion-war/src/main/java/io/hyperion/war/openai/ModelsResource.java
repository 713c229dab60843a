package io.hyperion.war.openai;

import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelState;
import io.hyperion.war.access.Caller;
import io.hyperion.war.http.Answers;
import io.hyperion.war.json.Json;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.time.Instant;

/** {@code GET /v1/models}: what can be asked. A model that has failed is not among them, but is told by its name. */
@Path("{base: (openai/)?v1}/models")
@ApplicationScoped
public class ModelsResource {
    /** Models have no time at which they were made; this is since when they are here. */
    private final long created = Instant.now().getEpochSecond();

    @Inject
    Caller caller;

    /** {@return all models that can serve} */
    @GET
    public Response list() {
        JsonArrayBuilder list = Json.list();
        caller.client().models().stream()
                .filter(model -> model.state() != ModelState.FAILED)
                .forEach(model -> list.add(one(model)));
        return Answers.json(
                        200,
                        Json.object().add("object", "list").add("data", list).build())
                .build();
    }

    /**
     * @param name a model's name
     * @return that model
     */
    @GET
    @Path("{name: .+}")
    public Response one(@PathParam("name") String name) {
        return Answers.json(200, one(caller.client().model(name)).build()).build();
    }

    private JsonObjectBuilder one(ModelInfo model) {
        return Json.object()
                .add("id", model.name())
                .add("object", "model")
                .add("created", created)
                .add("owned_by", "hyperion");
    }
}
