package io.hyperion.war.llamacpp;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelProperties;
import io.hyperion.war.access.Caller;
import io.hyperion.war.config.Settings;
import io.hyperion.war.http.Answers;
import io.hyperion.war.http.BodyReader;
import io.hyperion.war.json.Fields;
import io.hyperion.war.json.Json;
import io.hyperion.war.json.JsonInput;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;

/** {@code /props}: what is set for a model, and for the session of the caller. */
@Path("props")
@ApplicationScoped
public class PropsResource {
    @Inject
    Caller caller;

    @Inject
    SessionCookies cookies;

    @Inject
    BodyReader bodies;

    @Inject
    Settings settings;

    /**
     * @param model the model; the default one if it is not named
     * @param request the request
     * @return the properties
     */
    @GET
    public Response get(@QueryParam(ModelName.NAME) String model, @Context HttpServletRequest request) {
        ModelProperties properties = caller.client().properties(ModelName.ofQuery(model));
        SystemPrompt prompt =
                cookies.find(request, caller.owner()).map(Session::systemPrompt).orElse(SystemPrompt.NONE);
        JsonObjectBuilder defaults = GenerationSettings.of(GenerateParameters.none(), properties);
        defaults.add("params", GenerationSettings.of(GenerateParameters.none(), properties));
        return Answers.json(
                        200,
                        Json.object()
                                .add("default_generation_settings", defaults)
                                .add("total_slots", properties.slots())
                                .add("model", properties.model())
                                .add("model_path", properties.fileName())
                                .add("chat_template", properties.chatTemplate().orElse(""))
                                .add("bos_token", properties.beginToken())
                                .add("eos_token", properties.endToken())
                                .add("build_info", "Hyperion with " + properties.engine())
                                .add("assistant_name", prompt.assistantName())
                                .add("user_name", prompt.antiPrompt())
                                .add("anti_prompt", prompt.antiPrompt())
                                .build())
                .build();
    }

    /**
     * Sets the system prompt of the caller's session, if that is enabled.
     *
     * @param headers the request's headers
     * @param request the request
     * @param cookie where the cookie of a new session goes
     * @param body the request's body
     * @return that it is set
     */
    @POST
    public Response set(
            @Context HttpHeaders headers,
            @Context HttpServletRequest request,
            @Context HttpServletResponse cookie,
            InputStream body) {
        if (!settings.writableProps()) {
            throw new InvalidRequestException(
                    ErrorCode.NOT_SUPPORTED,
                    "method",
                    "Properties cannot be changed here, unless the administrator sets hyperion.llamacpp.props=true");
        }
        Fields fields = JsonInput.object(bodies.read(headers, body));
        SystemPrompt prompt = SystemPrompt.read(fields).orElseThrow(() -> fields.missing(SystemPrompt.NAME));
        cookies.findOrOpen(request, cookie, caller.owner()).systemPrompt(prompt);
        return Answers.json(200, Json.object().add("success", true).build()).build();
    }
}
