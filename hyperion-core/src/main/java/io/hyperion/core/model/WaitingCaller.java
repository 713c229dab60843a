package io.hyperion.core.model;

import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.HyperionException;
import io.hyperion.core.engine.ServedModel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/**
 * A thread that waits until its model is loaded.
 *
 * @param <T> what it wants of the model
 */
final class WaitingCaller<T> implements WaitingForModel {
    private final Function<ServedModel, T> wanted;
    private final CompletableFuture<T> given = new CompletableFuture<>();

    /** @param wanted what it wants of the model; fails with a {@link HyperionException} if such a model cannot give it */
    WaitingCaller(Function<ServedModel, T> wanted) {
        this.wanted = wanted;
    }

    @Override
    public void begin(ServedModel loaded) {
        try {
            given.complete(wanted.apply(loaded));
        } catch (HyperionException e) {
            fail(e);
        } catch (RuntimeException | Error e) {
            fail(new EngineException(ErrorCode.ENGINE_FAILURE, "The model could not be asked: " + e, e));
        }
    }

    @Override
    public void fail(HyperionException error) {
        given.completeExceptionally(error);
    }

    /**
     * Waits.
     *
     * @throws HyperionException why the model could not be loaded
     * @throws GenerationCancelledException if the thread was interrupted; its interrupt status is set again
     */
    T await() {
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
