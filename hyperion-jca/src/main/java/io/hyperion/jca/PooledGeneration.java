package io.hyperion.jca;

import io.hyperion.api.GenerateEvent;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.Timings;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Gives on to a listener all but the end, which it is told when the connection is back. */
final class PooledGeneration implements GenerateListener {
    private final GenerateListener listener;
    private final Duration waited;
    private final CompletableFuture<GenerateReply> end = new CompletableFuture<>();

    /**
     * @param waited how long the request waited for its connection
     */
    PooledGeneration(GenerateListener listener, Duration waited) {
        this.listener = listener;
        this.waited = waited;
    }

    /** {@return the end} */
    CompletableFuture<GenerateReply> end() {
        return end;
    }

    @Override
    public void onWaiting(ModelProgress progress) {
        listener.onWaiting(progress);
    }

    @Override
    public void onStart() {
        listener.onStart();
    }

    @Override
    public void onPiece(GenerateEvent.Piece piece) {
        listener.onPiece(piece);
    }

    @Override
    public void onText(String text) {
        listener.onText(text);
    }

    @Override
    public void onToolCall(GenerateEvent.ToolCallPiece piece) {
        listener.onToolCall(piece);
    }

    @Override
    public void onDone(GenerateReply reply) {
        Timings timings = reply.timings();
        end.complete(new GenerateReply(
                reply.model(),
                reply.prompt(),
                reply.promptTokens(),
                reply.cachedTokens(),
                reply.slot(),
                reply.completions(),
                new Timings(timings.queue().plus(waited), timings.prompt(), timings.generation())));
    }

    @Override
    public void onError(HyperionException error) {
        end.completeExceptionally(error);
    }
}
