package io.hyperion.war.llamacpp;

import io.hyperion.api.HyperionClient;
import io.hyperion.war.access.Caller;
import io.hyperion.war.wire.Measured;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** {@code GET /metrics}: what the models that the caller may use did and do, for Prometheus. */
@Path("metrics")
@ApplicationScoped
public class MetricsResource {
    @Inject
    Caller caller;

    /**
     * @param model the only model to be told of; if it is not named, all are, and llama.cpp's names are of the default one
     * @return the figures
     */
    @GET
    public Response metrics(@QueryParam(ModelName.NAME) String model) {
        HyperionClient client = caller.client();
        Optional<String> named = ModelName.ofQuery(model);
        List<Measured> all = named.map(name -> List.of(new Measured(client.model(name), client.figures(name))))
                .orElseGet(() -> Measured.all(client));
        List<Measured> llama = all.stream()
                .filter(measured -> named.isPresent() || measured.model().isDefault())
                .toList();
        return Response.ok(
                        Metrics.text(
                                        llama,
                                        all,
                                        caller.administration().status().devices())
                                .getBytes(StandardCharsets.UTF_8),
                        "text/plain; version=0.0.4; charset=utf-8")
                .build();
    }
}
