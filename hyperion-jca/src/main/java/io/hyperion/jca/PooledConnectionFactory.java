package io.hyperion.jca;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.bridge.ExportedClient;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionManager;
import jakarta.resource.spi.InvalidPropertyException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.naming.NamingException;
import javax.naming.Reference;

/** The connection factory that applications get. Safe for use by many threads. */
final class PooledConnectionFactory implements HyperionConnectionFactory {
    private static final long serialVersionUID = 1L;

    private final HyperionManagedConnectionFactory factory;
    private final ConnectionManager manager;
    private volatile Reference reference;
    /** Not serialised: a copy makes its own. */
    private transient volatile ExportedClient exported;

    PooledConnectionFactory(HyperionManagedConnectionFactory factory, ConnectionManager manager) {
        this.factory = factory;
        this.manager = manager;
    }

    ConnectionManager manager() {
        return manager;
    }

    @Override
    public HyperionClient client() {
        return exported().client();
    }

    private ExportedClient exported() {
        ExportedClient made = exported;
        if (made == null) {
            made = ExportedClient.of(
                    new PooledClient(this::lender),
                    () -> Map.of("pool", poolLender().pool().id()));
            exported = made;
        }
        return made;
    }

    private Lender lender() {
        return poolLender();
    }

    private PoolLender poolLender() {
        try {
            return new PoolLender(factory, manager, factory.pool());
        } catch (InvalidPropertyException e) {
            throw new ModelUnavailableException(ErrorCode.MODEL_FAILED, e.getMessage(), e);
        }
    }

    @Override
    public Object apply(String operation, Map<String, Object> arguments) {
        return exported().apply(operation, arguments);
    }

    @Override
    public HyperionConnection getConnection() throws ResourceException {
        return getConnection(HyperionConnectionRequestInfo.ANY);
    }

    @Override
    public HyperionConnection getConnection(HyperionConnectionRequestInfo info) throws ResourceException {
        Objects.requireNonNull(info, "info");
        PoolLender lender = poolLender();
        String model = lender.model().name();
        if (info.model().filter(wanted -> !wanted.equals(model)).isPresent()) {
            throw new ResourceException(
                    AdapterMessage.OTHER_MODEL.text(Excerpts.of(info.model().get()), model));
        }
        return lender.allocate(info.ofAnyModel());
    }

    @Override
    public void setReference(Reference value) {
        reference = value;
    }

    @Override
    public Reference getReference() throws NamingException {
        return Optional.ofNullable(reference)
                .orElseThrow(() -> new NamingException(AdapterMessage.NO_REFERENCE.text()));
    }
}
