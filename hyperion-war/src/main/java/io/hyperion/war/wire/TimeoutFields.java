package io.hyperion.war.wire;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.war.json.Fields;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;

/** Reads how long a request may take, in seconds, from {@code timeout}. */
public final class TimeoutFields {
    /** The field. */
    public static final String NAME = "timeout";

    private static final long MAX = GenerateRequest.MAX_TIMEOUT.toSeconds();

    private TimeoutFields() {}

    /**
     * @param fields the request
     * @return the time-out; empty if there is none
     * @throws InvalidRequestException if it is no number, or not above 0 and at most a day
     */
    public static Optional<Duration> read(Fields fields) {
        OptionalDouble found = fields.number(NAME);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        double seconds = found.getAsDouble();
        if (!(seconds > 0 && seconds <= MAX)) {
            throw new InvalidRequestException(
                    ErrorCode.OUT_OF_RANGE,
                    NAME,
                    "'" + NAME + "' must be above 0 and at most " + MAX + " seconds, but is " + seconds);
        }
        // Rounded up: a positive time-out is never zero.
        return Optional.of(Duration.ofNanos((long) Math.ceil(seconds * 1e9)));
    }
}
