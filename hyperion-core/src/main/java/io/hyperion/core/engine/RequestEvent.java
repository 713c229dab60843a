package io.hyperion.core.engine;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A request that ended, in a recording of the JDK's Flight Recorder. */
@Name("io.hyperion.Request")
@Label("Request")
@Description("A request from its arrival to its end")
@Category("Hyperion")
@StackTrace(false)
final class RequestEvent extends Event {
    @Label("Model")
    String model;

    @Label("Outcome")
    String outcome;

    @Label("Prompt Tokens")
    int promptTokens;

    @Label("Cached Tokens")
    int cachedTokens;

    @Label("Completion Tokens")
    int completionTokens;

    @Label("Queue Time")
    @Timespan(Timespan.NANOSECONDS)
    long queueTime;

    @Label("Prompt Time")
    @Timespan(Timespan.NANOSECONDS)
    long promptTime;

    @Label("Generation Time")
    @Timespan(Timespan.NANOSECONDS)
    long generationTime;
}
