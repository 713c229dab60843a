package io.hyperion.api.bridge;

import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelProgress;
import java.util.Optional;
import java.util.function.Function;

/** Hears of a generation for another application, and forgets that one when it ends, however long the engine keeps its listeners. */
final class ExportedListener implements GenerateListener {
    private volatile Optional<Function<Object, Object>> other;

    ExportedListener(Function<Object, Object> other) {
        this.other = Optional.of(other);
    }

    @Override
    public void onWaiting(ModelProgress progress) {
        tell(EventTrees.waiting(progress));
    }

    @Override
    public void onStart() {
        tell(EventTrees.start());
    }

    @Override
    public void onPiece(GenerateEvent.Piece piece) {
        tell(EventTrees.tree(piece));
    }

    @Override
    public void onText(String text) {
        tell(text);
    }

    @Override
    public void onToolCall(GenerateEvent.ToolCallPiece piece) {
        tell(EventTrees.tree(piece));
    }

    @Override
    public void onDone(GenerateReply reply) {
        end(EventTrees.done(reply));
    }

    @Override
    public void onError(HyperionException error) {
        end(EventTrees.error(error));
    }

    private void end(Object event) {
        Optional<Function<Object, Object>> last = other;
        other = Optional.empty();
        last.ifPresent(listener -> tell(listener, event));
    }

    private void tell(Object event) {
        other.ifPresent(listener -> tell(listener, event));
    }

    private static void tell(Function<Object, Object> listener, Object event) {
        Fields.of(listener.apply(event)).optionalText(Protocol.ERROR).ifPresent(thrown -> {
            // The engine ends a generation whose listener throws.
            throw new IllegalStateException("The listener of another application threw " + thrown);
        });
    }
}
