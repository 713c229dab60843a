package io.hyperion.api.bridge;

import java.util.Map;
import java.util.function.BiFunction;

/** Where a {@link BridgedClient} finds the client of another application. Safe for use by many threads. */
@FunctionalInterface
public interface ClientSource {
    /**
     * Asked at each call, so it should be quick. Whoever asks keeps what it gets no longer than the call, or the generation that it begins.
     *
     * @return what an {@link ExportedClient} is; never null
     * @throws io.hyperion.api.ModelUnavailableException ({@link io.hyperion.api.ErrorCode#NOT_DEPLOYED}) if there is none now
     */
    BiFunction<String, Map<String, Object>, Object> current();
}
