package io.hyperion.bench.scenario;

import io.hyperion.bench.load.BareLoop;
import io.hyperion.bench.load.HttpTarget;
import io.hyperion.bench.load.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The medians of what was measured, as a Markdown table. */
public final class Report {
    private record Line(String scenario, Measure measure) {}

    private record Pair(String one, String other) {}

    private final List<String> names;
    private final List<Pair> pairs = new ArrayList<>();
    private final Map<Line, Map<String, List<Double>>> lines = new LinkedHashMap<>();

    /**
     * @param targets the columns. The first server is compared with each other server, and all but these with the bare loop.
     */
    public Report(List<? extends Target> targets) {
        names = targets.stream().map(Target::name).toList();
        Optional<? extends Target> bare =
                targets.stream().filter(BareLoop.class::isInstance).findFirst();
        List<? extends Target> servers =
                targets.stream().filter(HttpTarget.class::isInstance).toList();
        List<? extends Target> peers = servers.stream().skip(1).toList();
        peers.forEach(peer -> pairs.add(new Pair(servers.get(0).name(), peer.name())));
        bare.ifPresent(loop -> targets.stream()
                .filter(target -> target != loop && !peers.contains(target))
                .forEach(target -> pairs.add(new Pair(target.name(), loop.name()))));
    }

    /**
     * Adds what was measured once.
     *
     * @param scenario its title
     * @param target the target's name
     * @param measures the numbers
     */
    public void add(String scenario, String target, Map<Measure, Double> measures) {
        measures.forEach(
                (measure, value) -> lines.computeIfAbsent(new Line(scenario, measure), line -> new LinkedHashMap<>())
                        .computeIfAbsent(target, name -> new ArrayList<>())
                        .add(value));
    }

    /** {@return the table} */
    public String table() {
        StringBuilder table = new StringBuilder("| scenario | measure | unit |");
        names.forEach(name -> table.append(' ').append(name).append(" |"));
        table.append(" compared |\n|---|---|---|");
        names.forEach(name -> table.append("---|"));
        table.append("---|\n");
        lines.forEach((line, values) -> {
            table.append(String.format("| %s | %s | %s |", line.scenario, line.measure.name(), line.measure.unit()));
            Map<String, Double> medians = new LinkedHashMap<>();
            values.forEach((name, all) -> medians.put(name, Statistics.median(all)));
            for (String name : names) {
                table.append(' ')
                        .append(medians.containsKey(name) ? number(medians.get(name)) : "")
                        .append(" |");
            }
            table.append(' ').append(comparisons(line.measure, medians)).append(" |\n");
        });
        return table.toString();
    }

    private String comparisons(Measure measure, Map<String, Double> medians) {
        List<String> comparisons = new ArrayList<>();
        for (Pair pair : pairs) {
            if (medians.containsKey(pair.one) && medians.containsKey(pair.other)) {
                double one = medians.get(pair.one);
                double other = medians.get(pair.other);
                comparisons.add(
                        measure.comparison() == Measure.Comparison.RATIO
                                ? String.format(Locale.ROOT, "%s / %s = %.3f", pair.one, pair.other, one / other)
                                : String.format(
                                        Locale.ROOT, "%s − %s = %s", pair.one, pair.other, number(one - other)));
            }
        }
        return String.join(", ", comparisons);
    }

    /** {@return a number with four digits or so} */
    private static String number(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 1000 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    }
}
