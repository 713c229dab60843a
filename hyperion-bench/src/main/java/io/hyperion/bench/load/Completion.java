package io.hyperion.bench.load;

import java.util.List;
import java.util.OptionalInt;

/**
 * A completion, and when its pieces came. Times are in nanoseconds, by {@link System#nanoTime()}.
 *
 * @param text the generated text
 * @param promptTokens how many tokens the prompt has
 * @param evaluatedTokens how many of them were evaluated, and not taken from a cache; empty where that is not told
 * @param completionTokens how many tokens were generated
 * @param sent when the request was sent
 * @param arrivals when each piece came, one at least
 * @param ended when the completion had come to its end
 */
public record Completion(
        String text,
        int promptTokens,
        OptionalInt evaluatedTokens,
        int completionTokens,
        long sent,
        List<Long> arrivals,
        long ended) {
    /**
     * @throws IllegalArgumentException if no piece came: a completion of nothing measures nothing
     */
    public Completion {
        arrivals = List.copyOf(arrivals);
        if (arrivals.isEmpty() || completionTokens < 1) {
            throw new IllegalArgumentException("A completion came to its end with " + completionTokens + " tokens in "
                    + arrivals.size() + " pieces");
        }
    }

    /** {@return the time to the first piece} */
    public long toFirst() {
        return arrivals.get(0) - sent;
    }

    /**
     * The longest time without a piece.
     *
     * @param from pauses that ended before this are left out
     * @param to pauses that began after this are left out
     * @return the longest pause between two pieces that followed each other; 0 if there is none
     */
    public long longestPause(long from, long to) {
        long longest = 0;
        for (int i = 1; i < arrivals.size(); i++) {
            long begin = arrivals.get(i - 1);
            long end = arrivals.get(i);
            if (end >= from && begin <= to) {
                longest = Math.max(longest, end - begin);
            }
        }
        return longest;
    }
}
