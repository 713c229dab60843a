package io.hyperion.core.sampling;

import java.util.BitSet;

/** What the next token of a sequence may be, such as by a grammar. Used by one thread. */
public interface TokenConstraint {
    /**
     * @param token the id of a token, one that ends a text included
     * @return whether it may be the next one
     */
    boolean allows(int token);

    /** {@return all tokens that may be the next one; not changed by the caller, and valid until {@link #accept}} */
    BitSet allowed();

    /**
     * Goes on behind a token.
     *
     * @param token a token that was allowed
     */
    void accept(int token);
}
