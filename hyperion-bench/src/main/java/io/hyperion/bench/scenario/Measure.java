package io.hyperion.bench.scenario;

/**
 * What a number says.
 *
 * @param name what was measured
 * @param unit in what
 * @param comparison how the numbers of two targets are compared
 */
public record Measure(String name, String unit, Comparison comparison) {
    /** How two numbers are compared. */
    public enum Comparison {
        /** One divided by the other. */
        RATIO,
        /** One less the other. */
        DIFFERENCE
    }

    static Measure ratio(String name, String unit) {
        return new Measure(name, unit, Comparison.RATIO);
    }

    static Measure difference(String name, String unit) {
        return new Measure(name, unit, Comparison.DIFFERENCE);
    }
}
