package io.hyperion.core.model;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelNotFoundException;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelState;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.Version;
import io.hyperion.api.admin.ServerStatus;
import io.hyperion.core.download.DownloadException;
import io.hyperion.core.download.Downloads;
import io.hyperion.core.download.ModelSource;
import io.hyperion.core.engine.EngineListener;
import io.hyperion.core.llama.LlamaLibrary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * All models: those of the configuration, which stay, and others, which come and go. It owns them and the native library. Safe for use by
 * many threads.
 */
public final class ModelCatalog implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(ModelCatalog.class.getName());

    private final CatalogServices services;
    private final SortedMap<String, ModelSettings> configured;
    private final Optional<String> defaultModel;
    private final Optional<Path> modelsDirectory;
    private final Optional<ModelsDirectory> directory;
    private final long begun = System.nanoTime();

    /** Held while models come and go, which takes as long as to read their headers. Taken before {@link #lock}, never after. */
    private final Object changing = new Object();

    /** Guards all that follows. */
    private final Object lock = new Object();

    private final SortedMap<String, CatalogModel> models = new TreeMap<>();
    /** Those that nobody finds any more, and that still have visitors or memory. */
    private final List<CatalogModel> leaving = new ArrayList<>();
    /** What models did that are gone, by their names: one that comes back goes on counting. */
    private final Map<String, ModelFigures> past = new HashMap<>();

    private boolean closed;

    /**
     * Makes the catalog: reads the headers of the files, and begins to bring into memory, in the background, what is to be preloaded. Models
     * that cannot be served are in it as failed ones.
     *
     * @param configuration what is configured
     * @param listener hears what the engine does
     */
    public ModelCatalog(HyperionConfiguration configuration, EngineListener listener) {
        this(configuration, services(configuration, listener));
    }

    /** @param services what the models share; the catalog closes them */
    ModelCatalog(HyperionConfiguration configuration, CatalogServices services) {
        configuration.warnings().forEach(warning -> LOGGER.log(System.Logger.Level.WARNING, warning));
        this.services = services;
        this.configured = configuration.models();
        this.defaultModel = configuration.defaultModel();
        configured.forEach((name, settings) ->
                models.put(name, new CatalogModel(settings, services, CompletableFuture.completedFuture(null))));
        all().forEach(CatalogModel::preload);
        this.modelsDirectory = configuration.modelsDirectory();
        this.directory = modelsDirectory.map(
                path -> new ModelsDirectory(path, configuration, contents -> apply(contents.models())));
        directory.ifPresent(ModelsDirectory::start);
    }

    private static CatalogServices services(HyperionConfiguration configuration, EngineListener listener) {
        CatalogTimer timer = new TimerThread();
        DeviceMemory devices = new DeviceMemory(configuration.memory());
        return new CatalogServices(
                new SharedLibrary(devices),
                timer,
                devices,
                new MemoryBudget(devices::limit, timer),
                configuration.modelsDirectory().map(path -> new Downloads(path, configuration.download())),
                listener);
    }

    /**
     * Finds a model.
     *
     * @param name its name, or another one that it is called by; empty for the default one
     * @return the model
     * @throws ModelNotFoundException if there is none; its message tells which there are
     */
    public CatalogModel find(Optional<String> name) {
        synchronized (lock) {
            String wanted = name.or(this::defaultName)
                    .orElseThrow(() -> new ModelNotFoundException(
                            ErrorCode.MODEL_NOT_FOUND,
                            "There is no model: set hyperion.models.default.path to a GGUF file"));
            return called(wanted)
                    .orElseThrow(() -> new ModelNotFoundException(
                            ErrorCode.MODEL_NOT_FOUND,
                            "There is no model '" + Excerpts.of(wanted) + "'; the models are "
                                    + String.join(", ", models.keySet())));
        }
    }

    private Optional<CatalogModel> called(String name) {
        return Optional.ofNullable(models.get(name)).or(() -> models.values().stream()
                .filter(model -> model.settings().description().aliases().contains(name))
                .findFirst());
    }

    /** Where the configured one is not there, one that has come is as good as another. */
    private Optional<String> defaultName() {
        return defaultModel
                .flatMap(this::called)
                .map(CatalogModel::name)
                .or(() -> HyperionConfiguration.defaultOf(new TreeSet<>(models.keySet())));
    }

    /** {@return what is known of all models, in the order of their names} */
    public List<ModelInfo> infos() {
        return all().stream().map(this::info).toList();
    }

    private List<CatalogModel> all() {
        synchronized (lock) {
            return List.copyOf(models.values());
        }
    }

    /**
     * What is known of a model.
     *
     * @param model the model
     * @return it
     */
    public ModelInfo info(CatalogModel model) {
        Optional<String> name;
        synchronized (lock) {
            name = defaultName();
        }
        return model.info(name.filter(model.name()::equals).isPresent());
    }

    /**
     * Sets which models there are beside those of the configuration. One that is not among them any more is found by nobody from now on, and
     * is unloaded when its last request has ended. One whose settings or files are others by now is replaced so too: requests that come from now on
     * get the new one, which is loaded when the memory of the old one is free.
     *
     * @param others the settings of all others by their names; a model of the configuration goes before another of its name
     */
    void apply(SortedMap<String, ModelSettings> others) {
        synchronized (changing) {
            List<CatalogModel> before = all();
            for (CatalogModel model : before) {
                if (!configured.containsKey(model.name()) && !others.containsKey(model.name())) {
                    replace(model, Optional.empty());
                }
            }
            others.forEach((name, settings) -> {
                Optional<CatalogModel> current = before.stream()
                        .filter(model -> model.name().equals(name))
                        .findFirst();
                if (configured.containsKey(name)
                        || current.filter(model -> model.settings().equals(settings)
                                        && !model.life().servesOldFiles())
                                .isPresent()) {
                    current.ifPresent(model -> model.life().lookAgain());
                    return;
                }
                CompletableFuture<Void> gone = goneAll(name);
                CatalogModel next = new CatalogModel(
                        settings,
                        services,
                        current.map(model -> CompletableFuture.allOf(
                                        gone, model.life().gone()))
                                .orElse(gone));
                if (current.isPresent()) {
                    replace(current.get(), Optional.of(next));
                } else {
                    synchronized (lock) {
                        models.put(name, next);
                    }
                    begin(next);
                }
            });
        }
    }

    /** {@return completes when nobody is there any more who had the name} */
    private CompletableFuture<Void> goneAll(String name) {
        synchronized (lock) {
            return CompletableFuture.allOf(leaving.stream()
                    .filter(model -> model.name().equals(name))
                    .map(model -> model.life().gone())
                    .toArray(CompletableFuture<?>[]::new));
        }
    }

    private void replace(CatalogModel old, Optional<CatalogModel> next) {
        synchronized (lock) {
            leaving.add(old);
            models.remove(old.name());
            next.ifPresent(model -> models.put(model.name(), model));
        }
        old.life().gone().thenRun(() -> left(old));
        old.life().retire();
        next.ifPresent(this::begin);
    }

    private void left(CatalogModel old) {
        synchronized (lock) {
            leaving.remove(old);
            past.merge(old.name(), old.figures().past(), ModelFigures::plus);
        }
    }

    private void begin(CatalogModel added) {
        boolean late;
        synchronized (lock) {
            late = closed;
        }
        if (late) {
            added.close();
        } else {
            added.preload();
        }
    }

    /**
     * What a model did since the catalog was made, and what it does now.
     *
     * @param model the model
     * @return its figures
     */
    public ModelFigures figures(CatalogModel model) {
        synchronized (lock) {
            // Not the model itself: if it is gone, it is counted among the past ones.
            return Stream.concat(leaving.stream(), models.values().stream())
                    .filter(one -> one.name().equals(model.name()))
                    .map(CatalogModel::figures)
                    .reduce(past.getOrDefault(model.name(), ModelFigures.NONE), ModelFigures::plus);
        }
    }

    /** {@return the figures of all models together, those included that are gone} */
    public ModelFigures figures() {
        synchronized (lock) {
            return Stream.concat(
                            past.values().stream(),
                            Stream.concat(leaving.stream(), models.values().stream())
                                    .map(CatalogModel::figures))
                    .reduce(ModelFigures.NONE, ModelFigures::plus);
        }
    }

    /**
     * Unloads all models and the library; all their requests fail. Does nothing if that is done already.
     *
     * @throws IllegalStateException if a listener calls it, in a thread that it would wait for
     */
    @Override
    public void close() {
        allThatAreThere().forEach(CatalogModel::requireOtherThread);
        synchronized (lock) {
            closed = true;
        }
        directory.ifPresent(ModelsDirectory::close);
        allThatAreThere().forEach(CatalogModel::close);
        services.close();
    }

    private List<CatalogModel> allThatAreThere() {
        synchronized (lock) {
            List<CatalogModel> all = new ArrayList<>(models.values());
            all.addAll(leaving);
            return all;
        }
    }

    /** {@return how all is, but for the models} */
    ServerStatus status() {
        List<ModelProgress> downloads = infos().stream()
                .flatMap(info -> info.progress().stream())
                .filter(progress -> progress.state() == ModelState.DOWNLOADING)
                .toList();
        return new ServerStatus(
                Version.TEXT,
                "llama.cpp " + LlamaLibrary.VERSION,
                Duration.ofNanos(System.nanoTime() - begun),
                services.devices().status(services.budget()),
                downloads,
                modelsDirectory.map(Path::toString));
    }

    /**
     * Adds a model, and keeps it in the directory of models.
     *
     * @param name its name
     * @param settings what would stand behind {@code hyperion.models.<name>.} in the configuration
     * @return the model
     * @throws HyperionException if that is refused
     */
    CatalogModel add(String name, SortedMap<String, String> settings) {
        requireDirectory().add(name, settings);
        return find(Optional.of(name));
    }

    /**
     * Takes a model away that is in the directory of models: unloads it, and forgets it. Returns when that is done.
     *
     * @param model the model
     * @param deleteFile whether its file is deleted too, unless another model has the same one
     * @throws HyperionException if its files cannot be deleted; if that is the file in the directory of models, it stays
     */
    void remove(CatalogModel model, boolean deleteFile) {
        Optional<Path> file = model.life().view().located().flatMap(ModelSettings::path);
        model.unload();
        requireDirectory().remove(model.name());
        // Somebody may have come after it was unloaded.
        model.close();
        Optional<ModelSource> source = model.settings().source().map(SourceSettings::source);
        boolean shared = all().stream()
                .anyMatch(other -> source.isPresent()
                                && other.settings()
                                        .source()
                                        .map(SourceSettings::source)
                                        .equals(source)
                        || file.isPresent()
                                && other.life()
                                        .view()
                                        .located()
                                        .flatMap(ModelSettings::path)
                                        .equals(file));
        if (deleteFile && source.isPresent() && !shared) {
            delete(model.name(), source.get());
        }
    }

    private void delete(String model, ModelSource source) {
        try {
            services.downloads().orElseThrow().delete(source);
        } catch (DownloadException e) {
            throw new ModelUnavailableException(
                    ErrorCode.MODEL_FAILED,
                    "The model '" + model + "' is removed, but not what was downloaded for it: " + e.getMessage(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GenerationCancelledException(
                    ErrorCode.CANCELLED, "The thread that deletes the file of model '" + model + "' was interrupted");
        }
    }

    private ModelsDirectory requireDirectory() {
        return directory.orElseThrow(() -> new ModelUnavailableException(
                ErrorCode.MODEL_FAILED,
                "There is no directory that models could be added to: set " + HyperionConfiguration.MODELS_DIRECTORY));
    }
}
