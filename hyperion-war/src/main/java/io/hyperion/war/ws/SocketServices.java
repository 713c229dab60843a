package io.hyperion.war.ws;

import io.hyperion.api.HyperionClient;
import io.hyperion.war.access.Access;
import io.hyperion.war.access.Identity;
import io.hyperion.war.config.Settings;
import io.hyperion.war.hyperion.GenerateFormat;
import io.hyperion.war.llamacpp.CompletionFormat;
import io.hyperion.war.llamacpp.Session;
import io.hyperion.war.wire.WireFormat;
import io.hyperion.war.wire.Workers;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.Optional;

/** What all sockets share. */
@ApplicationScoped
public class SocketServices {
    @Inject
    Access access;

    @Inject
    Settings settings;

    @Inject
    Workers workers;

    @Resource
    ManagedScheduledExecutorService scheduler;

    SocketConversation open(FrameSender sender, Identity identity) {
        HyperionClient client = access.client(identity);
        Map<String, WireFormat> formats = Map.of(
                "generate",
                GenerateFormat.INSTANCE,
                "completion",
                new CompletionFormat(client, new Session(), Optional.empty()));
        return new SocketConversation(client, settings, formats, sender, workers.executor(), scheduler);
    }

    int messageLimit() {
        return settings.bodyLimit();
    }
}
