package io.hyperion.core.model;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.HyperionException;
import io.hyperion.core.engine.LoadedEmbedder;
import io.hyperion.core.engine.LoadedModel;
import java.util.Optional;
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
    private final Function<LoadedModel, T> ofModel;
    private final Optional<Function<LoadedEmbedder, T>> ofEmbedder;
    private final CompletableFuture<T> wanted = new CompletableFuture<>();

    /**
     * @param ofModel what it wants of a model that generates
     * @param ofEmbedder and of one that makes vectors; empty if such a one cannot give it
     */
    WaitingCaller(Function<LoadedModel, T> ofModel, Optional<Function<LoadedEmbedder, T>> ofEmbedder) {
        this.ofModel = ofModel;
        this.ofEmbedder = ofEmbedder;
    }

    @Override
    public void begin(LoadedModel loaded) {
        wanted.complete(ofModel.apply(loaded));
    }

    @Override
    public void begin(LoadedEmbedder loaded, HyperionException refusal) {
        ofEmbedder.ifPresentOrElse(give -> wanted.complete(give.apply(loaded)), () -> fail(refusal));
    }

    @Override
    public void fail(HyperionException error) {
        wanted.completeExceptionally(error);
    }

    /**
     * Waits.
     *
     * @throws HyperionException why the model could not be loaded
     * @throws GenerationCancelledException if the thread was interrupted; its interrupt status is set again
     */
    T await() {
        try {
            return wanted.get();
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
