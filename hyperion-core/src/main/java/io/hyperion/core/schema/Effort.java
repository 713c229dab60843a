package io.hyperion.core.schema;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.InvalidRequestException;

/**
 * How much work a schema may still make. Short schemas can ask for work without end, such as a list of values that are all tried with a
 * pattern: all that may be gone through more than once is counted, for all schemas of a grammar together.
 */
final class Effort {
    /** A unit is about a character that is copied or compared, and takes some nanoseconds. */
    private static final long MAX = 20_000_000;

    private final String parameter;
    private long spent;

    /**
     * @param parameter the field that holds the schema
     * @param spent what schemas before have taken
     */
    Effort(String parameter, long spent) {
        this.parameter = parameter;
        this.spent = spent;
    }

    /** {@return what was spent so far} */
    long spent() {
        return spent;
    }

    /**
     * @param units how much is about to be done
     * @throws InvalidRequestException if that is too much
     */
    void spend(long units) {
        spent += units;
        if (spent > MAX) {
            throw new InvalidRequestException(
                    ErrorCode.INVALID_SCHEMA,
                    parameter,
                    "'" + parameter
                            + "' takes too much work: it needs fewer alternatives within each other, shorter lists and names, or"
                            + " simpler patterns");
        }
    }
}
