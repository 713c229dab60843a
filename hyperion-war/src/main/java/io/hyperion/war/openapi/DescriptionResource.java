package io.hyperion.war.openapi;

import io.hyperion.war.access.Public;
import io.hyperion.war.http.Answers;
import io.hyperion.war.json.Json;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;

/** {@code GET /openapi.json}: the description of all endpoints. It needs no key: it is the same everywhere, but for where the WAR is. */
@Path("openapi.json")
@ApplicationScoped
public class DescriptionResource {
    private JsonObject description;

    @PostConstruct
    void read() {
        description = Description.read();
    }

    /**
     * @param request the request
     * @return the description, with the context root that the WAR has here as the server
     */
    @GET
    @Public
    public Response get(@Context HttpServletRequest request) {
        String root = request.getContextPath().isEmpty() ? "/" : request.getContextPath();
        JsonArrayBuilder servers = Json.list().add(Json.object().add("url", root));
        return Answers.json(
                        200, Json.object(description).add("servers", servers).build())
                .build();
    }
}
