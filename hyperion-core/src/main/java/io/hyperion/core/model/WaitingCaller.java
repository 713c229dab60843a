package io.hyperion.core.model;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.HyperionException;
import io.hyperion.core.engine.LoadedModel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** A thread that waits until its model is loaded. */
final class WaitingCaller implements WaitingForModel {
    private final CompletableFuture<LoadedModel> model = new CompletableFuture<>();

    @Override
    public void begin(LoadedModel loaded) {
        model.complete(loaded);
    }

    @Override
    public void fail(HyperionException error) {
        model.completeExceptionally(error);
    }

    /**
     * Waits.
     *
     * @throws HyperionException why the model could not be loaded
     * @throws GenerationCancelledException if the thread was interrupted; its interrupt status is set again
     */
    LoadedModel await() {
        try {
            return model.get();
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
