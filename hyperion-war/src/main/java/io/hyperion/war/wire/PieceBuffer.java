package io.hyperion.war.wire;

import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.PieceQueue;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Stands between the generations of one call, mostly a single one, and the one who passes their results on. Pieces that nobody has taken
 * yet are joined, so what waits here is at most the texts themselves, however slow the taker is; the engine's threads never wait here.
 * When one generation fails the others are cancelled, and the call has failed.
 */
public final class PieceBuffer {
    /** What is taken from the buffer. */
    public sealed interface Taken {
        /** {@return whether nothing comes after it} */
        default boolean isEnd() {
            return this instanceof Done || this instanceof Failed;
        }
    }

    /**
     * A request waits for its model.
     *
     * @param progress how far the model is, as it was told last
     */
    public record Waiting(ModelProgress progress) implements Taken {}

    /**
     * What came of a text or a tool call since the last taking.
     *
     * @param generation which of the call's generations it belongs to, from 0
     * @param piece a {@link GenerateEvent.Piece} or a {@link GenerateEvent.ToolCallPiece}
     */
    public record Piece(int generation, GenerateEvent piece) implements Taken {}

    /**
     * The end: there is a reply of each generation.
     *
     * @param replies the replies, in the order of the generations
     */
    public record Done(List<GenerateReply> replies) implements Taken {
        public Done {
            replies = List.copyOf(replies);
        }
    }

    /**
     * The end: there is no reply.
     *
     * @param error why
     */
    public record Failed(HyperionException error) implements Taken {}

    private final boolean keepsPieces;
    private final Runnable signal;
    private final PieceQueue[] pieces;
    private final GenerateReply[] replies;
    private final Generation[] generations;
    private int awaited;
    private Optional<Waiting> waiting = Optional.empty();
    private boolean waits;
    private Taken end;
    private boolean cancelled;

    /**
     * @param count how many generations the call has; at least 1
     * @param keepsPieces whether pieces, and how far the model is, are taken at all; if not, only the end is
     * @param signal runs whenever something is there to be taken that was not before, when a request has got a sequence, and about once a
     *     second while requests wait for the model; in a thread of the engine, so it must return at once
     */
    public PieceBuffer(int count, boolean keepsPieces, Runnable signal) {
        this.keepsPieces = keepsPieces;
        this.signal = signal;
        this.pieces = Stream.generate(PieceQueue::new).limit(count).toArray(PieceQueue[]::new);
        this.replies = new GenerateReply[count];
        this.generations = new Generation[count];
        this.awaited = count;
    }

    /**
     * @param generation which generation, from 0
     * @return what it tells
     */
    public GenerateListener listener(int generation) {
        Objects.checkIndex(generation, pieces.length);
        return new Ear(generation);
    }

    /**
     * Ties a generation to {@link #cancel}.
     *
     * @param generation which one, from 0
     * @param handle the generation that tells this buffer
     */
    public void attach(int generation, Generation handle) {
        boolean late;
        synchronized (this) {
            generations[generation] = handle;
            late = cancelled;
        }
        if (late) {
            handle.cancel();
        }
    }

    /** Cancels all generations; one that is only being started, as soon as {@link #attach} is called. */
    public void cancel() {
        List<Generation> handles;
        synchronized (this) {
            cancelled = true;
            handles = Stream.of(generations).filter(Objects::nonNull).toList();
        }
        handles.forEach(Generation::cancel);
    }

    /**
     * A generation failed, or was refused: so did the call.
     *
     * @param error why; what others say later is not heard
     */
    public void fail(HyperionException error) {
        synchronized (this) {
            if (end != null) {
                return;
            }
            end(new Failed(error));
        }
        cancel();
        signal.run();
    }

    /** {@return how far the model is, the piece that waits, or after all of these the end; empty if none is there} */
    public synchronized Optional<Taken> poll() {
        if (waiting.isPresent()) {
            Optional<Taken> taken = Optional.of(waiting.get());
            waiting = Optional.empty();
            return taken;
        }
        for (int i = 0; i < pieces.length; i++) {
            if (!pieces[i].isEmpty()) {
                return Optional.of(new Piece(i, pieces[i].poll().orElseThrow()));
            }
        }
        return Optional.ofNullable(end);
    }

    /** {@return the end, once there is one and no piece waits before it} */
    public synchronized Optional<Taken> end() {
        return isEmpty() ? Optional.ofNullable(end) : Optional.empty();
    }

    /** {@return whether {@link #poll} would give something} */
    public synchronized boolean hasMore() {
        return end != null || waiting.isPresent() || !isEmpty();
    }

    /** {@return whether the last that was heard is that a request waits for its model} */
    public synchronized boolean isWaiting() {
        return waits;
    }

    /** With the lock held. */
    private void end(Taken last) {
        end = last;
        noLongerWaiting();
        notifyAll();
    }

    /** With the lock held: how far the model was is old news. */
    private void noLongerWaiting() {
        waits = false;
        waiting = Optional.empty();
    }

    private boolean isEmpty() {
        return Stream.of(pieces).allMatch(PieceQueue::isEmpty);
    }

    /**
     * @param patience how long to wait
     * @return as {@link #poll}; empty if nothing came in that time
     * @throws InterruptedException if the thread was interrupted
     */
    public synchronized Optional<Taken> await(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!hasMore()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return Optional.empty();
            }
            // At least one millisecond: zero would wait for ever.
            wait(Math.max(1, left / 1_000_000));
        }
        return poll();
    }

    /** Hears one generation. */
    private final class Ear implements GenerateListener {
        private final int generation;

        Ear(int generation) {
            this.generation = generation;
        }

        @Override
        public void onWaiting(ModelProgress progress) {
            synchronized (PieceBuffer.this) {
                if (!keepsPieces || end != null) {
                    return;
                }
                waits = true;
                waiting = Optional.of(new Waiting(progress));
                PieceBuffer.this.notifyAll();
            }
            signal.run();
        }

        @Override
        public void onStart() {
            synchronized (PieceBuffer.this) {
                noLongerWaiting();
            }
            signal.run();
        }

        @Override
        public void onPiece(GenerateEvent.Piece piece) {
            keep(queue -> queue.add(piece));
        }

        @Override
        public void onToolCall(GenerateEvent.ToolCallPiece piece) {
            keep(queue -> queue.add(piece));
        }

        private void keep(Consumer<PieceQueue> piece) {
            if (!keepsPieces) {
                return;
            }
            boolean first;
            synchronized (PieceBuffer.this) {
                if (end != null) {
                    return;
                }
                noLongerWaiting();
                first = isEmpty();
                piece.accept(pieces[generation]);
                PieceBuffer.this.notifyAll();
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
            synchronized (PieceBuffer.this) {
                replies[generation] = reply;
                if (end != null || --awaited > 0) {
                    return;
                }
                end(new Done(List.of(replies)));
            }
            signal.run();
        }

        @Override
        public void onError(HyperionException error) {
            fail(error);
        }
    }
}
