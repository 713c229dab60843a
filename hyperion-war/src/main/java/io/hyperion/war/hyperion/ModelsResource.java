package io.hyperion.war.hyperion;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.admin.ModelAdministration;
import io.hyperion.war.access.Caller;
import io.hyperion.war.http.Answers;
import io.hyperion.war.http.BodyReader;
import io.hyperion.war.http.ErrorFormat;
import io.hyperion.war.http.ProgressAnswers;
import io.hyperion.war.http.Tasks;
import io.hyperion.war.json.Fields;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * {@code /models}: what can be asked, and why a model cannot; and for administrators, how models come and go. Names are those of models, or
 * aliases.
 */
@Path("models")
@ApplicationScoped
public class ModelsResource {
    @Inject
    Caller caller;

    @Inject
    BodyReader bodies;

    @Inject
    Tasks tasks;

    @Inject
    ProgressAnswers answers;

    /** {@return all models that the caller may use} */
    @GET
    public Response list() {
        return Answers.json(200, ModelsFormat.list(caller.client().models())).build();
    }

    /**
     * @param name a model's name
     * @return that model
     */
    @GET
    @Path("{name}")
    public Response one(@PathParam("name") String name) {
        return Answers.json(200, ModelsFormat.one(caller.client().model(name))).build();
    }

    /**
     * @param name a model's name
     * @return what it did since the server started, and what it does now
     */
    @GET
    @Path("{name}/figures")
    public Response figures(@PathParam("name") String name) {
        return Answers.json(200, FiguresFormat.one(caller.client().figures(name)))
                .build();
    }

    /**
     * Adds a model.
     *
     * @param headers the request's headers
     * @param response where the answer goes: the model
     * @param body its name and settings
     */
    @POST
    public void add(@Context HttpHeaders headers, @Suspended AsyncResponse response, InputStream body) {
        ModelAdministration administration = caller.administration();
        tasks.serve(headers, body, response, Set.of(), ErrorFormat.HYPERION, 201, fields -> {
            AddedModel model = AddedModel.read(fields);
            return ModelsFormat.one(administration.add(model.name(), model.settings()));
        });
    }

    /**
     * Takes a model away that was added.
     *
     * @param name a model's name
     * @param file whether its file is deleted too: true or false
     * @param response where the answer goes: what was known of the model
     */
    @DELETE
    @Path("{name}")
    public void remove(
            @PathParam("name") String name, @QueryParam("file") String file, @Suspended AsyncResponse response) {
        ModelAdministration administration = caller.administration();
        boolean deleteFile = truth(file);
        answers.answer(response, false, progress -> administration.remove(name, deleteFile), ModelsFormat::one);
    }

    private static boolean truth(String file) {
        if (file == null || file.equals("false")) {
            return false;
        }
        if (file.equals("true")) {
            return true;
        }
        throw new InvalidRequestException(
                ErrorCode.UNKNOWN_VALUE, "file", "'file' must be true or false, but is '" + Excerpts.of(file) + "'");
    }

    /**
     * Brings a model into memory or downloads its file, takes it out of memory or ends what is under way, or keeps it in memory or no longer.
     *
     * @param name a model's name
     * @param act what is done
     * @param headers the request's headers
     * @param response where the answer goes: the model, or events
     * @param body nothing, or whether events are wanted
     */
    @POST
    @Path("{name}/{act: load|pull|unload|pin|unpin}")
    public void act(
            @PathParam("name") String name,
            @PathParam("act") String act,
            @Context HttpHeaders headers,
            @Suspended AsyncResponse response,
            InputStream body) {
        ModelAdministration administration = caller.administration();
        boolean streams;
        try {
            Fields fields = bodies.fieldsIfAny(headers, body);
            streams = fields.bool("stream").orElseGet(() -> ProgressAnswers.isStreamWanted(headers));
        } catch (HyperionException refusal) {
            response.resume(Answers.error(refusal, ErrorFormat.HYPERION).build());
            return;
        }
        answers.answer(response, streams, progress -> begin(administration, act, name, progress), ModelsFormat::one);
    }

    private static CompletableFuture<ModelInfo> begin(
            ModelAdministration models, String act, String name, Consumer<ModelProgress> progress) {
        return switch (act) {
            case "load" -> models.load(name, progress);
            case "pull" -> models.pull(name, progress);
            case "unload" -> models.unload(name);
            default -> CompletableFuture.completedFuture(models.pin(name, act.equals("pin")));
        };
    }
}
