package io.hyperion.war.http;

import static java.lang.System.Logger.Level.DEBUG;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelProgress;
import io.hyperion.war.wire.InternalErrors;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * How far something is, on its way out as server-sent events. What nobody has read yet is replaced by what is heard next, so a slow reader
 * holds up nobody and costs nothing. Who hangs up ends his waiting, and not what he waits for.
 *
 * @param <T> the type of the result
 */
final class ProgressStream<T> implements Consumer<ModelProgress> {
    private static final System.Logger LOG = System.getLogger(ProgressStream.class.getName());

    private final Function<T, JsonObject> told;
    private CompletableFuture<T> result = new CompletableFuture<>();

    // Guarded by this.
    private Optional<ModelProgress> latest = Optional.empty();
    private Optional<String> end = Optional.empty();
    private Optional<HyperionException> error = Optional.empty();

    ProgressStream(Function<T, JsonObject> told) {
        this.told = told;
    }

    /** Waits for a result, which is the end of the stream. Before {@link #write}, and in its thread. */
    void follow(CompletableFuture<T> awaited) {
        result = awaited;
        awaited.whenComplete(this::end);
    }

    private void end(T value, Throwable failure) {
        Optional<HyperionException> why = Optional.ofNullable(failure).map(ProgressStream::known);
        String event = why.map(ProgressStream::event).orElseGet(() -> event(value));
        synchronized (this) {
            error = why;
            end = Optional.of(event);
            notifyAll();
        }
    }

    private String event(T value) {
        try {
            return EventStyle.NAMED.done(told.apply(value));
        } catch (RuntimeException failure) {
            return event(InternalErrors.log("a stream", failure));
        }
    }

    private static String event(HyperionException error) {
        return EventStyle.NAMED.error(ErrorFormat.HYPERION.format(error, ErrorFormat.HYPERION.status(error)));
    }

    private static HyperionException known(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof CancellationException) {
            // Who hangs up is no failure, and does not read this.
            return new GenerationCancelledException(ErrorCode.CANCELLED, "The request was cancelled");
        }
        return cause instanceof HyperionException known ? known : InternalErrors.log("a request", cause);
    }

    @Override
    public synchronized void accept(ModelProgress progress) {
        latest = Optional.of(progress);
        notifyAll();
    }

    /** {@return why there is no result, if that is known already} */
    synchronized Optional<HyperionException> refusal() {
        return error;
    }

    /** Writes until the end. */
    void write(OutputStream out) {
        boolean more = true;
        try {
            while (more) {
                String next = next();
                out.write(next.getBytes(StandardCharsets.UTF_8));
                out.flush();
                synchronized (this) {
                    more = !end.equals(Optional.of(next));
                }
            }
        } catch (IOException gone) {
            LOG.log(DEBUG, "The caller of a stream is gone; nobody waits for its end", gone);
        } catch (InterruptedException shutdown) {
            Thread.currentThread().interrupt();
        } finally {
            if (more) {
                result.cancel(true);
            }
        }
    }

    private synchronized String next() throws InterruptedException {
        long deadline = System.nanoTime() + HttpGeneration.KEEP_ALIVE.toNanos();
        while (latest.isEmpty() && end.isEmpty()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return ":\n\n";
            }
            // At least one millisecond: zero would wait for ever.
            wait(Math.max(1, left / 1_000_000));
        }
        if (latest.isPresent()) {
            ModelProgress progress = latest.get();
            latest = Optional.empty();
            return EventStyle.NAMED.progress(progress);
        }
        return end.orElseThrow();
    }
}
