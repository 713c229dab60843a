package io.hyperion.war.hyperion;

import io.hyperion.api.HyperionClient;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelState;
import io.hyperion.war.access.AllModels;
import io.hyperion.war.access.Public;
import io.hyperion.war.http.Answers;
import io.hyperion.war.json.Json;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * {@code GET /health}: for whoever decides whether requests come here. The status is 200 with {@code "status":"ok"} as long as one model
 * can serve, which one that is downloaded or loaded on its first request can; it is 503 with {@code "status":"unavailable"} when none can, because all
 * have failed or none is configured, and has the {@code error} of llama.cpp's server too. Beside it, how many models are in each state.
 */
@Path("health")
@ApplicationScoped
public class HealthResource {
    @Inject
    @AllModels
    HyperionClient client;

    /** {@return the health} */
    @GET
    @Public
    public Response health() {
        List<ModelInfo> models = client.models();
        Map<ModelState, Long> counts =
                models.stream().collect(Collectors.groupingBy(ModelInfo::state, Collectors.counting()));
        JsonObjectBuilder states = Json.object();
        for (ModelState state : ModelState.values()) {
            states.add(state.wireName(), counts.getOrDefault(state, 0L));
        }
        boolean serves = models.stream().anyMatch(model -> model.state() != ModelState.FAILED);
        int status = serves ? 200 : 503;
        JsonObjectBuilder health =
                Json.object().add("status", serves ? "ok" : "unavailable").add("models", states);
        if (!serves) {
            health.add(
                    "error",
                    Json.object()
                            .add("code", status)
                            .add("message", "No model can serve")
                            .add("type", "unavailable_error"));
        }
        return Answers.json(status, health.build()).build();
    }
}
