package io.hyperion.jca;

import io.hyperion.api.HyperionClient;
import jakarta.resource.Referenceable;
import jakarta.resource.ResourceException;
import java.io.Serializable;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * The pool of a model, as it is found in JNDI. An application that has the same classes uses {@link #client()}; all others call it as the
 * function that it is, of an operation and its arguments in types of the JDK: see {@link io.hyperion.api.bridge}. Safe for use by many
 * threads.
 */
public interface HyperionConnectionFactory
        extends BiFunction<String, Map<String, Object>, Object>, Serializable, Referenceable {
    /** {@return the way to the model: each request has a connection of the pool for as long as it runs} */
    HyperionClient client();

    /**
     * Takes a connection, of which the caller wants any.
     *
     * @return the connection, which the caller closes
     * @throws ResourceException if the pool gives none
     */
    HyperionConnection getConnection() throws ResourceException;

    /**
     * Takes a connection, and tells for what.
     *
     * @param info what it is for
     * @return the connection, which the caller closes
     * @throws ResourceException if the pool gives none, or it is one of another model
     */
    HyperionConnection getConnection(HyperionConnectionRequestInfo info) throws ResourceException;
}
