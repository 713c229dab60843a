package io.hyperion.bench.load;

/**
 * An event of a stream.
 *
 * @param name its name; empty if it has none
 * @param data its data
 * @param nanos when it came, by {@link System#nanoTime()}
 */
record ReceivedEvent(String name, String data, long nanos) {}
