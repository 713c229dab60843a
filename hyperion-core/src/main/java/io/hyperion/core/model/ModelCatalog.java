package io.hyperion.core.model;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.core.engine.EngineListener;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** All models that are configured. It owns them and the native library. Safe for use by many threads. */
public final class ModelCatalog implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(ModelCatalog.class.getName());

    private final SharedLibrary library = new SharedLibrary();
    private final SortedMap<String, CatalogModel> models = new TreeMap<>();
    private final Optional<String> defaultModel;
    private final long begun = System.nanoTime();

    /**
     * Makes the catalog: reads the headers of the files, and begins to load, in the background, what is to be preloaded. Models that
     * cannot be served are in it as failed ones.
     *
     * @param configuration what is configured
     * @param listener hears what the engine does
     */
    public ModelCatalog(HyperionConfiguration configuration, EngineListener listener) {
        configuration.warnings().forEach(warning -> LOGGER.log(System.Logger.Level.WARNING, warning));
        defaultModel = configuration.defaultModel();
        configuration
                .models()
                .forEach((name, settings) -> models.put(name, new CatalogModel(settings, library, listener)));
        models.values().forEach(CatalogModel::preload);
    }

    /**
     * Finds a model.
     *
     * @param name its name; empty for the default one
     * @return the model
     * @throws ModelNotFoundException if there is none; its message tells which there are
     */
    public CatalogModel find(Optional<String> name) {
        String wanted = name.or(() -> defaultModel)
                .orElseThrow(() -> new ModelNotFoundException(
                        ErrorCode.MODEL_NOT_FOUND,
                        "No model is configured: set hyperion.models.default.path to a GGUF file"));
        CatalogModel model = models.get(wanted);
        if (model == null) {
            throw new ModelNotFoundException(
                    ErrorCode.MODEL_NOT_FOUND,
                    "There is no model '" + Excerpts.of(wanted) + "'; the models are "
                            + String.join(", ", models.keySet()));
        }
        return model;
    }

    /** {@return what is known of all models, in the order of their names} */
    public List<ModelInfo> infos() {
        return models.values().stream().map(this::info).toList();
    }

    /**
     * What is known of a model.
     *
     * @param model the model
     * @return it
     */
    public ModelInfo info(CatalogModel model) {
        return model.info(defaultModel.filter(model.name()::equals).isPresent());
    }

    /** {@return how long it has been there} */
    Duration uptime() {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    /** {@return the figures of all models together} */
    public ModelFigures figures() {
        return models.values().stream().map(CatalogModel::figures).reduce(ModelFigures.NONE, ModelFigures::plus);
    }

    /** Unloads all models and the library; all their requests fail. Does nothing if that is done already. */
    @Override
    public void close() {
        Collection<CatalogModel> all = models.values();
        all.forEach(CatalogModel::close);
        library.close();
    }
}
