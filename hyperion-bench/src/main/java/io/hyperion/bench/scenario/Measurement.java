package io.hyperion.bench.scenario;

import io.hyperion.bench.load.SocketTarget;
import io.hyperion.bench.load.Target;
import io.hyperion.bench.model.Words;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures scenarios on targets. The targets take turns, so that what changes on the machine meets all of them.
 *
 * @param warmUps how often each is measured before it counts, from 0
 * @param runs how often each is measured, at least 1
 * @param seed says which prompts; a server that has had them before takes them from its cache
 */
public record Measurement(int warmUps, int runs, long seed) {
    /**
     * Measures.
     *
     * @param scenarios what to measure
     * @param targets on what
     * @return the report
     * @throws IOException if a target fails
     * @throws InterruptedException if the thread is interrupted
     */
    public Report run(List<Scenario> scenarios, List<Target> targets) throws IOException, InterruptedException {
        Report report = new Report(targets);
        for (Scenario scenario : scenarios) {
            for (int run = 0; run < warmUps + runs; run++) {
                for (Target target : targets) {
                    if (scenario.takes(target)) {
                        Map<Measure, Double> measures = scenario.measure(target, words(scenario, target, run));
                        if (run >= warmUps) {
                            report.add(scenario.title(), target.name(), measures);
                        }
                        System.out.println((run < warmUps ? "warm-up: " : "run " + (run - warmUps + 1) + ": ")
                                + scenario.title() + ": " + target.name() + ": " + values(measures));
                    }
                }
            }
        }
        return report;
    }

    /** {@return the same prompts for each target, except that the server of a socket may have had them; others for each scenario, run} */
    private Words words(Scenario scenario, Target target, int run) {
        long scenarioAndRun = scenario.title().hashCode() * 1_000L + run;
        return new Words((seed * 31 + scenarioAndRun) * 2 + (target instanceof SocketTarget ? 1 : 0));
    }

    private static String values(Map<Measure, Double> measures) {
        StringBuilder values = new StringBuilder();
        measures.forEach((measure, value) ->
                values.append(String.format(Locale.ROOT, "%s %.2f %s; ", measure.name(), value, measure.unit())));
        return values.toString();
    }
}
