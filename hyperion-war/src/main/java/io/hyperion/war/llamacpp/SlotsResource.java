package io.hyperion.war.llamacpp;

import io.hyperion.api.BusyException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.GenerateParameters;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelProperties;
import io.hyperion.api.Parameter;
import io.hyperion.api.SlotInfo;
import io.hyperion.api.SlotReply;
import io.hyperion.war.access.Caller;
import io.hyperion.war.http.Answers;
import io.hyperion.war.http.Tasks;
import io.hyperion.war.json.Json;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
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
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code /slots}: what the slots of a model do, and what they leave in the cache. */
@Path("slots")
@ApplicationScoped
public class SlotsResource {
    private static final String ACTION = "action";
    private static final String FILE = "filename";

    /** The names of all fields that mean something. */
    static final Set<String> FIELDS = Set.of(ModelName.NAME, FILE);

    /** A guess: how long a request takes is not known. */
    private static final Duration RETRY = Duration.ofSeconds(1);

    @Inject
    Tasks tasks;

    @Inject
    Caller caller;

    /**
     * Tells what the slots are doing, but not what is asked of them: one caller's prompt is no other's business.
     *
     * @param model the model; the default one if it is not named
     * @param failOnNoSlot whatever it says: no free slot is an error
     * @return the slots
     */
    @GET
    public Response list(@QueryParam(ModelName.NAME) String model, @QueryParam("fail_on_no_slot") String failOnNoSlot) {
        HyperionClient client = caller.client();
        Optional<String> query = ModelName.ofQuery(model);
        List<SlotInfo> slots = client.slots(query);
        if (failOnNoSlot != null && slots.stream().allMatch(slot -> slot.work().isPresent())) {
            BusyException none = new BusyException(ErrorCode.QUEUE_FULL, "No slot is free", RETRY);
            return Answers.error(none, Response.Status.SERVICE_UNAVAILABLE.getStatusCode(), LlamaErrors.FORMAT)
                    .build();
        }
        JsonArrayBuilder list = Json.list();
        if (!slots.isEmpty()) {
            ModelProperties properties = client.properties(query);
            slots.forEach(slot -> list.add(slot(slot, properties)));
        }
        return Answers.json(200, list.build()).build();
    }

    private static JsonObjectBuilder slot(SlotInfo slot, ModelProperties properties) {
        JsonObjectBuilder json = Json.object()
                .add("id", slot.slot())
                .add("n_ctx", properties.requestLimit())
                .add("speculative", false)
                .add("is_processing", slot.work().isPresent())
                .add("non_causal", false);
        slot.work().ifPresent(work -> json.add("params", GenerationSettings.of(scalars(work.parameters()), properties))
                .add("n_prompt_tokens", work.promptTokens())
                .add("completion", work.completion())
                .add(
                        "next_token",
                        Json.object()
                                .add("has_next_token", true)
                                .add("n_remain", work.remainingTokens().orElse(-1))
                                .add("n_decoded", work.generatedTokens())));
        return json;
    }

    /** Without what holds texts of the caller, such as a grammar and stop strings. */
    private static GenerateParameters scalars(GenerateParameters all) {
        GenerateParameters.Builder scalars = GenerateParameters.builder();
        for (Parameter parameter : Parameter.values()) {
            if (all.has(parameter)) {
                switch (parameter.type()) {
                    case NUMBER -> scalars.set(parameter, all.number(parameter));
                    case WHOLE -> scalars.set(parameter, all.whole(parameter));
                    case BOOLEAN -> scalars.set(parameter, all.truth(parameter));
                    case TEXT, LIST -> {
                        // Not told.
                    }
                }
            }
        }
        return scalars.build();
    }

    /**
     * Saves, restores or erases what the cache has of a slot's last request.
     *
     * @param headers the request's headers
     * @param response where the answer goes
     * @param id the slot
     * @param action {@code save}, {@code restore} or {@code erase}
     * @param model the model; the default one if it is not named
     * @param body the request's body: the name of the file, but to erase
     */
    @POST
    @Path("{id}")
    public void act(
            @Context HttpHeaders headers,
            @Suspended AsyncResponse response,
            @PathParam("id") String id,
            @QueryParam(ACTION) String action,
            @QueryParam(ModelName.NAME) String model,
            InputStream body) {
        HyperionClient client = caller.client();
        Optional<String> query = ModelName.ofQuery(model);
        int slot = slot(id);
        if ("erase".equals(action)) {
            // What a body would say is said already, and clients send none.
            tasks.run(
                    response, LlamaErrors.FORMAT, () -> Answers.json(200, erased(slot, client.eraseSlot(query, slot))));
            return;
        }
        if (!"save".equals(action) && !"restore".equals(action)) {
            throw new InvalidRequestException(
                    ErrorCode.UNKNOWN_VALUE,
                    ACTION,
                    "'" + ACTION + "' must be save, restore or erase"
                            + (action == null ? "" : ", but is '" + Excerpts.of(action) + "'"));
        }
        boolean save = action.equals("save");
        tasks.serve(headers, body, response, FIELDS, LlamaErrors.FORMAT, fields -> {
            Optional<String> named = ModelName.of(fields, query);
            String file = fields.requireText(FILE);
            return save ? saved(client.saveSlot(named, slot, file)) : restored(client.restoreSlot(named, slot, file));
        });
    }

    private static int slot(String id) {
        if (!id.matches("\\d{1,9}")) {
            throw new InvalidRequestException(
                    ErrorCode.WRONG_TYPE, "slot", "A slot is a whole number from 0, but is '" + Excerpts.of(id) + "'");
        }
        return Integer.parseInt(id);
    }

    private static JsonObject saved(SlotReply reply) {
        return Json.object()
                .add("id_slot", reply.slot())
                .add(FILE, reply.fileName())
                .add("n_saved", reply.tokens())
                .add("n_written", reply.bytes())
                .add("timings", Json.object().add("save_ms", reply.time().toNanos() / 1e6))
                .add("model", reply.model())
                .build();
    }

    private static JsonObject restored(SlotReply reply) {
        return Json.object()
                .add("id_slot", reply.slot())
                .add(FILE, reply.fileName())
                .add("n_restored", reply.tokens())
                .add("n_read", reply.bytes())
                .add("timings", Json.object().add("restore_ms", reply.time().toNanos() / 1e6))
                .add("model", reply.model())
                .build();
    }

    private static JsonObject erased(int slot, int tokens) {
        return Json.object().add("id_slot", slot).add("n_erased", tokens).build();
    }
}
