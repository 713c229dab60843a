package io.hyperion.api.bridge;

import io.hyperion.api.GenerateRequest;
import java.util.Map;
import java.util.function.BiFunction;

/** What an application does that asks for models: in a class of its own, so that tests can load it with another class loader. */
public final class ConsumingApplication {
    private ConsumingApplication() {}

    /** Asks for all that is asked for in one way or another; two pieces and two ends are taken. */
    public static void consume(BiFunction<String, Map<String, Object>, Object> client) throws InterruptedException {
        GenerateRequest request = GenerateRequest.builder().user("Hello").build();
        RecordingListener heard = new RecordingListener();
        try (BridgedClient bridged = new BridgedClient(() -> client)) {
            bridged.models();
            bridged.generate(request);
            bridged.stream(request, heard);
            heard.awaitEnd();
            bridged.stream(request, new RecordingListener());
        }
    }
}
