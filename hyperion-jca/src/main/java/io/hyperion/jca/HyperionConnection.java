package io.hyperion.jca;

import io.hyperion.api.HyperionClient;

/**
 * A connection to a model, got of {@link HyperionConnectionFactory#getConnection()}: the right to one of its sequences until it is closed.
 * Most applications need none: {@link HyperionConnectionFactory#client()} borrows one for each request. Safe for use by many threads.
 */
public interface HyperionConnection extends AutoCloseable {
    /**
     * The way to the model by this connection: its requests prefer this connection's slot, unless they name one themselves. One request
     * at a time is what the pool counts with.
     *
     * @return the client; its requests fail with an {@link io.hyperion.api.EngineException} once the connection is closed
     */
    HyperionClient client();

    /** {@return the slot of the model that this connection stands for: 0 to the model's number of slots, exclusive} */
    int slot();

    /** Gives the connection back to its pool. Requests under way go on to their end. Does nothing if it is closed already. */
    @Override
    void close();
}
