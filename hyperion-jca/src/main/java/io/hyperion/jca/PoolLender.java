package io.hyperion.jca;

import io.hyperion.api.BusyException;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.HyperionException;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionManager;
import java.util.Optional;
import java.util.stream.Stream;

/** Lends connections of a server's pool. */
record PoolLender(HyperionManagedConnectionFactory factory, ConnectionManager manager, Pool pool) implements Lender {
    @Override
    public SharedModel model() {
        return pool.model();
    }

    @Override
    public void enter() {
        pool.enter();
    }

    @Override
    public void leave() {
        pool.leave();
    }

    @Override
    public Loan lend(HyperionConnectionRequestInfo info) {
        HyperionConnection connection = borrow(info);
        try {
            Loan own = PooledClient.of(connection).lend(info);
            return new Loan(own.client(), own.slot(), failure -> giveBack(connection, own, failure));
        } catch (RuntimeException | Error e) {
            // The adapter was stopped, or its classes are gone, or the server has taken it back already.
            connection.close();
            throw e;
        }
    }

    private HyperionConnection borrow(HyperionConnectionRequestInfo info) {
        int inUse = pool.inUse();
        pool.beginBorrowing();
        try {
            return allocate(info);
        } catch (ResourceException | RuntimeException e) {
            // There may be others in use by now, or none any more.
            throw refusal(e, Math.max(inUse, pool.inUse()));
        } finally {
            pool.endBorrowing();
        }
    }

    /** Servers may wrap the connection, in a class that is one of ours all the same. */
    HyperionConnection allocate(HyperionConnectionRequestInfo info) throws ResourceException {
        Object given = manager.allocateConnection(factory, info);
        if (given instanceof HyperionConnection connection) {
            return connection;
        }
        throw new ResourceException(AdapterMessage.NO_CONNECTION.text(
                given == null ? "null" : given.getClass().getName()));
    }

    private HyperionException refusal(Exception e, int inUse) {
        if (pool.model().isClosed()) {
            return SharedModel.stopped();
        }
        Optional<HyperionException> own = pool.failure().or(() -> causes(e)
                .filter(HyperionException.class::isInstance)
                .map(HyperionException.class::cast)
                .findFirst());
        if (own.isPresent()) {
            return own.get();
        }
        String model = pool.model().name();
        return inUse > 0
                ? new BusyException(ErrorCode.POOL_EXHAUSTED, AdapterMessage.EXHAUSTED.text(model, inUse), Pool.RETRY)
                : new EngineException(ErrorCode.ENGINE_FAILURE, AdapterMessage.REFUSED.text(model, e.getMessage()), e);
    }

    /** As far as they go: a chain may be a ring. */
    private static Stream<Throwable> causes(Throwable e) {
        return Stream.iterate(e, cause -> cause != null, Throwable::getCause).limit(32);
    }

    private static void giveBack(HyperionConnection connection, Loan own, Optional<HyperionException> failure) {
        try {
            own.end().accept(failure);
        } finally {
            connection.close();
        }
    }
}
