package io.hyperion.api;

import java.time.Duration;

/** Checks of how long a request may take. */
final class Timeouts {
    private Timeouts() {}

    static Duration require(Duration value) {
        if (value.isZero() || value.isNegative() || value.compareTo(GenerateRequest.MAX_TIMEOUT) > 0) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE,
                    "timeout",
                    "'timeout' must be above zero and at most " + GenerateRequest.MAX_TIMEOUT.toSeconds() + " seconds");
        }
        return value;
    }
}
