package io.hyperion.core.engine;

import io.hyperion.api.HyperionException;
import io.hyperion.api.RequestOutcome;
import io.hyperion.api.Timings;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * A request in the loop of a model that makes vectors: its texts, and what came out for each. All but the future belongs to the loop's
 * thread. Cancelling the future cancels the request.
 *
 * @param <R> what the caller gets
 */
final class EmbeddingTask<R> {
    private final int[][] texts;
    private final float[][][] vectors;
    private final long arrived;
    private final Optional<Duration> timeout;
    private final BiFunction<float[][][], Timings, R> reply;
    private final CompletableFuture<R> future;

    /** The texts that are not evaluated, the longest first, which packs them well. */
    private int[] pending;

    private long begun;
    private boolean started;
    private int missing;
    private RequestOutcome outcome = RequestOutcome.STOPPED;

    /**
     * @param texts the tokens of each text; at least one text
     * @param arrived when it arrived, as {@link System#nanoTime()} has it
     * @param timeout how long it may take from then on; empty for no limit
     * @param reply makes the reply of {@code float[text][vector][dimension]} and the timings; called in the loop's thread
     * @param future completed with the reply, or exceptionally with a {@link HyperionException}
     */
    EmbeddingTask(
            int[][] texts,
            long arrived,
            Optional<Duration> timeout,
            BiFunction<float[][][], Timings, R> reply,
            CompletableFuture<R> future) {
        this.texts = texts;
        this.vectors = new float[texts.length][][];
        this.arrived = arrived;
        this.timeout = timeout;
        this.reply = reply;
        this.future = future;
        this.missing = texts.length;
        this.pending = IntStream.range(0, texts.length)
                .boxed()
                .sorted(Comparator.comparingInt(index -> -texts[index].length))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    boolean isStarted() {
        return started;
    }

    /** Whether there is nothing left to do: it is done, cancelled or failed. */
    boolean hasEnded() {
        return future.isDone();
    }

    boolean isOverdue(long now) {
        return timeout.isPresent() && now - arrived > timeout.get().toNanos();
    }

    /** {@return how long it has waited or has been at work, in nanoseconds} */
    long age(long now) {
        return now - arrived;
    }

    Duration timeout() {
        return timeout.orElse(Duration.ZERO);
    }

    int[] text(int index) {
        return texts[index];
    }

    /**
     * Takes texts for a step: the longest that fit.
     *
     * @param tokens how many tokens they may have together
     * @param count how many they may be
     * @return their indices
     */
    int[] take(int tokens, int count) {
        int room = tokens;
        int taken = 0;
        int left = 0;
        int[] step = new int[Math.min(count, pending.length)];
        int[] rest = new int[pending.length];
        for (int index : pending) {
            if (taken < count && texts[index].length <= room) {
                step[taken++] = index;
                room -= texts[index].length;
            } else {
                rest[left++] = index;
            }
        }
        pending = Arrays.copyOf(rest, left);
        if (taken > 0 && !started) {
            started = true;
            begun = System.nanoTime();
        }
        return Arrays.copyOf(step, taken);
    }

    /** Keeps what came out for a text, and replies after the last one. */
    void put(int index, float[][] result) {
        vectors[index] = result;
        if (--missing == 0) {
            future.complete(reply.apply(vectors, timings()));
        }
    }

    void fail(HyperionException error) {
        if (future.completeExceptionally(error)) {
            outcome = RequestOutcome.of(error);
        }
    }

    /** {@return how it ended} */
    RequestOutcome outcome() {
        return future.isCancelled() ? RequestOutcome.CANCELLED : outcome;
    }

    /** {@return the tokens of all of its texts} */
    int tokens() {
        return Arrays.stream(texts).mapToInt(text -> text.length).sum();
    }

    /** {@return where the time went until now} */
    Timings timings() {
        long now = System.nanoTime();
        long begin = started ? begun : now;
        return new Timings(Duration.ofNanos(begin - arrived), Duration.ofNanos(now - begin), Duration.ZERO);
    }
}
