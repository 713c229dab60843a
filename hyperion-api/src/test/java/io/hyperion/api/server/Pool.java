package io.hyperion.api.server;

import io.hyperion.api.bridge.ExportedClient;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;

/** A connection factory as a server gives it: of some servers another object at each look-up, with the same id. */
final class Pool implements BiFunction<String, Map<String, Object>, Object> {
    final List<String> operations = new CopyOnWriteArrayList<>();
    private final ExportedClient client;

    Pool(String id, FakeModels models) {
        this.client = ExportedClient.of(models, () -> Map.of("pool", id));
    }

    static Pool of(String... models) {
        return new Pool(models[0], FakeModels.withDefault("pool of " + models[0], models));
    }

    @Override
    public Object apply(String operation, Map<String, Object> arguments) {
        operations.add(operation);
        return client.apply(operation, arguments);
    }
}
