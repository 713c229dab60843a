package io.hyperion.war.neuroengine;

import io.hyperion.api.BusyException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.Generation;
import io.hyperion.api.GenerationTimeoutException;
import io.hyperion.api.HyperionException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/**
 * A generation whose text is asked for piece by piece, by one caller after the other. What waits is at most the text itself, which the model's
 * context bounds; the engine's threads never wait. Safe for use by many threads.
 */
final class PollingStream implements GenerateListener {
    private final Queue<String> pieces = new ArrayDeque<>();
    private boolean ended;
    private Optional<HyperionException> error = Optional.empty();
    private boolean cancelled;
    private Generation generation;
    private boolean asked;
    private boolean told;
    private long idleSince = System.nanoTime();

    /** Ties the generation to {@link #cancel}. */
    void attach(Generation handle) {
        boolean late;
        synchronized (this) {
            generation = handle;
            late = cancelled;
        }
        if (late) {
            handle.cancel();
        }
    }

    /** Ends the generation; if it is only being started, as soon as {@link #attach} is called. */
    void cancel() {
        Generation handle;
        synchronized (this) {
            cancelled = true;
            handle = generation;
        }
        if (handle != null) {
            handle.cancel();
        }
    }

    /**
     * Waits for text: for so many pieces, but not for long once there are some.
     *
     * @param count how many pieces are wanted at most
     * @param patience how long to wait for the first one
     * @param linger how long to wait for more of them then
     * @return the text; empty if there is no more, and never before
     * @throws BusyException if somebody waits for it already
     * @throws GenerationTimeoutException if there is none yet; it is worth asking again
     * @throws HyperionException if the generation failed, once all text before that is taken
     * @throws InterruptedException if the thread was interrupted
     */
    synchronized String take(int count, Duration patience, Duration linger) throws InterruptedException {
        if (asked) {
            throw new BusyException(
                    ErrorCode.TOO_MANY_REQUESTS,
                    "Another request waits for the next pieces of this stream",
                    Duration.ofSeconds(1));
        }
        asked = true;
        try {
            await(1, patience);
            await(count, linger);
            if (pieces.isEmpty() && !ended) {
                throw new GenerationTimeoutException(
                        ErrorCode.TIMEOUT,
                        "There is no text yet after " + patience.toSeconds()
                                + " seconds; ask again with the same stream key");
            }
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < count && !pieces.isEmpty(); i++) {
                text.append(pieces.remove());
            }
            told = text.isEmpty();
            if (told && error.isPresent()) {
                throw error.get();
            }
            return text.toString();
        } finally {
            asked = false;
            idleSince = System.nanoTime();
        }
    }

    private void await(int count, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        for (long left = patience.toNanos();
                pieces.size() < count && !ended && left > 0;
                left = deadline - System.nanoTime()) {
            // At least one millisecond: zero would wait for ever.
            wait(Math.max(1, left / 1_000_000));
        }
    }

    /** {@return whether its end has been told: there is nothing more to ask for} */
    synchronized boolean isTold() {
        return told;
    }

    /** {@return whether the generation has ended, whether that has been told or not} */
    synchronized boolean isEnded() {
        return ended;
    }

    /** {@return how long nobody has asked for it} */
    synchronized Duration idle() {
        return asked ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - idleSince);
    }

    @Override
    public synchronized void onText(String text) {
        pieces.add(text);
        notifyAll();
    }

    @Override
    public void onDone(GenerateReply reply) {
        end(Optional.empty());
    }

    @Override
    public void onError(HyperionException failure) {
        end(Optional.of(failure));
    }

    private synchronized void end(Optional<HyperionException> failure) {
        ended = true;
        error = failure;
        notifyAll();
    }
}
