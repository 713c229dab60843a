package io.hyperion.war.http;

import static java.lang.System.Logger.Level.WARNING;

import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelProgress;
import io.hyperion.war.wire.Workers;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Answers requests whose work takes minutes or hours: when it is done, with no thread that waits until then, or with server-sent events
 * while it goes on. A caller who hangs up ends his waiting, and not the work.
 */
@ApplicationScoped
public class ProgressAnswers {
    private static final System.Logger LOG = System.getLogger(ProgressAnswers.class.getName());

    @Inject
    Workers workers;

    /**
     * @param headers the request's headers
     * @return whether the caller would rather have events than a lone answer
     */
    public static boolean isStreamWanted(HttpHeaders headers) {
        for (MediaType type : headers.getAcceptableMediaTypes()) {
            if (type.equals(MediaType.SERVER_SENT_EVENTS_TYPE)) {
                return true;
            }
            if (type.isCompatible(MediaType.APPLICATION_JSON_TYPE)) {
                return false;
            }
        }
        return false;
    }

    /**
     * Begins the work in another thread, and answers later.
     *
     * @param response where the answer goes
     * @param streams whether it is told as events how far the work is: {@code progress} any number of times, then {@code done} or
     *     {@code error}. What is refused at once has its own status nevertheless
     * @param work begins it, and tells how far it is; may block. Cancelling what it gives ends the waiting
     * @param told how the result is told
     * @param <T> the type of the result
     */
    public <T> void answer(
            AsyncResponse response,
            boolean streams,
            Function<Consumer<ModelProgress>, CompletableFuture<T>> work,
            Function<T, JsonObject> told) {
        Executor executor = workers.executor();
        try {
            executor.execute(() -> {
                try {
                    if (streams) {
                        stream(response, work, told);
                    } else {
                        LateAnswers.answer(
                                executor,
                                response,
                                work.apply(unheard -> {}),
                                told::apply,
                                ErrorFormat.HYPERION,
                                List.of());
                    }
                } catch (HyperionException refusal) {
                    response.resume(Answers.error(refusal, ErrorFormat.HYPERION).build());
                } catch (RuntimeException failure) {
                    response.resume(failure);
                }
            });
        } catch (RejectedExecutionException shutdown) {
            LOG.log(WARNING, "A request is dropped: the server takes no more work", shutdown);
            response.cancel();
        }
    }

    private static <T> void stream(
            AsyncResponse response,
            Function<Consumer<ModelProgress>, CompletableFuture<T>> work,
            Function<T, JsonObject> told) {
        ProgressStream<T> stream = new ProgressStream<>(told);
        stream.follow(work.apply(stream));
        response.resume(stream.refusal()
                .map(error -> Answers.error(error, ErrorFormat.HYPERION))
                .orElseGet(() -> Response.ok((StreamingOutput) stream::write, HttpGeneration.EVENTS)
                        .header(HttpHeaders.CACHE_CONTROL, "no-store")
                        .header("X-Accel-Buffering", "no"))
                .build());
    }
}
