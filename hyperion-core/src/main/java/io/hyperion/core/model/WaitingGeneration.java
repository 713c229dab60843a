package io.hyperion.core.model;

import io.hyperion.api.Completion;
import io.hyperion.api.EngineException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.FinishReason;
import io.hyperion.api.GenerateListener;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.Generation;
import io.hyperion.api.GenerationTimeoutException;
import io.hyperion.api.HyperionException;
import io.hyperion.api.Prompt;
import io.hyperion.api.Timings;
import io.hyperion.core.engine.LoadedModel;
import io.hyperion.core.engine.ModelRequest;
import io.hyperion.core.engine.ServedModel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A request that came before its model was loaded. Its listener hears either of the generation or of why there is none. */
final class WaitingGeneration implements Generation, WaitingForModel {
    private static final System.Logger LOGGER = System.getLogger(WaitingGeneration.class.getName());

    private final String model;
    private final ModelRequest request;
    private final GenerateListener listener;
    private final long arrived = System.nanoTime();

    private Optional<Generation> begun = Optional.empty();
    private boolean ended;

    WaitingGeneration(String model, ModelRequest request, GenerateListener listener) {
        this.model = model;
        this.request = request;
        this.listener = listener;
    }

    @Override
    public void begin(ServedModel served) {
        try {
            LoadedModel loaded = CatalogModel.generating(model, served);
            Optional<Duration> remaining = request.timeout().map(whole -> whole.minus(waited()));
            if (remaining.filter(left -> left.isNegative() || left.isZero()).isPresent()) {
                throw new GenerationTimeoutException(
                        ErrorCode.TIMEOUT, "The request's time-out was over before model '" + model + "' was loaded");
            }
            synchronized (this) {
                if (!ended) {
                    begun = Optional.of(loaded.submit(request.withTimeout(remaining), listener));
                }
            }
        } catch (HyperionException e) {
            fail(e);
        } catch (RuntimeException | Error e) {
            fail(new EngineException(
                    ErrorCode.ENGINE_FAILURE, "The request could not be given to model '" + model + "'", e));
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
        Completion nothing = new Completion("", 0, FinishReason.CANCELLED, Optional.empty(), false, List.of());
        // What tokens stand for only a loaded model knows.
        String prompt = request.prompt() instanceof Prompt.Raw raw ? raw.text() : "";
        listener.onDone(new GenerateReply(
                model, prompt, 0, 0, -1, List.of(nothing), new Timings(waited(), Duration.ZERO, Duration.ZERO)));
    }

    private Duration waited() {
        return Duration.ofNanos(System.nanoTime() - arrived);
    }
}
