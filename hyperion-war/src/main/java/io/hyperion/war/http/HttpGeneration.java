package io.hyperion.war.http;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.war.wire.InternalErrors;
import io.hyperion.war.wire.PieceBuffer;
import io.hyperion.war.wire.WireCall;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.ConnectionCallback;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One generation on its way out over HTTP. The first word from the engine decides: an error gets its own status, anything else commits
 * the answer, which for a stream is when the request has got a sequence, or has waited for its model for a while.
 */
final class HttpGeneration {
    private static final System.Logger LOG = System.getLogger(HttpGeneration.class.getName());

    /** After this silence a comment is sent: proxies keep the stream open, and a caller who is gone is noticed. */
    static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

    /** A stream that waits for its model shorter than this has no sign of it: a refusal that comes so soon has a status of its own. */
    private static final Duration UNTOLD = Duration.ofMillis(500);

    static final MediaType EVENTS = new MediaType("text", "event-stream", "utf-8");

    private final WireCall call;
    private final EventStyle events;
    private final ErrorFormat errors;
    private final List<String> hints;
    private final AsyncResponse response;
    private final Executor executor;
    private final boolean streams;
    private final PieceBuffer buffer;
    private final AtomicBoolean answered = new AtomicBoolean();
    private final long arrived = System.nanoTime();
    private volatile boolean begun;
    private volatile boolean signalled;

    HttpGeneration(
            WireCall call,
            EventStyle events,
            ErrorFormat errors,
            List<String> hints,
            AsyncResponse response,
            Executor executor) {
        this.call = call;
        this.events = events;
        this.errors = errors;
        this.hints = hints;
        this.response = response;
        this.executor = executor;
        this.streams = call.stream().orElse(false);
        this.buffer = new PieceBuffer(call.requests().size(), streams, this::signalled);
        response.register((ConnectionCallback) gone -> buffer.cancel());
    }

    /** Begins all that the call asks for. What is refused ends the call, before anything is answered. */
    void begin(HyperionClient client) {
        List<GenerateRequest> requests = call.requests();
        try {
            for (int i = 0; i < requests.size(); i++) {
                buffer.attach(i, client.stream(requests.get(i), buffer.listener(i)));
            }
        } catch (HyperionException refusal) {
            buffer.fail(refusal);
        } catch (RuntimeException failure) {
            buffer.cancel();
            throw failure;
        }
        begun = true;
        if (signalled) {
            signalled();
        }
    }

    /** In a thread of the engine, at every change: the first one that can be answered moves the answer to a thread that may block. */
    private void signalled() {
        signalled = true;
        if (!begun) {
            return;
        }
        boolean early = streams
                ? buffer.isWaiting() && System.nanoTime() - arrived < UNTOLD.toNanos()
                : buffer.end().isEmpty();
        if (answered.get() || early || answered.getAndSet(true)) {
            return;
        }
        try {
            executor.execute(this::answer);
        } catch (RejectedExecutionException shutdown) {
            LOG.log(WARNING, "A request is dropped: the server takes no more work", shutdown);
            buffer.cancel();
            response.cancel();
        }
    }

    private void answer() {
        try {
            PieceBuffer.Taken end = buffer.end().orElse(null);
            Response.ResponseBuilder answer;
            if (end instanceof PieceBuffer.Failed failed) {
                answer = Answers.error(failed.error(), errors);
            } else if (!streams && end instanceof PieceBuffer.Done done) {
                answer = Answers.json(200, call.reply(done.replies()));
            } else {
                answer = Response.ok((StreamingOutput) this::write, EVENTS)
                        .header(HttpHeaders.CACHE_CONTROL, "no-store")
                        .header("X-Accel-Buffering", "no");
            }
            response.resume(Answers.warn(answer, hints).build());
        } catch (RuntimeException failure) {
            buffer.cancel();
            response.resume(failure);
        }
    }

    private void write(OutputStream out) {
        boolean more = true;
        boolean waits = buffer.isWaiting();
        try {
            out.write((waits ? "" : begin()).getBytes(StandardCharsets.UTF_8));
            while (more) {
                Optional<PieceBuffer.Taken> taken = buffer.await(KEEP_ALIVE);
                if (waits && taken.filter(HttpGeneration::isResult).isPresent()) {
                    waits = false;
                    out.write(begin().getBytes(StandardCharsets.UTF_8));
                }
                out.write(taken.map(this::events).orElse(":\n\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
                more = taken.filter(PieceBuffer.Taken::isEnd).isEmpty();
            }
        } catch (IOException gone) {
            LOG.log(DEBUG, "The caller of a stream is gone; its generation is cancelled", gone);
        } catch (InterruptedException shutdown) {
            Thread.currentThread().interrupt();
        } finally {
            if (more) {
                buffer.cancel();
            }
        }
    }

    private static boolean isResult(PieceBuffer.Taken taken) {
        return taken instanceof PieceBuffer.Piece || taken instanceof PieceBuffer.Done;
    }

    private String begin() {
        return told(() -> call.streamBegin().stream().map(events::token));
    }

    private String events(PieceBuffer.Taken taken) {
        EventStyle style = events;
        if (taken instanceof PieceBuffer.Waiting waiting) {
            return style.progress(waiting.progress());
        }
        if (taken instanceof PieceBuffer.Piece piece) {
            return told(() -> Stream.of(style.token(call.piece(piece.generation(), piece.piece()))));
        }
        if (taken instanceof PieceBuffer.Done done) {
            return told(() ->
                    Stream.concat(call.streamEnd(done.replies()).stream().map(style::done), Stream.of(style.mark())));
        }
        return error(((PieceBuffer.Failed) taken).error());
    }

    private String told(Supplier<Stream<String>> events) {
        try {
            return events.get().collect(Collectors.joining());
        } catch (HyperionException failure) {
            return error(failure);
        } catch (RuntimeException failure) {
            return error(InternalErrors.log("a stream", failure));
        }
    }

    private String error(HyperionException error) {
        return events.error(errors.format(error, errors.status(error)));
    }
}
