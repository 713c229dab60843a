package io.hyperion.core.model;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelProgress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * A thread that waits until its model is there.
 *
 * @param goal what it waits for
 * @param isRequest whether the queue's limits are for it
 * @param given the model
 */
record WaitingCaller(Goal goal, boolean isRequest, CompletableFuture<Arrived> given) implements WaitingForModel {
    WaitingCaller(Goal goal, boolean isRequest) {
        this(goal, isRequest, new CompletableFuture<>());
    }

    @Override
    public Optional<Duration> timeout() {
        return Optional.empty();
    }

    @Override
    public void begin(Arrived arrived) {
        given.complete(arrived);
    }

    @Override
    public void fail(HyperionException error) {
        given.completeExceptionally(error);
    }

    @Override
    public void tell(ModelProgress progress) {
        // The thread only waits.
    }

    /**
     * Waits.
     *
     * @throws HyperionException why the model is not there
     * @throws GenerationCancelledException if the thread was interrupted; its interrupt status is set again
     */
    Arrived await() {
        try {
            return given.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GenerationCancelledException(
                    ErrorCode.CANCELLED, "The thread that waited for the model was interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HyperionException error) {
                throw error;
            }
            throw new CompletionException(e.getCause());
        }
    }
}
