package io.hyperion.bench.border;

import io.hyperion.bench.border.server.Way;
import io.hyperion.bench.scenario.Statistics;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The medians of what was measured, as a Markdown table. Ratio and own cost are the medians of those of the pairs, whose two times were taken
 * one right after the other: the machine is faster or slower from one pair to the next.
 */
public final class BorderReport {
    /** Two times in µs. */
    private record Pair(double inside, double other) {}

    private final int tokens;
    private final Map<Way, List<Pair>> generations = new EnumMap<>(Way.class);
    private final List<Double> borrowings = new ArrayList<>();

    /**
     * @param tokens how many tokens each generation has, at least 1
     */
    public BorderReport(int tokens) {
        this.tokens = tokens;
    }

    /**
     * Adds two generations.
     *
     * @param way how both were asked for
     * @param inside the time inside the WAR, in µs
     * @param other the time in another application, in µs
     */
    void addGeneration(Way way, double inside, double other) {
        generations.computeIfAbsent(way, first -> new ArrayList<>()).add(new Pair(inside, other));
    }

    /**
     * Adds times of borrowing and giving back.
     *
     * @param times in µs
     */
    void addBorrowings(List<Double> times) {
        borrowings.addAll(times);
    }

    /** {@return the table} */
    public String table() {
        StringBuilder table = new StringBuilder("| measure | unit | inside the WAR | another application | ratio |"
                + " own cost, µs/token | goal |\n|---|---|---|---|---|---|---|\n");
        generations.forEach((way, pairs) -> table.append(String.format(
                Locale.ROOT,
                "| %d tokens, %s | ms | %.2f | %.2f | %.4f | %.2f | 1.01 and 10 |\n",
                tokens,
                way.name().toLowerCase(Locale.ROOT),
                median(pairs.stream().map(Pair::inside)) / 1e3,
                median(pairs.stream().map(Pair::other)) / 1e3,
                median(pairs.stream().map(pair -> pair.other / pair.inside)),
                median(pairs.stream().map(pair -> (pair.other - pair.inside) / tokens)))));
        table.append(String.format(
                Locale.ROOT,
                "| borrow a connection of a warm pool and give it back | µs | | %.2f | | | 50 |\n",
                Statistics.median(borrowings)));
        return table.toString();
    }

    private static double median(Stream<Double> values) {
        return Statistics.median(values.toList());
    }
}
