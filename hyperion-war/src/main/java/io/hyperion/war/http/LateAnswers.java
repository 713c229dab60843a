package io.hyperion.war.http;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.hyperion.api.HyperionException;
import io.hyperion.war.wire.InternalErrors;
import io.hyperion.war.wire.Workers;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonValue;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.ConnectionCallback;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Answers when the engine is done, with no thread that waits until then. */
@ApplicationScoped
public class LateAnswers {
    private static final System.Logger LOG = System.getLogger(LateAnswers.class.getName());

    @Inject
    Workers workers;

    /**
     * Answers a request once its result is there. A caller who hangs up before cancels it.
     *
     * @param response where the answer goes
     * @param result the result that is to come
     * @param told how it is told; may throw a {@link HyperionException}, which is then told instead
     * @param errorFormat how an error is told
     * @param hints what to warn of
     * @param <T> the type of the result
     */
    public <T> void answer(
            AsyncResponse response,
            CompletionStage<T> result,
            Function<T, JsonValue> told,
            ErrorFormat errorFormat,
            List<String> hints) {
        answer(workers.executor(), response, result, told, errorFormat, hints);
    }

    /** As {@link #answer}, for threads of Hyperion's own: in these the server's proxies of this class may not work. */
    static <T> void answer(
            Executor executor,
            AsyncResponse response,
            CompletionStage<T> result,
            Function<T, JsonValue> told,
            ErrorFormat errorFormat,
            List<String> hints) {
        CompletableFuture<T> future = result.toCompletableFuture();
        response.register((ConnectionCallback) gone -> future.cancel(true));
        future.whenComplete((value, failure) -> {
            if (failure instanceof CancellationException) {
                LOG.log(DEBUG, "The caller of a request is gone; it is cancelled");
                response.cancel();
                return;
            }
            try {
                // Not in the engine's thread: making and sending the answer takes its time.
                executor.execute(() -> response.resume(Answers.warn(
                                failure == null ? ok(value, told, errorFormat) : failed(failure, errorFormat), hints)
                        .build()));
            } catch (RuntimeException shutdown) {
                // Whatever it is: nobody would hear of it in the thread of the result.
                LOG.log(WARNING, "A request is dropped: the server takes no more work", shutdown);
                response.cancel();
            }
        });
    }

    private static <T> Response.ResponseBuilder ok(T value, Function<T, JsonValue> told, ErrorFormat errorFormat) {
        try {
            return Answers.json(200, told.apply(value));
        } catch (RuntimeException failure) {
            return failed(failure, errorFormat);
        }
    }

    private static Response.ResponseBuilder failed(Throwable failure, ErrorFormat errorFormat) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        HyperionException error =
                cause instanceof HyperionException known ? known : InternalErrors.log("a request", cause);
        return Answers.error(error, errorFormat);
    }
}
