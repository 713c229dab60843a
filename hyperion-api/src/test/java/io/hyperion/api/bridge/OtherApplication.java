package io.hyperion.api.bridge;

import io.hyperion.api.HyperionClient;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.function.BiFunction;

/** An application of the same server, with classes of its own: the api's and these tests' once more. */
final class OtherApplication implements AutoCloseable {
    private final URLClassLoader loader = new URLClassLoader(
            new URL[] {home(HyperionClient.class), home(OtherApplication.class)}, ClassLoader.getPlatformClassLoader());

    private static URL home(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    ClassLoader loader() {
        return loader;
    }

    /** What it exports: a {@link RehearsedClient} of its own classes. */
    // The other class loader's class says what it is.
    @SuppressWarnings("unchecked")
    BiFunction<String, Map<String, Object>, Object> export(BlockingQueue<String> pieces)
            throws ReflectiveOperationException {
        return (BiFunction<String, Map<String, Object>, Object>) loader.loadClass(RehearsedClient.class.getName())
                .getMethod("export", BlockingQueue.class)
                .invoke(null, pieces);
    }

    /** Lets it be the one that asks. */
    void consume(BiFunction<String, Map<String, Object>, Object> client) throws ReflectiveOperationException {
        loader.loadClass(ConsumingApplication.class.getName())
                .getMethod("consume", BiFunction.class)
                .invoke(null, client);
    }

    /** Undeploys it. */
    @Override
    public void close() throws IOException {
        loader.close();
    }
}
