package io.hyperion.api.server;

import io.hyperion.api.HyperionClient;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Map;
import java.util.function.BiFunction;

/** Another application of the server: it has its own copy of the api's classes. Close it to undeploy it. */
final class OtherApplication implements AutoCloseable {
    private final URLClassLoader loader = new URLClassLoader(
            new URL[] {location(HyperionClient.class), location(FakeModels.class)},
            ClassLoader.getPlatformClassLoader());

    private static URL location(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    ClassLoader loader() {
        return loader;
    }

    /** {@return models of these names, the first of which is the default, as this application exports them} */
    BiFunction<String, Map<String, Object>, Object> export(String name, String... models) {
        try {
            Object client = loader.loadClass(FakeModels.class.getName())
                    .getMethod("withDefault", String.class, String[].class)
                    .invoke(null, name, models);
            Class<?> clientType = loader.loadClass(HyperionClient.class.getName());
            @SuppressWarnings("unchecked")
            BiFunction<String, Map<String, Object>, Object> exported = (BiFunction<String, Map<String, Object>, Object>)
                    loader.loadClass("io.hyperion.api.bridge.ExportedClient")
                            .getMethod("of", clientType)
                            .invoke(null, client);
            return exported;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        loader.close();
    }
}
