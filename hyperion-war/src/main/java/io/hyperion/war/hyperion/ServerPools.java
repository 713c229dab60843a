package io.hyperion.war.hyperion;

import io.hyperion.api.HyperionClient;
import java.util.Map;

/** The connection pools of the server whose models are served beside those of the configuration. Safe for use by many threads. */
@FunctionalInterface
public interface ServerPools {
    /** {@return the clients of those that are there, by their JNDI names; looking for them may take its time} */
    Map<String, HyperionClient> byName();
}
