package io.hyperion.bench.scenario;

import java.util.List;

/** What many numbers say together. */
public final class Statistics {
    private Statistics() {}

    /**
     * The median.
     *
     * @param values at least one number
     * @return the one in the middle, or the mean of the two there
     */
    public static double median(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("There is no median of nothing");
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
