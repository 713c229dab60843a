package io.hyperion.api.cdi;

import io.hyperion.api.HyperionClient;
import io.hyperion.api.bridge.BridgedClient;
import io.hyperion.api.server.JndiPools;
import io.hyperion.api.server.SelectedClient;
import io.hyperion.api.server.ServerModels;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.InjectionException;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.InjectionPoint;

/**
 * Makes the clients that applications inject. Each application has one, which finds Hyperion when it is used and not before, as
 * {@link ServerModels#client(JndiPools)} describes it, with the pools of {@code hyperion.pools} in MicroProfile Config where that is there;
 * it ends with the application. All {@link Model} clients go through it.
 */
@Dependent
public class HyperionClientProducer {
    /** {@return the way to all models of the server} */
    @Produces
    @ApplicationScoped
    HyperionClient client() {
        return ServerModels.client(ConfiguredPools.find());
    }

    /**
     * The application ends: what it has running is cancelled.
     *
     * @param client its client
     */
    void close(@Disposes HyperionClient client) {
        if (client instanceof BridgedClient bridged) {
            bridged.close();
        }
    }

    /**
     * The way to the models with another default. It can be used for as long as the application runs, even after the bean that it was
     * injected into.
     *
     * @param models the way to all models
     * @param point where it is injected
     * @return the client
     * @throws InjectionException if the name is blank
     */
    @Produces
    @Model("")
    HyperionClient selected(HyperionClient models, InjectionPoint point) {
        String name = point.getQualifiers().stream()
                .filter(Model.class::isInstance)
                .map(Model.class::cast)
                .map(Model::value)
                .findFirst()
                .orElse("");
        if (name.isBlank()) {
            throw new InjectionException("@Model needs the name of a model, as in @Model(\"chat\"), at "
                    + point.getMember() + "; without @Model, the default model is injected");
        }
        return new SelectedClient(models, name);
    }
}
