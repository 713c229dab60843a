package io.hyperion.core.engine;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A step in a recording of the JDK's Flight Recorder. */
@Name("io.hyperion.Step")
@Label("Step")
@Description("One llama_decode of a model, with sampling")
@Category("Hyperion")
@StackTrace(false)
final class StepEvent extends Event {
    @Label("Model")
    String model;

    @Label("Number")
    long number;

    @Label("Generated Tokens")
    int generated;

    @Label("Prompt Tokens")
    int promptTokens;

    @Label("Busy Sequences")
    int sequences;

    @Label("Used Cells")
    int usedCells;
}
