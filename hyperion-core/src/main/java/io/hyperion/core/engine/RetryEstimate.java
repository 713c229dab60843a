package io.hyperion.core.engine;

import java.time.Duration;

/** When to come back to a queue that is full or too slow, if requests go on as they went. Not safe for use by several threads. */
final class RetryEstimate {
    static final Duration MINIMUM = Duration.ofSeconds(1);
    private static final Duration MAXIMUM = Duration.ofMinutes(1);
    private static final double WEIGHT_OF_NEWEST = 0.2;

    private double meanNanos;

    /** A request was at work for some time. */
    void ended(Duration work) {
        double nanos = work.toNanos();
        meanNanos = meanNanos == 0 ? nanos : (1 - WEIGHT_OF_NEWEST) * meanNanos + WEIGHT_OF_NEWEST * nanos;
    }

    /**
     * @param waiting how many requests wait
     * @param atOnce how many are at work at a time; at least 1
     * @return when one who comes behind them is at work: from a second to a minute
     */
    Duration after(int waiting, int atOnce) {
        double turns = Math.ceil((waiting + 1.0) / atOnce);
        Duration estimate = Duration.ofNanos((long) (turns * meanNanos));
        if (estimate.compareTo(MINIMUM) < 0) {
            return MINIMUM;
        }
        return estimate.compareTo(MAXIMUM) > 0 ? MAXIMUM : estimate;
    }
}
