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

    /** OpenAI's four fields, {@code meta} as llama.cpp's server has it, and more of ours: clients skip what they do not know. */
    private JsonObjectBuilder one(ModelInfo model) {
        ModelInfo.Description description = model.description();
        JsonObjectBuilder json = Json.object()
                .add("id", model.name())
                .add("object", "model")
                .add("created", created)
                .add("owned_by", description.operator().orElse("hyperion"))
                .add("state", model.state().wireName())
                .add("aliases", Json.texts(description.aliases()));
        description.text().ifPresent(text -> json.add("description", text));
        model.details()
                .ifPresent(details -> json.add(
                        "meta",
                        Json.object()
                                .add("n_vocab", details.vocabularySize())
                                .add("n_ctx_train", details.trainedContextLength())
                                .add("n_params", details.parameters())
                                .add("size", details.fileSize())));
        return json;
    }
}
