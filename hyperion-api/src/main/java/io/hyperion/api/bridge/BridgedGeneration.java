package io.hyperion.api.bridge;

import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.Generation;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelProgress;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A generation of another application: its listener on this side, and the handle that the caller has. When it ends it holds neither any
 * more, however long the caller keeps the handle. Safe for use by many threads.
 */
final class BridgedGeneration implements Generation, GenerateListener, Running {
    private final ClassLoader loader = ThreadContext.current();
    private final Runnable atEnd;
    private volatile Optional<GenerateListener> listener;

    // Guarded by this.
    private Optional<Generation> other = Optional.empty();
    private boolean cancelled;

    /**
     * @param listener hears of it, with the context class loader of the thread that is here now
     * @param atEnd is run when it ends
     */
    BridgedGeneration(GenerateListener listener, Consumer<BridgedGeneration> atEnd) {
        this.listener = Optional.of(listener);
        this.atEnd = () -> atEnd.accept(this);
    }

    /** The other application has begun it. */
    void follow(Generation begun) {
        synchronized (this) {
            if (listener.isEmpty()) {
                return;
            }
            other = Optional.of(begun);
            if (!cancelled) {
                return;
            }
        }
        begun.cancel();
    }

    @Override
    public void cancel() {
        Optional<Generation> running;
        synchronized (this) {
            cancelled = true;
            running = other;
        }
        // Not within the lock: it may tell the listener at once.
        running.ifPresent(Generation::cancel);
    }

    @Override
    public void stop() {
        cancel();
    }

    @Override
    public void onWaiting(ModelProgress progress) {
        tell(told -> told.onWaiting(progress));
    }

    @Override
    public void onStart() {
        tell(GenerateListener::onStart);
    }

    @Override
    public void onPiece(GenerateEvent.Piece piece) {
        tell(told -> told.onPiece(piece));
    }

    @Override
    public void onText(String text) {
        tell(told -> told.onPiece(new GenerateEvent.Piece(text)));
    }

    @Override
    public void onToolCall(GenerateEvent.ToolCallPiece piece) {
        tell(told -> told.onToolCall(piece));
    }

    @Override
    public void onDone(GenerateReply reply) {
        end(told -> told.onDone(reply));
    }

    @Override
    public void onError(HyperionException error) {
        end(told -> told.onError(error));
    }

    private void end(Consumer<GenerateListener> last) {
        Optional<GenerateListener> told;
        synchronized (this) {
            told = listener;
            listener = Optional.empty();
            other = Optional.empty();
        }
        atEnd.run();
        told.ifPresent(present -> ThreadContext.run(loader, () -> last.accept(present)));
    }

    private void tell(Consumer<GenerateListener> event) {
        listener.ifPresent(present -> ThreadContext.run(loader, () -> event.accept(present)));
    }
}
