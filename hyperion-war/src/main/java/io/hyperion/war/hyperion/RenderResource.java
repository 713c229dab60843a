package io.hyperion.war.hyperion;

import io.hyperion.api.HyperionClient;
import io.hyperion.war.access.Caller;
import io.hyperion.war.http.ErrorFormat;
import io.hyperion.war.http.Tasks;
import io.hyperion.war.json.Fields;
import io.hyperion.war.json.Json;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.InputStream;

/** {@code POST /render}: a request to {@code /generate} in, the prompt that it would give the model out; nothing is generated. */
@Path("render")
@ApplicationScoped
public class RenderResource {
    @Inject
    Tasks tasks;

    @Inject
    Caller caller;

    /**
     * @param headers the request's headers
     * @param response where the answer goes
     * @param body the request
     */
    @POST
    public void render(@Context HttpHeaders headers, @Suspended AsyncResponse response, InputStream body) {
        HyperionClient client = caller.client();
        tasks.serve(
                headers,
                body,
                response,
                GenerateFormat.INSTANCE.fields(),
                ErrorFormat.HYPERION,
                fields -> prompt(client, fields));
    }

    static JsonObject prompt(HyperionClient client, Fields fields) {
        String prompt =
                client.render(GenerateFormat.INSTANCE.read(fields).requests().get(0));
        return Json.object().add("prompt", prompt).build();
    }
}
