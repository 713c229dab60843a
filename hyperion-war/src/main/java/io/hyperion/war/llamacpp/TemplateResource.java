package io.hyperion.war.llamacpp;

import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.war.access.Caller;
import io.hyperion.war.http.Tasks;
import io.hyperion.war.json.Fields;
import io.hyperion.war.json.Json;
import io.hyperion.war.wire.MessageFields;
import io.hyperion.war.wire.ResponseFormatFields;
import io.hyperion.war.wire.ToolFields;
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
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code POST /apply-template}: a conversation in, the prompt that it makes out; nothing is generated. */
@Path("apply-template")
@ApplicationScoped
public class TemplateResource {
    private static final String MESSAGES = "messages";
    private static final String ADD_GENERATION_PROMPT = "add_generation_prompt";
    private static final String TEMPLATE = "chat_template";
    private static final String VARIABLES = "chat_template_kwargs";

    /** The names of all fields that mean something. */
    static final Set<String> FIELDS = Stream.of(
                    Stream.of(ModelName.NAME, MESSAGES, ADD_GENERATION_PROMPT, TEMPLATE, VARIABLES),
                    ToolFields.NAMES.stream(),
                    ResponseFormatFields.NAMES.stream())
            .flatMap(names -> names)
            .collect(Collectors.toUnmodifiableSet());

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
    public void apply(
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
                fields -> prompt(client, fields, ModelName.ofQuery(model)));
    }

    static JsonObject prompt(HyperionClient client, Fields fields, Optional<String> model) {
        GenerateRequest.Builder request = GenerateRequest.builder()
                .messages(MessageFields.read(fields).orElseThrow(() -> fields.missing(MESSAGES)));
        ModelName.of(fields, model).ifPresent(request::model);
        ToolFields.read(fields, request);
        ResponseFormatFields.read(fields, request);
        fields.text(TEMPLATE).ifPresent(request::template);
        fields.bool(ADD_GENERATION_PROMPT).ifPresent(add -> request.templateVariable(ADD_GENERATION_PROMPT, add));
        fields.map(VARIABLES).ifPresent(variables -> variables.forEach(request::templateVariable));
        return Json.object().add("prompt", client.render(request.build())).build();
    }
}
