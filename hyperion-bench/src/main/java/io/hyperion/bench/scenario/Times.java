package io.hyperion.bench.scenario;

/** Times between moments of {@link System#nanoTime()}, which are nanoseconds. */
final class Times {
    private Times() {}

    static double seconds(long from, long to) {
        return (to - from) / 1e9;
    }

    static double millis(long nanos) {
        return nanos / 1e6;
    }

    static double micros(long nanos) {
        return nanos / 1e3;
    }
}
