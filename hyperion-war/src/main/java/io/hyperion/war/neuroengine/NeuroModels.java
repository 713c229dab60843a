package io.hyperion.war.neuroengine;

import static java.lang.System.Logger.Level.DEBUG;

import io.hyperion.api.HyperionClient;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelState;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.war.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.util.Locale;

/** How NeuroEngine lists models. */
final class NeuroModels {
    private static final System.Logger LOG = System.getLogger(NeuroModels.class.getName());

    private NeuroModels() {}

    /**
     * @param client the way to the models
     * @param operator who runs them
     * @return a list of {@code {"numreq":…,"connected":…,"comment":…,"operator":…,"name":…,"queuelen":…}}
     */
    static JsonArray list(HyperionClient client, String operator) {
        JsonArrayBuilder list = Json.list();
        for (ModelInfo model : client.models()) {
            try {
                list.add(one(model, client.figures(model.name()), operator));
            } catch (ModelNotFoundException | ModelUnavailableException gone) {
                // Its pool has been taken away since it was listed.
                LOG.log(DEBUG, "A model has gone", gone);
            }
        }
        return list.build();
    }

    private static JsonObjectBuilder one(ModelInfo model, ModelFigures figures, String operator) {
        return Json.object()
                .add("numreq", figures.endedRequests())
                .add("connected", model.state() != ModelState.FAILED)
                .add("comment", comment(model))
                .add("operator", operator)
                .add("name", model.name())
                .add("queuelen", figures.queued());
    }

    /** What the model is, or why it is not there. */
    private static String comment(ModelInfo model) {
        return model.reason()
                .or(() -> model.details()
                        .map(details -> String.format(
                                Locale.ROOT,
                                "%s, %.1f million parameters, %s",
                                details.title().orElse(details.architecture()),
                                details.parameters() / 1e6,
                                details.quantization())))
                .orElse("");
    }
}
