package io.hyperion.war.hyperion;

import io.hyperion.api.ModelProperties;
import io.hyperion.war.access.Caller;
import io.hyperion.war.http.Answers;
import io.hyperion.war.json.Json;
import io.hyperion.war.wire.ParameterValues;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.util.Optional;

/** {@code GET /properties}: what is set for a model, and what its file says. */
@Path("properties")
@ApplicationScoped
public class PropertiesResource {
    @Inject
    Caller caller;

    /**
     * @param model the model; the default one if it is not named
     * @return its properties
     */
    @GET
    public Response get(@QueryParam("model") String model) {
        ModelProperties properties =
                caller.client().properties(Optional.ofNullable(model).filter(name -> !name.isEmpty()));
        return Answers.json(200, told(properties)).build();
    }

    static JsonObject told(ModelProperties properties) {
        JsonObjectBuilder json = Json.object()
                .add("model", properties.model())
                .add("file", properties.fileName())
                .add("engine", properties.engine())
                .add("context_size", properties.contextSize())
                .add("request_limit", properties.requestLimit())
                .add("slots", properties.slots());
        properties.chatTemplate().ifPresent(template -> json.add("chat_template", template));
        json.add("begin_token", properties.beginToken()).add("end_token", properties.endToken());
        properties.pooling().ifPresent(pooling -> json.add("pooling", pooling));
        return json.add("defaults", ParameterValues.all(properties.defaults())).build();
    }
}
