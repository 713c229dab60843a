package io.hyperion.war.neuroengine;

import static java.lang.System.Logger.Level.WARNING;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.war.access.Caller;
import io.hyperion.war.access.CredentialInBody;
import io.hyperion.war.config.Settings;
import io.hyperion.war.http.Answers;
import io.hyperion.war.http.BodyReader;
import io.hyperion.war.http.EventStyle;
import io.hyperion.war.http.Generations;
import io.hyperion.war.json.FieldHints;
import io.hyperion.war.json.Fields;
import io.hyperion.war.json.Json;
import io.hyperion.war.json.JsonInput;
import io.hyperion.war.wire.InternalErrors;
import io.hyperion.war.wire.WholeAnswer;
import io.hyperion.war.wire.Workers;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;

/**
 * {@code POST /neuroengine/{name}}: a message in; the reply out, or with a stream key its next pieces. {@code GET /neuroengine/models}: what
 * can be asked.
 */
@Path("neuroengine")
@ApplicationScoped
public class NeuroResource {
    private static final System.Logger LOG = System.getLogger(NeuroResource.class.getName());

    private static final PollingStreams.Limits LIMITS = new PollingStreams.Limits(1024, 128, Duration.ofMinutes(5));

    /** NeuroEngine's own client waits three minutes for an answer. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Duration LINGER = Duration.ofSeconds(1);

    @Inject
    Caller caller;

    @Inject
    BodyReader bodies;

    @Inject
    Generations generations;

    @Inject
    Workers workers;

    @Inject
    Settings settings;

    @Resource
    ManagedScheduledExecutorService scheduler;

    private PollingStreams streams;

    @PostConstruct
    void open() {
        streams = new PollingStreams(scheduler, LIMITS);
    }

    @PreDestroy
    void close() {
        streams.close();
    }

    /** {@return all models that the caller may use} */
    @GET
    @Path("models")
    public Response models() {
        return Answers.json(200, NeuroModels.list(caller.client(), settings.operator()))
                .build();
    }

    /**
     * @param name the model's name
     * @param headers the request's headers
     * @param response where the answer goes
     * @param body the request
     */
    @POST
    @Path("{name}")
    @CredentialInBody
    public void request(
            @PathParam("name") String name,
            @Context HttpHeaders headers,
            @Suspended AsyncResponse response,
            InputStream body) {
        Fields fields = JsonInput.object(bodies.read(headers, body));
        boolean keyIsSpent = !caller.isIdentified();
        caller.identify(keyIsSpent ? fields.text("key") : Optional.empty());
        if (fields.has("command")) {
            response.resume(command(fields.requireText("command")));
            return;
        }
        List<String> hints = FieldHints.of(fields.names(), NeuroRequest.FIELDS);
        NeuroRequest request = NeuroRequest.read(name, fields, keyIsSpent);
        if (request.streamKey().isEmpty()) {
            WholeAnswer call = new WholeAnswer(request.request(), reply -> answer(reply.text()));
            generations.begin(call, EventStyle.PLAIN, NeuroErrors.FORMAT, hints, response);
        } else {
            poll(request, request.streamKey().get(), hints, response);
        }
    }

    /** As NeuroEngine's own client asks for the models: at whichever name. */
    private Response command(String command) {
        if (!command.equals("getmodels")) {
            throw new InvalidRequestException(
                    ErrorCode.UNKNOWN_VALUE,
                    "command",
                    "Unknown 'command' '" + Excerpts.of(command) + "'; the only one is 'getmodels'");
        }
        return models();
    }

    private void poll(NeuroRequest request, String key, List<String> hints, AsyncResponse response) {
        String owner = caller.owner();
        HyperionClient client = caller.client();
        PollingStream stream = streams.of(owner, key, request.request(), client);
        try {
            workers.executor().execute(() -> {
                Response.ResponseBuilder answer = take(stream, request.getTokens());
                if (stream.isTold()) {
                    streams.remove(owner, key, stream);
                }
                response.resume(Answers.warn(answer, hints).build());
            });
        } catch (RejectedExecutionException shutdown) {
            LOG.log(WARNING, "A request is dropped: the server takes no more work", shutdown);
            throw shuttingDown();
        }
    }

    private static Response.ResponseBuilder take(PollingStream stream, int count) {
        try {
            return Answers.json(200, answer(stream.take(count, PATIENCE, LINGER)));
        } catch (HyperionException error) {
            return Answers.error(error, NeuroErrors.FORMAT);
        } catch (InterruptedException shutdown) {
            Thread.currentThread().interrupt();
            return Answers.error(shuttingDown(), NeuroErrors.FORMAT);
        } catch (RuntimeException failure) {
            return Answers.error(InternalErrors.log("a stream of NeuroEngine's", failure), NeuroErrors.FORMAT);
        }
    }

    private static ModelUnavailableException shuttingDown() {
        return new ModelUnavailableException(ErrorCode.SHUTTING_DOWN, "The server is shutting down");
    }

    private static JsonObject answer(String text) {
        return Json.object().add("reply", text).add("errorcode", 0).build();
    }
}
