package io.hyperion.api.cdi;

import static java.lang.System.Logger.Level.DEBUG;

import io.hyperion.api.server.JndiPools;
import org.eclipse.microprofile.config.ConfigProvider;

/** The pools, as an application's configuration names them. */
final class ConfiguredPools {
    private static final System.Logger LOG = System.getLogger(ConfiguredPools.class.getName());

    private ConfiguredPools() {}

    /**
     * {@return the pools of {@code hyperion.pools} in MicroProfile Config; where that is not there, those of {@link JndiPools#ofSystem}}
     */
    static JndiPools find() {
        try {
            return JndiPools.named(ConfigProvider.getConfig().getOptionalValue(JndiPools.KEY, String.class));
        } catch (NoClassDefFoundError | IllegalStateException e) {
            // The classes are missing, or nobody implements them.
            LOG.log(DEBUG, "There is no MicroProfile Config", e);
            return JndiPools.ofSystem();
        }
    }
}
