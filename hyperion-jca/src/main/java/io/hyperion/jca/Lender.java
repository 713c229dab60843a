package io.hyperion.jca;

import io.hyperion.api.HyperionException;

/** Where requests get their connections from. Safe for use by many threads. */
interface Lender {
    /** {@return the model that it has connections to} */
    SharedModel model();

    /**
     * A request comes.
     *
     * @throws HyperionException if it may not wait for a connection
     */
    void enter();

    /** The request has ended. */
    void leave();

    /**
     * Waits for a connection.
     *
     * @param info what it is for
     * @return the connection
     * @throws HyperionException if there is none
     */
    Loan lend(HyperionConnectionRequestInfo info);
}
