package io.hyperion.war.hyperion;

import io.hyperion.api.ModelInfo;
import io.hyperion.war.json.Json;
import io.hyperion.war.wire.ParameterValues;
import io.hyperion.war.wire.ProgressFields;
import jakarta.json.JsonArray;
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
        return Json.object().add("models", all(models)).build();
    }

    static JsonArray all(List<ModelInfo> models) {
        JsonArrayBuilder list = Json.list();
        models.forEach(model -> list.add(one(model)));
        return list.build();
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
        model.progress().ifPresent(progress -> json.add("progress", ProgressFields.of(progress)));
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
        addDescription(json, model.description());
        addLife(json, model.life());
        model.memory().ifPresent(memory -> json.add("memory", memory(memory)));
        return json.add("defaults", ParameterValues.all(model.defaults())).build();
    }

    private static void addDescription(JsonObjectBuilder json, ModelInfo.Description description) {
        description.text().ifPresent(text -> json.add("description", text));
        json.add("tags", Json.texts(description.tags())).add("aliases", Json.texts(description.aliases()));
        description.operator().ifPresent(operator -> json.add("operator", operator));
        description.source().ifPresent(source -> json.add("source", source));
        json.add("origin", description.origin().wireName());
    }

    private static void addLife(JsonObjectBuilder json, ModelInfo.Life life) {
        json.add("instances", life.instances())
                .add("min_instances", life.minInstances())
                .add("max_instances", life.maxInstances());
        life.idleTimeout().ifPresent(timeout -> json.add("idle_timeout", timeout.toMillis() / 1e3));
        json.add("pinned", life.pinned()).add("active_requests", life.activeRequests());
        life.lastUsed().ifPresent(time -> json.add("last_used", time.toString()));
    }

    private static JsonObjectBuilder memory(ModelInfo.Memory memory) {
        return Json.object()
                .add("weights", memory.weights())
                .add("cache", memory.cache())
                .add("compute", memory.compute())
                .add("device", memory.device());
    }
}
