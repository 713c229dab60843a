package io.hyperion.api.client;

import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionException;
import io.hyperion.api.PieceQueue;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Function;

/**
 * The subscription of one subscriber to one generation, by the rules of {@link Flow}: signals come one at a time, no more of them than
 * requested, and what comes meanwhile is joined into one piece.
 */
final class EventSubscription implements Flow.Subscription, GenerateListener {
    private final Flow.Subscriber<? super GenerateEvent> subscriber;

    // All that follows is guarded by this.
    private final PieceQueue pending = new PieceQueue();
    private Optional<Generation> generation = Optional.empty();
    private Optional<GenerateReply> reply = Optional.empty();
    private Optional<Throwable> error = Optional.empty();
    private long demand;
    private boolean subscribed;
    private boolean emitting;
    private boolean ended;

    EventSubscription(Flow.Subscriber<? super GenerateEvent> subscriber) {
        this.subscriber = Objects.requireNonNull(subscriber, "subscriber");
    }

    void begin(Function<GenerateListener, Generation> start) {
        try {
            Generation begun = start.apply(this);
            synchronized (this) {
                generation = Optional.of(begun);
            }
        } catch (HyperionException e) {
            onError(e);
        }
        // A signal before this one would break the rules of Flow.
        subscriber.onSubscribe(this);
        synchronized (this) {
            subscribed = true;
            if (ended) {
                generation.ifPresent(Generation::cancel);
            }
        }
        emit();
    }

    @Override
    public void request(long count) {
        synchronized (this) {
            if (count <= 0) {
                error = Optional.of(new IllegalArgumentException("request(n) needs n above 0, but n is " + count));
                generation.ifPresent(Generation::cancel);
            } else {
                demand = demand + count < 0 ? Long.MAX_VALUE : demand + count;
            }
        }
        emit();
    }

    @Override
    public synchronized void cancel() {
        ended = true;
        generation.ifPresent(Generation::cancel);
    }

    @Override
    public void onPiece(GenerateEvent.Piece piece) {
        synchronized (this) {
            pending.add(piece);
        }
        emit();
    }

    @Override
    public void onToolCall(GenerateEvent.ToolCallPiece piece) {
        synchronized (this) {
            pending.add(piece);
        }
        emit();
    }

    @Override
    public void onText(String text) {
        onPiece(new GenerateEvent.Piece(text));
    }

    @Override
    public void onDone(GenerateReply whole) {
        synchronized (this) {
            reply = Optional.of(whole);
        }
        emit();
    }

    @Override
    public void onError(HyperionException cause) {
        synchronized (this) {
            error = error.or(() -> Optional.of(cause));
        }
        emit();
    }

    /** Gives out what can be given out. Whoever comes while another is at it leaves it to that one. */
    private void emit() {
        synchronized (this) {
            if (emitting || !subscribed) {
                return;
            }
            emitting = true;
        }
        for (Optional<Runnable> signal = next(); signal.isPresent(); signal = next()) {
            try {
                signal.get().run();
            } catch (RuntimeException | Error e) {
                // A subscriber that throws has broken the rules of Flow: it hears nothing more.
                cancel();
                throw e;
            }
        }
    }

    private synchronized Optional<Runnable> next() {
        if (!ended && error.isPresent() && (pending.isEmpty() || error.get() instanceof IllegalArgumentException)) {
            ended = true;
            Throwable cause = error.get();
            return Optional.of(() -> subscriber.onError(cause));
        }
        if (!ended && demand > 0 && !pending.isEmpty()) {
            demand--;
            GenerateEvent piece = pending.poll().orElseThrow();
            return Optional.of(() -> subscriber.onNext(piece));
        }
        if (!ended && demand > 0 && reply.isPresent()) {
            ended = true;
            GenerateEvent done = new GenerateEvent.Done(reply.get());
            return Optional.of(() -> {
                subscriber.onNext(done);
                subscriber.onComplete();
            });
        }
        emitting = false;
        return Optional.empty();
    }
}
