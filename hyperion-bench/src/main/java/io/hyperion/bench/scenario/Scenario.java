package io.hyperion.bench.scenario;

import io.hyperion.bench.load.Target;
import io.hyperion.bench.model.Words;
import java.io.IOException;
import java.util.Map;

/** Something that is measured, on one target after the other. */
public interface Scenario {
    /** {@return what the report calls it} */
    String title();

    /**
     * Whether it can be measured on a target.
     *
     * @param target the target
     * @return whether it can
     */
    boolean takes(Target target);

    /**
     * Measures once.
     *
     * @param target a target that it takes
     * @param words makes the prompts, which no target has had before
     * @return the numbers, in the report's order
     * @throws IOException if the target fails, or what was to be measured did not happen
     * @throws InterruptedException if the thread is interrupted
     */
    Map<Measure, Double> measure(Target target, Words words) throws IOException, InterruptedException;
}
