package io.hyperion.war;

import static java.lang.System.Logger.Level.INFO;

import io.hyperion.api.HyperionClient;
import io.hyperion.api.ModelState;
import io.hyperion.jca.NonManagedHyperion;
import io.hyperion.war.access.Access;
import io.hyperion.war.config.Configuration;
import io.hyperion.war.config.Security;
import io.hyperion.war.config.Settings;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Runs the engine for as long as the WAR is deployed, configured by MicroProfile Config, and hands its client to whoever injects one.
 */
@ApplicationScoped
public class HyperionRuntime {
    private static final System.Logger LOG = System.getLogger(HyperionRuntime.class.getName());

    @Inject
    Access access;

    private Configuration configuration;
    private NonManagedHyperion hyperion;

    /** Starts the engine with the application, not with the first request: broken models are reported at deployment. */
    void start(@Observes @Initialized(ApplicationScoped.class) Object context) {
        Config config = ConfigProvider.getConfig();
        configuration =
                Configuration.of(config.getPropertyNames(), name -> config.getOptionalValue(name, String.class));
        hyperion = NonManagedHyperion.start(configuration.engineProperties());
        // The failed ones have been reported, with their reasons, by who tried them.
        hyperion.client().models().stream()
                .filter(model -> model.state() != ModelState.FAILED)
                .forEach(model -> LOG.log(
                        INFO, "Model {0} is {1}", model.name(), model.state().wireName()));
        access.announce();
    }

    /** {@return the way to the models} */
    @Produces
    @ApplicationScoped
    HyperionClient client() {
        return hyperion.client();
    }

    /** {@return the wire's settings} */
    @Produces
    @Singleton
    Settings settings() {
        return configuration.settings();
    }

    /** {@return who may use the wire} */
    @Produces
    @Singleton
    Security security() {
        return configuration.security();
    }

    @PreDestroy
    void stop() {
        if (hyperion != null) {
            hyperion.close();
        }
    }
}
