package io.hyperion.bench.lifecycle;

import io.hyperion.bench.scenario.Statistics;
import java.util.ArrayList;
import java.util.List;

/** A quantity that was looked at again and again, at equal distances. */
final class Samples {
    private final List<Double> values = new ArrayList<>();

    void add(double value) {
        values.add(value);
    }

    /** {@return the largest; 0 if there is none} */
    double most() {
        return values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }

    /** {@return the median of the first quarter; 0 if there is none} */
    double firstQuarter() {
        return median(values.subList(0, (values.size() + 3) / 4));
    }

    /** {@return the median of the last quarter; 0 if there is none} */
    double lastQuarter() {
        return median(values.subList(values.size() - (values.size() + 3) / 4, values.size()));
    }

    private static double median(List<Double> some) {
        return some.isEmpty() ? 0 : Statistics.median(some);
    }

    /** {@return by how much it grows from one sample to the next: the slope of the straight line that fits best, by least squares} */
    double slope() {
        double middle = (values.size() - 1) / 2.0;
        double mean = values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        double above = 0;
        double below = 0;
        for (int i = 0; i < values.size(); i++) {
            above += (i - middle) * (values.get(i) - mean);
            below += (i - middle) * (i - middle);
        }
        return below == 0 ? 0 : above / below;
    }
}
