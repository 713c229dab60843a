package io.hyperion.war.hyperion;

import static java.lang.System.Logger.Level.DEBUG;

import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelInfo;
import io.hyperion.api.admin.ModelAdministration;
import io.hyperion.war.access.Caller;
import io.hyperion.war.wire.Measured;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** How the server is, as far as it concerns who asks. */
@ApplicationScoped
public class Status {
    private static final System.Logger LOG = System.getLogger(Status.class.getName());

    @Inject
    Caller caller;

    @Inject
    ServerPools pools;

    /**
     * For the caller of the current request, in whose thread this is to be called.
     *
     * @return tells it as {@link StatusFormat} has it; looks for pools, which may take its time, and can do so in any thread
     * @throws io.hyperion.api.UnauthorisedException if it is not known who sends the request
     */
    public Supplier<JsonValue> ofCaller() {
        HyperionClient client = caller.client();
        ModelAdministration administration = caller.administration();
        boolean administrator = caller.identity().administrator();
        return () ->
                StatusFormat.of(administration.status(), Measured.all(client), models(pools.byName()), administrator);
    }

    private static Map<String, List<String>> models(Map<String, HyperionClient> pools) {
        Map<String, List<String>> models = new LinkedHashMap<>();
        pools.forEach((jndi, pool) -> {
            try {
                models.put(jndi, pool.models().stream().map(ModelInfo::name).toList());
            } catch (HyperionException failure) {
                LOG.log(DEBUG, "A pool does not tell its models", failure);
                models.put(jndi, List.of());
            }
        });
        return models;
    }
}
