package io.hyperion.war.wire;

import io.hyperion.api.HyperionException;
import java.util.OptionalLong;

/** When a refused caller is told to come back. */
public final class RetryHints {
    private RetryHints() {}

    /**
     * @param error why he is refused
     * @return after how many seconds it is worth trying again: rounded up and at least 1, since 0 makes clients come back at once; empty if
     *     the error does not know
     */
    public static OptionalLong seconds(HyperionException error) {
        return error.retryAfter().stream()
                .mapToLong(estimate -> Math.max(1, estimate.plusMillis(999).toSeconds()))
                .findFirst();
    }
}
