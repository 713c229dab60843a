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
