package io.hyperion.war.wire;

import static java.lang.System.Logger.Level.DEBUG;

import io.hyperion.api.HyperionClient;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelUnavailableException;
import java.util.ArrayList;
import java.util.List;

/**
 * A model and its figures.
 *
 * @param model the model
 * @param figures what it did and does
 */
public record Measured(ModelInfo model, ModelFigures figures) {
    private static final System.Logger LOG = System.getLogger(Measured.class.getName());

    /**
     * @param client the way to the models
     * @return all of them, but those that went while they were asked
     */
    public static List<Measured> all(HyperionClient client) {
        List<Measured> all = new ArrayList<>();
        for (ModelInfo model : client.models()) {
            try {
                all.add(new Measured(model, client.figures(model.name())));
            } catch (ModelNotFoundException | ModelUnavailableException gone) {
                // Its pool has been taken away since it was listed, or it has been removed.
                LOG.log(DEBUG, "A model has gone", gone);
            }
        }
        return all;
    }
}
