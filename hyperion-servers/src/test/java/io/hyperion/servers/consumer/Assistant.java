package io.hyperion.servers.consumer;

import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;

/** What the application makes of an injected client, told over HTTP. */
@Path("/")
@Produces("application/json")
@ApplicationScoped
public class Assistant {
    private static final GenerateRequest REQUEST = GenerateRequest.builder()
            .prompt("Once upon a time")
            .maxTokens(24)
            .temperature(0)
            .build();

    @Inject
    HyperionClient hyperion;

    @GET
    @Path("blocking")
    public String blocking() {
        return Json.createObjectBuilder()
                .add("text", hyperion.generate(REQUEST).text())
                .build()
                .toString();
    }
}
