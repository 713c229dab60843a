package io.hyperion.war.ws;

import io.hyperion.api.HyperionClient;
import io.hyperion.war.config.Settings;
import io.hyperion.war.hyperion.GenerateFormat;
import io.hyperion.war.llamacpp.CompletionFormat;
import io.hyperion.war.wire.WireFormat;
import io.hyperion.war.wire.Workers;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;

/** What all sockets share. */
@ApplicationScoped
public class SocketServices {
    @Inject
    HyperionClient client;

    @Inject
    Settings settings;

    @Inject
    CompletionFormat completions;

    @Inject
    Workers workers;

    @Resource
    ManagedScheduledExecutorService scheduler;

    SocketConversation open(FrameSender sender) {
        Map<String, WireFormat> formats = Map.of("generate", GenerateFormat.INSTANCE, "completion", completions);
        return new SocketConversation(client, settings, formats, sender, workers.executor(), scheduler);
    }

    int messageLimit() {
        return settings.bodyLimit();
    }
}
