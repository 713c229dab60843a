package io.hyperion.core.model;

import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.api.ModelProgress;
import io.hyperion.core.engine.LoadedEmbedder;
import io.hyperion.core.engine.ServedModel;
import io.hyperion.core.llama.Pooling;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A request for vectors or scores, on its way to a model that may not be loaded yet.
 *
 * @param model the name of the model
 * @param rerank whether it is for scores
 * @param timeout how long it may take; empty for no limit
 * @param submission gives it to the model
 * @param reply hears how it ends; cancelling it cancels the request
 */
record WaitingEmbedding(
        String model,
        boolean rerank,
        Optional<Duration> timeout,
        Consumer<LoadedEmbedder> submission,
        CompletableFuture<?> reply)
        implements WaitingForModel {
    @Override
    public Goal goal() {
        return Goal.MEMORY;
    }

    @Override
    public boolean isRequest() {
        return true;
    }

    /**
     * @param pooling how the model is set up; empty if it generates text
     * @throws InvalidRequestException if that is for something else
     */
    void requireFits(Optional<Pooling> pooling) {
        String key = "hyperion.models." + model + ".";
        if (pooling.isEmpty()) {
            throw notSupported("generate text; for " + (rerank ? "reranking" : "embeddings") + " set " + key
                    + "embeddings=true" + (rerank ? ", with a model made for it" : ""));
        }
        if (rerank && pooling.get() != Pooling.RANK) {
            throw notSupported("make vectors by pooling " + pooling.get()
                    + "; reranking takes a model with a classifier, and pooling rank");
        }
        if (!rerank && pooling.get() == Pooling.RANK) {
            throw notSupported("rerank; for embeddings set " + key + "pooling to mean, cls, last or none");
        }
    }

    private InvalidRequestException notSupported(String purpose) {
        return new InvalidRequestException(
                ErrorCode.NOT_SUPPORTED, "model", "The model '" + model + "' is set up to " + purpose);
    }

    /**
     * Gives it to the model.
     *
     * @throws HyperionException if it is refused
     */
    void submit(ServedModel served) {
        Optional<LoadedEmbedder> embedder =
                served instanceof LoadedEmbedder loaded ? Optional.of(loaded) : Optional.empty();
        requireFits(embedder.map(LoadedEmbedder::pooling));
        submission.accept(embedder.orElseThrow());
    }

    @Override
    public void begin(Arrived arrived) {
        if (reply.isDone()) {
            return;
        }
        try {
            submit(arrived.model());
        } catch (HyperionException e) {
            fail(e);
        } catch (RuntimeException | Error e) {
            fail(new EngineException(
                    ErrorCode.ENGINE_FAILURE, "The request could not be given to model '" + model + "'", e));
        }
    }

    @Override
    public void fail(HyperionException error) {
        reply.completeExceptionally(error);
    }

    @Override
    public void tell(ModelProgress progress) {
        // A future says nothing before its end.
    }
}
