package io.hyperion.jca;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The models of one adapter: factories with equal properties share one. Safe for use by many threads. */
final class SharedModels {
    private final Map<ModelConfiguration, SharedModel> models = new HashMap<>();
    private Workers workers = new Workers();
    private boolean stopped;

    /**
     * The model of a configuration.
     *
     * @throws io.hyperion.api.ModelUnavailableException if the adapter is stopped
     */
    synchronized SharedModel model(ModelConfiguration configuration) {
        if (stopped) {
            throw SharedModel.stopped();
        }
        return models.computeIfAbsent(configuration, wanted -> new SharedModel(wanted, workers));
    }

    /** Takes it up again after {@link #stop()}. Does nothing otherwise: all works before it is started, too. */
    synchronized void start() {
        if (stopped) {
            stopped = false;
            workers = new Workers();
        }
    }

    /** Unloads all models and ends all requests and threads; returns when that is done. Nothing is loaded any more. */
    void stop() {
        List<SharedModel> all;
        Workers ending;
        synchronized (this) {
            stopped = true;
            all = new ArrayList<>(models.values());
            models.clear();
            ending = workers;
        }
        all.forEach(SharedModel::close);
        ending.stop();
    }
}
