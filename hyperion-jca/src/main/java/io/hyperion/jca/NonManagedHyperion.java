package io.hyperion.jca;

import io.hyperion.api.HyperionClient;
import io.hyperion.api.admin.ModelAdministration;
import io.hyperion.core.client.InProcessClient;
import io.hyperion.core.model.HyperionConfiguration;
import java.util.Map;

/**
 * The models of the configuration, run by whoever started this and not by the pools of the application server. Safe for use by many
 * threads.
 */
public final class NonManagedHyperion implements AutoCloseable {
    private final InProcessClient client;

    private NonManagedHyperion(InProcessClient client) {
        this.client = client;
    }

    /**
     * Starts with the models of a configuration. Returns at once: models that cannot be served are there as failed ones, and what is to
     * be preloaded loads in the background.
     *
     * @param properties the {@code hyperion.…} keys of the configuration and their values
     * @return the started models; the caller closes them
     */
    public static NonManagedHyperion start(Map<String, String> properties) {
        return new NonManagedHyperion(InProcessClient.open(HyperionConfiguration.of(properties)));
    }

    /** {@return the client of the models, which ends when this is closed} */
    public HyperionClient client() {
        return client;
    }

    /** {@return what brings the models in and out of memory, adds them and takes them away; it ends when this is closed} */
    public ModelAdministration administration() {
        return client.administration();
    }

    /**
     * Ends all generations and threads, frees the memory of all models and lets the class loader of the application go. Does nothing if
     * that is done already.
     */
    @Override
    public void close() {
        client.close();
        InProcessClient.releaseClassLoader();
    }
}
