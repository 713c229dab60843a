package io.hyperion.war.wire;

import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionException;
import io.hyperion.api.PieceQueue;
import java.time.Duration;
import java.util.Optional;

/**
 * Stands between one generation and the one who passes its results on. Pieces that nobody has taken yet are joined into one, so what
 * waits here is at most the text itself, however slow the taker is; the engine's threads never wait here.
 */
public final class PieceBuffer implements GenerateListener {
    /** What is taken from the buffer. */
    public sealed interface Taken {}

    /**
     * What came of a completion since the last taking.
     *
     * @param piece the piece
     */
    public record Piece(GenerateEvent.Piece piece) implements Taken {}

    /**
     * The end: there is a reply.
     *
     * @param reply the reply
     */
    public record Done(GenerateReply reply) implements Taken {}

    /**
     * The end: there is no reply.
     *
     * @param error why
     */
    public record Failed(HyperionException error) implements Taken {}

    private final boolean keepsPieces;
    private final Runnable signal;
    private final PieceQueue pieces = new PieceQueue();
    private Taken end;
    private boolean cancelled;
    private Generation generation;

    /**
     * @param keepsPieces whether pieces are taken at all; if not, only the end is
     * @param signal runs whenever something is there to be taken that was not before, and when the request has got a sequence; in a
     *     thread of the engine, so it must return at once
     */
    public PieceBuffer(boolean keepsPieces, Runnable signal) {
        this.keepsPieces = keepsPieces;
        this.signal = signal;
    }

    /**
     * Ties the generation to {@link #cancel}.
     *
     * @param handle the generation that tells this buffer
     */
    public void attach(Generation handle) {
        boolean late;
        synchronized (this) {
            generation = handle;
            late = cancelled;
        }
        if (late) {
            handle.cancel();
        }
    }

    /** Cancels the generation; if it is only being started, as soon as {@link #attach} is called. */
    public void cancel() {
        Generation handle;
        synchronized (this) {
            cancelled = true;
            handle = generation;
        }
        if (handle != null) {
            handle.cancel();
        }
    }

    @Override
    public void onStart() {
        signal.run();
    }

    @Override
    public void onPiece(GenerateEvent.Piece piece) {
        if (!keepsPieces) {
            return;
        }
        boolean first;
        synchronized (this) {
            first = pieces.isEmpty();
            pieces.add(piece);
            notifyAll();
        }
        if (first) {
            signal.run();
        }
    }

    @Override
    public void onText(String text) {
        onPiece(new GenerateEvent.Piece(text));
    }

    @Override
    public void onDone(GenerateReply reply) {
        end(new Done(reply));
    }

    @Override
    public void onError(HyperionException error) {
        end(new Failed(error));
    }

    private void end(Taken last) {
        synchronized (this) {
            end = last;
            notifyAll();
        }
        signal.run();
    }

    /** {@return the piece that waits, or after all of these the end; empty if neither is there} */
    public synchronized Optional<Taken> poll() {
        return pieces.poll()
                .<Taken>map(piece -> new Piece((GenerateEvent.Piece) piece))
                .or(this::end);
    }

    /** {@return the end, once there is one and no piece waits before it} */
    public synchronized Optional<Taken> end() {
        return pieces.isEmpty() ? Optional.ofNullable(end) : Optional.empty();
    }

    /**
     * @param patience how long to wait
     * @return as {@link #poll}; empty if nothing came in that time
     * @throws InterruptedException if the thread was interrupted
     */
    public synchronized Optional<Taken> await(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (pieces.isEmpty() && end == null) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return Optional.empty();
            }
            // At least one millisecond: zero would wait for ever.
            wait(Math.max(1, left / 1_000_000));
        }
        return poll();
    }
}
