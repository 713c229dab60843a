package io.hyperion.api.client;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.Generation;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.HyperionException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/** The future of a reply; cancelling it cancels the generation. Safe for use by many threads. */
public final class ReplyFuture extends CompletableFuture<GenerateReply> {
    /** Apart from the future, so that callers of the future do not see the listener's methods. */
    private final GenerateListener listener = new GenerateListener() {
        @Override
        public void onText(String text) {
            // The reply has all of it.
        }

        @Override
        public void onDone(GenerateReply reply) {
            complete(reply);
        }

        @Override
        public void onError(HyperionException error) {
            completeExceptionally(error);
        }
    };

    private ReplyFuture() {}

    /**
     * Begins a generation.
     *
     * @param start begins it, and the listener hears of it
     * @return its reply
     * @throws HyperionException as {@code start} does
     */
    public static ReplyFuture begin(Function<GenerateListener, Generation> start) {
        ReplyFuture reply = new ReplyFuture();
        Generation generation = start.apply(reply.listener);
        reply.whenComplete((whole, error) -> {
            if (reply.isCancelled()) {
                generation.cancel();
            }
        });
        return reply;
    }

    /**
     * Waits for what a future gives. An interrupt of the waiting thread cancels the future.
     *
     * @param reply the future
     * @param <R> what it gives
     * @return what it gives
     * @throws GenerationCancelledException if the thread was interrupted; its interrupt status is set again
     * @throws HyperionException what the future failed with
     */
    public static <R> R await(CompletableFuture<R> reply) {
        try {
            return reply.get();
        } catch (InterruptedException e) {
            reply.cancel(true);
            Thread.currentThread().interrupt();
            throw new GenerationCancelledException(
                    ErrorCode.CANCELLED, "The thread that waited for the reply was interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HyperionException error) {
                throw error;
            }
            throw new CompletionException(e.getCause());
        }
    }
}
