package io.hyperion.api;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A model that says what a test wrote down for it, and remembers what it was asked. */
final class ScriptedModel {
    final List<GenerateRequest> requests = new ArrayList<>();
    private final Deque<Supplier<GenerateReply>> script = new ArrayDeque<>();

    /** A client of this model, which can do nothing but generate and what comes of it. */
    HyperionClient client() {
        return (HyperionClient) Proxy.newProxyInstance(
                HyperionClient.class.getClassLoader(),
                new Class<?>[] {HyperionClient.class},
                (client, method, arguments) -> {
                    if (method.isDefault()) {
                        return InvocationHandler.invokeDefault(client, method, arguments);
                    }
                    if (method.getReturnType() != GenerateReply.class) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    requests.add((GenerateRequest) arguments[0]);
                    return script.removeFirst().get();
                });
    }

    ScriptedModel says(String text, FinishReason why) {
        return replies(text, why, List.of());
    }

    ScriptedModel calls(ToolCall... calls) {
        return replies("", FinishReason.TOOL_CALLS, List.of(calls));
    }

    ScriptedModel replies(String text, FinishReason why, List<ToolCall> calls) {
        Completion completion = new Completion(text, 3, why, Optional.empty(), false, List.of(), List.of(), calls);
        Timings none = new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO);
        script.add(() -> new GenerateReply("m", "", 10, 0, 0, List.of(completion), none));
        return this;
    }

    ScriptedModel fails(HyperionException error) {
        script.add(() -> {
            throw error;
        });
        return this;
    }
}
