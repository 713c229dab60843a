package io.hyperion.war;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.hyperion.api.HyperionClient;
import io.hyperion.api.ModelState;
import io.hyperion.api.admin.ModelAdministration;
import io.hyperion.api.bridge.ExportedClient;
import io.hyperion.api.server.JndiPools;
import io.hyperion.api.server.RoutingClient;
import io.hyperion.api.server.ServerModels;
import io.hyperion.jca.NonManagedHyperion;
import io.hyperion.war.access.Access;
import io.hyperion.war.access.AllModels;
import io.hyperion.war.config.Configuration;
import io.hyperion.war.config.Security;
import io.hyperion.war.config.Settings;
import io.hyperion.war.hyperion.ServerPools;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Runs the models of MicroProfile Config for as long as the WAR is deployed, serves them as one with those of the server's pools, and gives
 * that client to all applications of the server.
 */
@ApplicationScoped
public class HyperionRuntime {
    private static final System.Logger LOG = System.getLogger(HyperionRuntime.class.getName());

    @Inject
    Access access;

    private Configuration configuration;
    private NonManagedHyperion hyperion;
    private JndiPools pools;
    private ExportedClient models;

    /** When the first part of the application needs it: TomEE makes the filters before it tells that the application is there. */
    @PostConstruct
    void open() {
        Config config = ConfigProvider.getConfig();
        configuration =
                Configuration.of(config.getPropertyNames(), name -> config.getOptionalValue(name, String.class));
        hyperion = NonManagedHyperion.start(configuration.engineProperties());
        // The failed ones have been reported, with their reasons, by who tried them.
        hyperion.client().models().stream()
                .filter(model -> model.state() != ModelState.FAILED)
                .forEach(model -> LOG.log(
                        INFO, "Model {0} is {1}", model.name(), model.state().wireName()));
        pools = JndiPools.named(configuration.pools());
        models = ExportedClient.of(
                new RoutingClient(Optional.of(hyperion.client()), configuration.defaultModel(), pools));
        if (!configuration.isDefaultConfigured()) {
            configuration
                    .defaultModel()
                    .ifPresent(name -> LOG.log(
                            WARNING,
                            "hyperion.default-model names ''{0}'', which is not configured: it is the default model only"
                                    + " while a pool has it",
                            name));
        }
        if (!ServerModels.publish(models)) {
            LOG.log(
                    WARNING,
                    "Another Hyperion is deployed in this server: until it is undeployed, applications go on to use that"
                            + " one's models. Those of this one are served over HTTP and WebSocket only");
        }
    }

    /** Starts the engine with the application, not with the first request: broken models are reported at deployment. */
    void start(@Observes @Initialized(ApplicationScoped.class) Object context) {
        access.announce();
    }

    /** {@return the way to all models, its own and the pools'} */
    @Produces
    @AllModels
    @ApplicationScoped
    HyperionClient client() {
        return models.client();
    }

    /** {@return what can be done with its own models} */
    @Produces
    @AllModels
    @ApplicationScoped
    ModelAdministration administration() {
        return hyperion.administration();
    }

    /** {@return the pools whose models are served too} */
    @Produces
    @ApplicationScoped
    ServerPools pools() {
        return pools::byName;
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
        if (models != null) {
            // First, so that no application begins what is then broken off.
            ServerModels.withdraw(models);
            pools.close();
        }
        if (hyperion != null) {
            hyperion.close();
        }
    }
}
