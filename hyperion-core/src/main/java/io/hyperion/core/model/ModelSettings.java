package io.hyperion.core.model;

import io.hyperion.api.GenerateParameters;
import io.hyperion.api.ModelInfo;
import io.hyperion.core.engine.EngineSettings;
import io.hyperion.core.llama.Pooling;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One configured model.
 *
 * @param name its name
 * @param path its GGUF file, or the first of the files that it is split into; empty if there is a source instead, or a problem
 * @param source where its file comes from; empty if there is a path instead, or a problem
 * @param engine how to load it
 * @param template the name of the chat template to use instead of the model's own; empty for its own
 * @param defaults the parameters of requests that do not say
 * @param embeddings whether it makes vectors of texts instead of generating; empty for what its file is made for
 * @param pooling what it gives for a text then; empty for what its file is made for
 * @param life when it is loaded and unloaded
 * @param description what is said about it
 * @param slotSavePath the directory that sequences are saved to; empty if they cannot be saved
 * @param problem what is wrong with its configuration, naming the key; such a model is shown as failed
 */
public record ModelSettings(
        String name,
        Optional<Path> path,
        Optional<SourceSettings> source,
        EngineSettings engine,
        Optional<String> template,
        GenerateParameters defaults,
        Optional<Boolean> embeddings,
        Optional<Pooling> pooling,
        LifeSettings life,
        ModelInfo.Description description,
        Optional<Path> slotSavePath,
        Optional<String> problem) {
    public ModelSettings {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(life, "life");
        Objects.requireNonNull(description, "description");
        Objects.requireNonNull(engine, "engine");
        Objects.requireNonNull(template, "template");
        Objects.requireNonNull(defaults, "defaults");
        Objects.requireNonNull(slotSavePath, "slotSavePath");
        Objects.requireNonNull(embeddings, "embeddings");
        Objects.requireNonNull(pooling, "pooling");
        Objects.requireNonNull(problem, "problem");
        if (path.isEmpty() && source.isEmpty() && problem.isEmpty()) {
            throw new IllegalArgumentException("The model " + name + " has neither a path nor a source nor a problem");
        }
    }

    /**
     * A key of the configuration.
     *
     * @param name the name of a model
     * @param key what stands behind it, such as {@code path}
     * @return the whole key, with the name in quotes where it needs them
     */
    static String key(String name, String key) {
        return "hyperion.models." + (name.matches("[A-Za-z0-9_-]+") ? name : '"' + name + '"') + "." + key;
    }

    /**
     * A model of which nothing but the file is said.
     *
     * @param name its name
     * @param path its GGUF file
     * @return its settings
     */
    public static ModelSettings of(String name, Path path) {
        return new ModelSettings(
                name,
                Optional.of(path),
                Optional.empty(),
                EngineSettings.defaults(),
                Optional.empty(),
                GenerateParameters.none(),
                Optional.empty(),
                Optional.empty(),
                LifeSettings.DEFAULT,
                ModelInfo.Description.NONE,
                Optional.empty(),
                Optional.empty());
    }

    /**
     * A model that cannot be served.
     *
     * @param name its name
     * @param origin who has declared it
     * @param problem what is wrong
     * @return its settings
     */
    static ModelSettings failed(String name, ModelInfo.Origin origin, String problem) {
        return new ModelSettings(
                name,
                Optional.empty(),
                Optional.empty(),
                EngineSettings.defaults(),
                Optional.empty(),
                GenerateParameters.none(),
                Optional.empty(),
                Optional.empty(),
                LifeSettings.DEFAULT,
                new ModelInfo.Description(
                        Optional.empty(), List.of(), List.of(), Optional.empty(), Optional.empty(), origin),
                Optional.empty(),
                Optional.of(problem));
    }

    /** {@return the same model with other aliases} */
    ModelSettings withAliases(List<String> aliases) {
        return new ModelSettings(
                name,
                path,
                source,
                engine,
                template,
                defaults,
                embeddings,
                pooling,
                life,
                new ModelInfo.Description(
                        description.text(),
                        description.tags(),
                        aliases,
                        description.operator(),
                        description.source(),
                        description.origin()),
                slotSavePath,
                problem);
    }

    /**
     * A model that is a file in the directory of models.
     *
     * @param name its name
     * @param aliases what it is called too
     * @param path its file
     * @param queue how requests wait for it
     * @return its settings
     */
    static ModelSettings dropped(String name, List<String> aliases, Path path, QueueSettings queue) {
        EngineSettings defaults = EngineSettings.defaults();
        return new ModelSettings(
                name,
                Optional.of(path),
                Optional.empty(),
                new EngineSettings(
                        defaults.contextSize(),
                        defaults.slots(),
                        defaults.batchSize(),
                        defaults.threads(),
                        defaults.gpuLayers(),
                        queue.capacity(),
                        queue.timeout(),
                        defaults.prefixMemory(),
                        defaults.lora()),
                Optional.empty(),
                GenerateParameters.none(),
                Optional.empty(),
                Optional.empty(),
                LifeSettings.DEFAULT,
                new ModelInfo.Description(
                        Optional.empty(),
                        List.of(),
                        aliases,
                        Optional.empty(),
                        Optional.empty(),
                        ModelInfo.Origin.FILE),
                Optional.empty(),
                Optional.empty());
    }

    /**
     * The same model, with its file where that was found.
     *
     * @param file its GGUF file, or the first of the files that it is split into
     * @return its settings
     */
    ModelSettings at(Path file) {
        return new ModelSettings(
                name,
                Optional.of(file),
                source,
                engine,
                template,
                defaults,
                embeddings,
                pooling,
                life,
                description,
                slotSavePath,
                problem);
    }
}
