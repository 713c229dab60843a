package io.hyperion.core.model;

import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelProgress;
import io.hyperion.api.ModelState;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Somebody who wants a model to be brought here, for others to use it, however long that takes.
 *
 * @param model the name of the model
 * @param goal how far
 * @param progress hears how far it is, in the end that it is there
 * @param done completes when it is there; the model's facts are nobody's but the catalog's
 */
record WaitingAdministrator(String model, Goal goal, Consumer<ModelProgress> progress, CompletableFuture<Arrived> done)
        implements WaitingForModel {
    private static final System.Logger LOGGER = System.getLogger(WaitingAdministrator.class.getName());

    /** One who hears nothing. */
    WaitingAdministrator(String model, Goal goal) {
        this(model, goal, progress -> {}, new CompletableFuture<>());
    }

    @Override
    public boolean isRequest() {
        return false;
    }

    @Override
    public Optional<Duration> timeout() {
        return Optional.empty();
    }

    @Override
    public void begin(Arrived arrived) {
        ModelState end = goal == Goal.MEMORY ? ModelState.LOADED : ModelState.READY;
        // Nothing else is told in between, nor afterwards.
        synchronized (done) {
            tell(ModelProgress.of(model, end, OptionalDouble.of(1)));
            done.complete(arrived);
        }
    }

    @Override
    public void fail(HyperionException error) {
        synchronized (done) {
            done.completeExceptionally(error);
        }
    }

    @Override
    public void tell(ModelProgress now) {
        try {
            synchronized (done) {
                if (!done.isDone()) {
                    progress.accept(now);
                }
            }
        } catch (RuntimeException | Error e) {
            // The caller's code: the others who wait for the model must hear of it all the same.
            LOGGER.log(System.Logger.Level.WARNING, "The listener of the progress of model '" + model + "' failed", e);
        }
    }
}
