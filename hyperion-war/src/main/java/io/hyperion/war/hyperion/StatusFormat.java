package io.hyperion.war.hyperion;

import io.hyperion.api.ModelFigures;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.admin.Device;
import io.hyperion.api.admin.ServerStatus;
import io.hyperion.war.json.Json;
import io.hyperion.war.wire.Measured;
import io.hyperion.war.wire.ProgressFields;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** How it is told how the server is. */
public final class StatusFormat {
    private StatusFormat() {}

    /**
     * @param status how the engine is
     * @param models the models that may be told of, with their figures
     * @param pools the names of the models of each pool, by its JNDI name; those that may not be told of are left out
     * @param administrator whether who is told may change what he sees
     * @return {@code version}, {@code engine}, {@code uptime_seconds}, {@code administrator}, {@code models_directory} for an administrator
     *     if there is one, {@code devices}, {@code models} as {@link ModelsFormat} tells them, {@code downloads}, {@code pools}, and
     *     {@code figures} of all models and {@code figures_by_model}
     */
    public static JsonObject of(
            ServerStatus status, List<Measured> models, Map<String, List<String>> pools, boolean administrator) {
        List<ModelInfo> infos = models.stream().map(Measured::model).toList();
        Set<String> names = infos.stream().map(ModelInfo::name).collect(Collectors.toSet());
        JsonObjectBuilder json = Json.object()
                .add("version", status.version())
                .add("engine", status.engine())
                .add("uptime_seconds", status.uptime().toMillis() / 1e3)
                .add("administrator", administrator);
        if (administrator) {
            status.modelsDirectory().ifPresent(directory -> json.add("models_directory", directory));
        }
        return json.add("devices", devices(status.devices()))
                .add("models", ModelsFormat.all(infos))
                .add("downloads", downloads(status, names))
                .add("pools", pools(pools, names))
                .add(
                        "figures",
                        FiguresFormat.one(
                                models.stream().map(Measured::figures).reduce(ModelFigures.NONE, ModelFigures::plus)))
                .add("figures_by_model", figures(models))
                .build();
    }

    private static JsonArrayBuilder devices(List<Device> devices) {
        JsonArrayBuilder list = Json.list();
        for (Device device : devices) {
            list.add(Json.object()
                    .add("name", device.name())
                    .add("description", device.description())
                    .add("total", device.totalBytes())
                    .add("free", device.freeBytes())
                    .add("limit", device.limitBytes())
                    .add("reserved", device.reservedBytes()));
        }
        return list;
    }

    private static JsonArrayBuilder downloads(ServerStatus status, Set<String> names) {
        JsonArrayBuilder list = Json.list();
        status.downloads().stream()
                .filter(download -> names.contains(download.model()))
                .forEach(download -> list.add(ProgressFields.of(download)));
        return list;
    }

    private static JsonArrayBuilder pools(Map<String, List<String>> pools, Set<String> names) {
        JsonArrayBuilder list = Json.list();
        pools.forEach((jndi, models) -> list.add(Json.object()
                .add("jndi", jndi)
                .add(
                        "models",
                        Json.texts(models.stream().filter(names::contains).toList()))));
        return list;
    }

    private static JsonObjectBuilder figures(List<Measured> models) {
        JsonObjectBuilder byModel = Json.object();
        models.forEach(measured -> byModel.add(measured.model().name(), FiguresFormat.one(measured.figures())));
        return byModel;
    }
}
