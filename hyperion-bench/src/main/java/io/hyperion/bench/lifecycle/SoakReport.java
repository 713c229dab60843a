package io.hyperion.bench.lifecycle;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What came of a soak. Amounts of memory are in MiB. */
public final class SoakReport {
    /**
     * What a process may take beyond what is reserved for models: its Java heap, the code that it compiles, and the buffers of its
     * threads come and go.
     */
    static final double SLACK = 96;

    /** By how much of itself the resident memory may be larger at the end than at the beginning. */
    private static final double FLAT = 0.05;

    private final SoakSettings settings;
    private final int models;
    private final Tally tally;
    private final double limit;
    private final double before;
    private final Samples resident;
    private final Samples reserved;
    private final double secondsBetweenSamples;

    SoakReport(
            SoakSettings settings,
            int models,
            Tally tally,
            double limit,
            double before,
            Samples resident,
            Samples reserved,
            double secondsBetweenSamples) {
        this.settings = settings;
        this.models = models;
        this.tally = tally;
        this.limit = limit;
        this.before = before;
        this.resident = resident;
        this.reserved = reserved;
        this.secondsBetweenSamples = secondsBetweenSamples;
    }

    /** {@return what was not as it must be; empty if all was} */
    public List<String> faults() {
        List<String> faults = new ArrayList<>();
        tally.failures().forEach((text, times) -> faults.add(times + " times " + text));
        if (tally.done() == 0) {
            faults.add("nothing was done");
        }
        if (reserved.most() > limit) {
            faults.add(format("%.1f MiB were reserved, and the limit is %.1f", reserved.most(), limit));
        }
        if (resident.most() > before + limit + SLACK) {
            faults.add(format(
                    "%.1f MiB were resident, and may be %.1f: what was before, the limit and %.0f",
                    resident.most(), before + limit + SLACK, SLACK));
        }
        if (resident.lastQuarter() > resident.firstQuarter() * (1 + FLAT)) {
            faults.add(format(
                    "the resident memory was %.1f MiB in the first quarter and %.1f in the last",
                    resident.firstQuarter(), resident.lastQuarter()));
        }
        return faults;
    }

    /** {@return two Markdown tables} */
    public String table() {
        return tally.table()
                + format(
                        "%n| memory, MiB | |%n|---|---|%n"
                                + "| limit | %.1f |%n"
                                + "| reserved at most | %.1f |%n"
                                + "| resident with no model loaded | %.1f |%n"
                                + "| resident at most, beyond that | %.1f |%n"
                                + "| resident, median of the first quarter | %.1f |%n"
                                + "| resident, median of the last quarter | %.1f |%n"
                                + "| resident, growth in an hour by the line that fits best | %.1f |%n",
                        limit,
                        reserved.most(),
                        before,
                        resident.most() - before,
                        resident.firstQuarter(),
                        resident.lastQuarter(),
                        resident.slope() * 3600 / secondsBetweenSamples)
                + format(
                        "%n%d models, %d callers, %s, seed %d: %d tokens generated, %d failures.%n",
                        models,
                        settings.callers(),
                        settings.duration(),
                        settings.seed(),
                        tally.tokens(),
                        tally.failed());
    }

    private static String format(String text, Object... values) {
        return String.format(Locale.ROOT, text, values);
    }
}
