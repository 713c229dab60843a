package io.hyperion.core.model;

import io.hyperion.core.download.DownloadSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * What the {@code hyperion.…} keys of the configuration say. A wrong value of a model makes that model a failed one and leaves the
 * others alone; what concerns no single model is a warning.
 *
 * @param models the models by their names
 * @param defaultModel the name of the model for requests that name none: one of these models or, if there is a directory of models, one
 *     that may be found there; empty if nothing is said and there is no model
 * @param queue how requests wait for each model
 * @param modelsDirectory where files of models are downloaded to and found, absolute; empty if there is none
 * @param memory how much memory models may use together
 * @param download how files are downloaded
 * @param warnings unknown keys and wrong values, each with its key
 */
public record HyperionConfiguration(
        SortedMap<String, ModelSettings> models,
        Optional<String> defaultModel,
        QueueSettings queue,
        Optional<Path> modelsDirectory,
        MemorySettings memory,
        DownloadSettings download,
        List<String> warnings) {
    /** The key of the directory of models. */
    public static final String MODELS_DIRECTORY = "hyperion.models-dir";

    private static final String DEFAULT_NAME = "default";

    public HyperionConfiguration {
        Objects.requireNonNull(models, "models");
        Objects.requireNonNull(defaultModel, "defaultModel");
        Objects.requireNonNull(queue, "queue");
        Objects.requireNonNull(modelsDirectory, "modelsDirectory");
        Objects.requireNonNull(memory, "memory");
        Objects.requireNonNull(download, "download");
        warnings = List.copyOf(warnings);
    }

    /**
     * A configuration of one model.
     *
     * @param model the model, which is the default too
     * @return the configuration
     */
    public static HyperionConfiguration of(ModelSettings model) {
        return new HyperionConfiguration(
                new TreeMap<>(Map.of(model.name(), model)),
                Optional.of(model.name()),
                QueueSettings.DEFAULT,
                Optional.empty(),
                MemorySettings.DEFAULT,
                DownloadSettings.DEFAULT,
                List.of());
    }

    /**
     * Reads a configuration.
     *
     * @param properties keys and values; keys that do not begin with {@code hyperion.} are ignored
     * @return what they say
     */
    public static HyperionConfiguration of(Map<String, String> properties) {
        return new ConfigurationReader(properties).read();
    }

    /**
     * The same with another share of the memory.
     *
     * @param settings how much memory models may use
     * @return the configuration
     */
    public HyperionConfiguration withMemory(MemorySettings settings) {
        return new HyperionConfiguration(models, defaultModel, queue, modelsDirectory, settings, download, warnings);
    }

    /**
     * Which of some models is for requests that name none, where that is not said.
     *
     * @param names the names of the models
     * @return the one named {@code default}, or else the first; empty if there is none
     */
    static Optional<String> defaultOf(SortedSet<String> names) {
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of(names.contains(DEFAULT_NAME) ? DEFAULT_NAME : names.first());
    }
}
