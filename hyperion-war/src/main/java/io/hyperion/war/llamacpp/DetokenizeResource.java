package io.hyperion.war.llamacpp;

import io.hyperion.api.DetokenizeRequest;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.war.access.Caller;
import io.hyperion.war.http.Tasks;
import io.hyperion.war.json.Fields;
import io.hyperion.war.json.Json;
import io.hyperion.war.wire.PromptFields;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code POST /detokenize}: tokens in, their text out. */
@Path("detokenize")
@ApplicationScoped
public class DetokenizeResource {
    private static final String TOKENS = "tokens";

    /** The names of all fields that mean something. */
    static final Set<String> FIELDS = Set.of(ModelName.NAME, TOKENS);

    @Inject
    Tasks tasks;

    @Inject
    Caller caller;

    /**
     * @param headers the request's headers
     * @param response where the answer goes
     * @param model the model of a request that names none
     * @param body the request's body
     */
    @POST
    public void detokenize(
            @Context HttpHeaders headers,
            @Suspended AsyncResponse response,
            @QueryParam(ModelName.NAME) String model,
            InputStream body) {
        HyperionClient client = caller.client();
        tasks.serve(
                headers,
                body,
                response,
                FIELDS,
                LlamaErrors.FORMAT,
                fields -> text(client, fields, ModelName.ofQuery(model)));
    }

    static JsonObject text(HyperionClient client, Fields fields, Optional<String> model) {
        String text = client.detokenize(new DetokenizeRequest(ModelName.of(fields, model), tokens(fields)));
        return Json.object().add("content", text).build();
    }

    private static List<Integer> tokens(Fields fields) {
        Object value = fields.any(TOKENS).orElseThrow(() -> fields.missing(TOKENS));
        if (!(value instanceof List<?> list) || !list.stream().allMatch(Number.class::isInstance)) {
            throw new InvalidRequestException(
                    ErrorCode.WRONG_TYPE, TOKENS, "'" + TOKENS + "' must be a list of tokens");
        }
        List<Integer> tokens = new ArrayList<>(list.size());
        for (Object token : list) {
            tokens.add(PromptFields.token(fields, TOKENS, (Number) token));
        }
        return tokens;
    }
}
