package io.hyperion.jca;

import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.HyperionClient;
import java.util.Optional;

/**
 * What an application has of a managed connection. Not final, and public: TomEE wraps it in a class that it derives from this one. Safe
 * for use by many threads.
 */
public class ConnectionHandle implements HyperionConnection {
    private final HyperionClient client;
    /** Which managed connection it belongs to; empty once it is closed. */
    private volatile Optional<HyperionManagedConnection> owner;

    ConnectionHandle(HyperionManagedConnection owner) {
        this.owner = Optional.of(owner);
        Lender lender = new OwnLender(owner.model());
        this.client = new PooledClient(() -> lender);
    }

    @Override
    public HyperionClient client() {
        return client;
    }

    @Override
    public int slot() {
        return open().slot();
    }

    @Override
    public void close() {
        owner.ifPresent(connection -> connection.close(this));
    }

    /** It belongs to another managed connection from now on; empty if it is closed. */
    void belongTo(Optional<HyperionManagedConnection> connection) {
        owner = connection;
    }

    Optional<HyperionManagedConnection> owner() {
        return owner;
    }

    private HyperionManagedConnection open() {
        return owner.orElseThrow(() -> new EngineException(ErrorCode.ENGINE_FAILURE, AdapterMessage.CLOSED.text()));
    }

    /** Lends this very connection: its requests wait for nothing. */
    private final class OwnLender implements Lender {
        private final SharedModel model;

        OwnLender(SharedModel model) {
            this.model = model;
        }

        @Override
        public SharedModel model() {
            return model;
        }

        @Override
        public void enter() {
            open();
        }

        @Override
        public void leave() {
            // Nobody counts them.
        }

        @Override
        public Loan lend(HyperionConnectionRequestInfo info) {
            HyperionManagedConnection connection = open();
            return new Loan(model.client(), connection.slot(), failure -> {
                if (failure.isPresent() && !model.isServing()) {
                    connection.fail(ConnectionHandle.this, failure.get());
                }
            });
        }
    }
}
