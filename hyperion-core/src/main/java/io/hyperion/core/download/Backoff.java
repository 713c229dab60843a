package io.hyperion.core.download;

import java.time.Duration;

/** How long to wait before the next attempt. */
final class Backoff {
    private Backoff() {}

    /**
     * {@return the pause after some failures in a row: twice as long after each, at most the longest, and shortened by up to a half, so that
     * those who failed together do not come back together}
     *
     * @param first the pause after the first failure
     * @param longest the longest pause
     * @param failures how many there were, at least 1
     * @param chance from 0 to 1: which part of that half is not taken off
     */
    static Duration pause(Duration first, Duration longest, int failures, double chance) {
        double nanos = Math.min(first.toNanos() * Math.pow(2, failures - 1), longest.toNanos());
        return Duration.ofNanos((long) (nanos * (0.5 + chance / 2)));
    }
}
