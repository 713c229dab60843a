package io.hyperion.core.client;

import io.hyperion.api.GenerateRequest;
import io.hyperion.api.TokenizeRequest;
import io.hyperion.api.bridge.BridgedClient;
import java.util.Map;
import java.util.function.BiFunction;

/** An application that asks for models, in a class of its own, so that a test can load it with another class loader. */
public final class AskingApplication {
    private AskingApplication() {}

    /** Is the first that asks, so that all that is made at the first request is made in its thread. */
    public static void ask(BiFunction<String, Map<String, Object>, Object> exported) throws InterruptedException {
        GenerateRequest request =
                GenerateRequest.builder().user("Count to 20.").maxTokens(2).build();
        RecordingListener heard = new RecordingListener();
        try (BridgedClient client = new BridgedClient(() -> exported)) {
            client.generate(request);
            client.tokenize(TokenizeRequest.of("a".repeat(100_000)));
            client.stream(request, heard);
            heard.reply.join();
        }
    }
}
