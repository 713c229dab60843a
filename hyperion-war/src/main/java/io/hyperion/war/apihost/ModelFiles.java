package io.hyperion.war.apihost;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.ForbiddenException;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.ModelNotFoundException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Finds the model that a repository and a file of it mean: one whose file has that name, wherever it came from; else one that is called like
 * the repository or the file. Of several it is the default model, if that is one of them, else the first by name.
 */
final class ModelFiles {
    private ModelFiles() {}

    /**
     * @param client the caller's way to the models
     * @param repository the name of the repository, such as {@code TheBloke/Mistral-7B-Instruct-v0.2-GGUF}
     * @param file the file in it; of a path, the last part counts
     * @return the model's name
     * @throws ForbiddenException if there is none that the caller may use, who may not use all
     * @throws ModelNotFoundException if there is none
     */
    static String find(HyperionClient client, String repository, String file) {
        String name = file.substring(file.lastIndexOf('/') + 1);
        List<ModelInfo> models = client.models();
        return first(models, model -> model.fileName().filter(name::equals).isPresent())
                .or(() -> first(
                        models,
                        model -> model.name().equals(repository)
                                || model.name().equals(name)
                                || (model.name() + ".gguf").equals(name)))
                .orElseThrow(() -> refusal(client, models, repository, file));
    }

    private static HyperionException refusal(
            HyperionClient client, List<ModelInfo> models, String repository, String file) {
        try {
            // Who may use some models only is refused any other, whether there is one or not.
            client.model(repository);
        } catch (ForbiddenException forbidden) {
            return forbidden;
        } catch (ModelNotFoundException unknown) {
            // Told below, by the names that API Host has for models.
        }
        return new ModelNotFoundException(
                ErrorCode.MODEL_NOT_FOUND,
                "There is no model of 'repo_id' '" + Excerpts.of(repository) + "' and 'file_name' '"
                        + Excerpts.of(file) + "'; the files are "
                        + models.stream()
                                .flatMap(model -> model.fileName().stream())
                                .distinct()
                                .collect(Collectors.joining(", ")));
    }

    private static Optional<String> first(List<ModelInfo> models, Predicate<ModelInfo> wanted) {
        return models.stream()
                .filter(wanted)
                .min(Comparator.comparing((ModelInfo model) -> !model.isDefault())
                        .thenComparing(ModelInfo::name))
                .map(ModelInfo::name);
    }
}
