package io.hyperion.war.hyperion;

import io.hyperion.api.ModelInfo;
import io.hyperion.war.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;

/** How models are told, over HTTP and the WebSocket alike. */
public final class ModelsFormat {
    private ModelsFormat() {}

    /**
     * @param models the models
     * @return {@code {"models":[…]}}
     */
    public static JsonObject list(List<ModelInfo> models) {
        JsonArrayBuilder list = Json.list();
        models.forEach(model -> list.add(one(model)));
        return Json.object().add("models", list).build();
    }

    /**
     * @param model a model
     * @return its fields; what is not known, since its file cannot be read, is left out
     */
    public static JsonObject one(ModelInfo model) {
        JsonObjectBuilder json = Json.object()
                .add("name", model.name())
                .add("default", model.isDefault())
                .add("state", model.state().wireName());
        model.reason().ifPresent(reason -> json.add("reason", reason));
        model.fileName().ifPresent(file -> json.add("file", file));
        json.add("context_size", model.contextSize()).add("slots", model.slots());
        model.details().ifPresent(details -> {
            json.add("architecture", details.architecture());
            details.title().ifPresent(title -> json.add("title", title));
            json.add("quantization", details.quantization())
                    .add("parameters", details.parameters())
                    .add("trained_context_length", details.trainedContextLength())
                    .add("vocabulary_size", details.vocabularySize())
                    .add("size", details.fileSize())
                    .add("chat_template", details.hasChatTemplate());
        });
        return json.build();
    }
}
