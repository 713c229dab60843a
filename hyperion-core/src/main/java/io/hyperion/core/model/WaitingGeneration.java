package io.hyperion.core.model;

import io.hyperion.api.Completion;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import io.hyperion.api.GenerationTimeoutException;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.Prompt;
import io.hyperion.api.Timings;
import io.hyperion.core.engine.LoadedModel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A request on its way to a model that may not be there yet. Its listener hears how far the model is, and then either of the generation or
 * of why there is none.
 */
final class WaitingGeneration implements Generation, WaitingForModel {
    private static final System.Logger LOGGER = System.getLogger(WaitingGeneration.class.getName());

    private final String model;
    private final GenerateRequest request;
    private final Optional<RequestPreparation.Prepared> prepared;
    private final GenerateListener listener;
    private final Visit visit;
    private final long arrived = System.nanoTime();

    private Optional<Generation> begun = Optional.empty();
    private boolean ended;

    /**
     * @param prepared the request for the engine; empty if that can only be made when the model's file is there
     */
    WaitingGeneration(
            String model,
            GenerateRequest request,
            Optional<RequestPreparation.Prepared> prepared,
            GenerateListener listener,
            Visit visit) {
        this.model = model;
        this.request = request;
        this.prepared = prepared;
        this.listener = listener;
        this.visit = visit;
    }

    @Override
    public Goal goal() {
        return Goal.MEMORY;
    }

    @Override
    public boolean isRequest() {
        return true;
    }

    @Override
    public Optional<Duration> timeout() {
        return request.timeout();
    }

    /**
     * Gives it to the model, at once.
     *
     * @return the generation
     * @throws HyperionException if it is refused; the listener then hears nothing
     */
    Generation submit(Arrived there) {
        LoadedModel loaded = CatalogModel.generating(model, there.model());
        RequestPreparation.Prepared ready =
                prepared.orElseGet(() -> there.facts().preparation().prepare(request));
        Optional<Duration> remaining = request.timeout().map(whole -> whole.minus(waited()));
        if (remaining.filter(left -> left.isNegative() || left.isZero()).isPresent()) {
            throw new GenerationTimeoutException(
                    ErrorCode.TIMEOUT, "The request's time-out was over before model '" + model + "' was loaded");
        }
        return loaded.submit(
                ready.request().withTimeout(remaining), new CountedListener(ready.reading(listener), visit));
    }

    @Override
    public void begin(Arrived there) {
        try {
            synchronized (this) {
                if (!ended) {
                    begun = Optional.of(submit(there));
                }
            }
        } catch (HyperionException e) {
            fail(e);
        } catch (RuntimeException | Error e) {
            fail(new EngineException(
                    ErrorCode.ENGINE_FAILURE, "The request could not be given to model '" + model + "'", e));
        }
    }

    /** Within the lock, so that the listener hears of nothing else meanwhile. */
    @Override
    public void tell(ModelProgress progress) {
        try {
            synchronized (this) {
                if (!ended && begun.isEmpty()) {
                    listener.onWaiting(progress);
                }
            }
        } catch (RuntimeException | Error e) {
            fail(new EngineException(ErrorCode.ENGINE_FAILURE, "The listener failed: " + e, e));
        }
    }

    @Override
    public void fail(HyperionException error) {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
        }
        visit.end();
        try {
            listener.onError(error);
        } catch (RuntimeException | Error e) {
            // The caller's code: the others who wait for the model must hear of it all the same.
            LOGGER.log(System.Logger.Level.WARNING, "The listener of a generation failed", e);
        }
    }

    @Override
    public void cancel() {
        synchronized (this) {
            if (begun.isPresent()) {
                begun.get().cancel();
                return;
            }
            if (ended) {
                return;
            }
            ended = true;
        }
        visit.end();
        Completion nothing = new Completion("", 0, FinishReason.CANCELLED, Optional.empty(), false, List.of());
        listener.onDone(new GenerateReply(
                model, prompt(), 0, 0, -1, List.of(nothing), new Timings(waited(), Duration.ZERO, Duration.ZERO)));
    }

    /** What tokens stand for only a loaded model knows, and what a conversation becomes only its file. */
    private String prompt() {
        Prompt known = prepared.map(ready -> ready.request().prompt()).orElseGet(request::prompt);
        return known instanceof Prompt.Raw raw ? raw.text() : "";
    }

    private Duration waited() {
        return Duration.ofNanos(System.nanoTime() - arrived);
    }
}
