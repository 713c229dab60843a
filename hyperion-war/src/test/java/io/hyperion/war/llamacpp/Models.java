package io.hyperion.war.llamacpp;

import io.hyperion.api.GenerateParameters;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.ModelProperties;
import java.lang.reflect.Proxy;
import java.util.Optional;

/** Clients that know one model, and nothing of it but its properties. */
final class Models {
    private Models() {}

    /**
     * @param defaults what the model's requests have that do not say
     * @return the client
     */
    static HyperionClient of(GenerateParameters defaults) {
        ModelProperties properties = new ModelProperties(
                "tiny",
                "tiny.gguf",
                "llama.cpp b4916",
                512,
                128,
                4,
                Optional.empty(),
                "<s>",
                "</s>",
                Optional.empty(),
                defaults);
        return (HyperionClient) Proxy.newProxyInstance(
                HyperionClient.class.getClassLoader(),
                new Class<?>[] {HyperionClient.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("properties")) {
                        return properties;
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
    }
}
