package io.hyperion.bench.lifecycle;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.ErrorKind;
import io.hyperion.api.HyperionException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What came of all that was asked for. Safe for use by many threads. */
final class Tally {
    /** How many failures are kept word for word. */
    private static final int TEXTS = 50;

    private static final class Line {
        private int done;
        private int busy;
        private int unloaded;
        private int cancelled;
        private int failed;
        private final List<Double> times = new ArrayList<>();
    }

    private final Map<Action, Line> lines = new EnumMap<>(Action.class);
    private final Map<String, Integer> failures = new TreeMap<>();
    private long tokens;

    /** Notes that something was done, in so many ms. */
    synchronized void done(Action action, double millis) {
        Line line = line(action);
        line.done++;
        line.times.add(millis);
    }

    synchronized void tokens(int more) {
        tokens += more;
    }

    /** Notes that something was not done: for want of room, since its model was unloaded, since it was cancelled, or for no good reason. */
    synchronized void ended(Action action, Throwable why) {
        Line line = line(action);
        if (why instanceof HyperionException error && error.kind() == ErrorKind.BUSY) {
            line.busy++;
        } else if (why instanceof HyperionException error && error.code() == ErrorCode.SHUTTING_DOWN) {
            line.unloaded++;
        } else if (action == Action.CANCEL
                && why instanceof HyperionException error
                && error.kind() == ErrorKind.CANCELLED) {
            line.cancelled++;
        } else {
            line.failed++;
            if (failures.size() < TEXTS) {
                failures.merge(action.title() + ": " + why, 1, Integer::sum);
            }
        }
    }

    private Line line(Action action) {
        return lines.computeIfAbsent(action, first -> new Line());
    }

    /** {@return how often something was done} */
    synchronized int done() {
        return lines.values().stream().mapToInt(line -> line.done).sum();
    }

    /** {@return how often something was neither done nor refused for a good reason} */
    synchronized int failed() {
        return lines.values().stream().mapToInt(line -> line.failed).sum();
    }

    /** {@return what failed, and how often} */
    synchronized Map<String, Integer> failures() {
        return new TreeMap<>(failures);
    }

    synchronized long tokens() {
        return tokens;
    }

    /** {@return a Markdown table with a line for each action} */
    synchronized String table() {
        StringBuilder table =
                new StringBuilder("| what | done | busy | model unloaded | cancelled | failed | median, ms |"
                        + " 95 %, ms | longest, ms |\n|---|---|---|---|---|---|---|---|---|\n");
        lines.forEach((action, line) -> {
            List<Double> times = line.times.stream().sorted().toList();
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %d | %d | %d | %d | %d | %.1f | %.1f | %.0f |%n",
                    action.title(),
                    line.done,
                    line.busy,
                    line.unloaded,
                    line.cancelled,
                    line.failed,
                    at(times, 0.5),
                    at(times, 0.95),
                    at(times, 1)));
        });
        return table.toString();
    }

    private static double at(List<Double> sorted, double part) {
        return sorted.isEmpty() ? 0 : sorted.get((int) Math.min(sorted.size() - 1L, (long) (part * sorted.size())));
    }
}
