package io.hyperion.war.http;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.hyperion.api.GenerateListener;
import io.hyperion.api.Generation;
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

/**
 * One generation on its way out over HTTP. The first word from the engine decides: an error gets its own status, anything else commits
 * the answer, which for a stream is when the request has got a sequence, and not before.
 */
final class HttpGeneration {
    private static final System.Logger LOG = System.getLogger(HttpGeneration.class.getName());

    /** After this silence a comment is sent: proxies keep the stream open, and a caller who is gone is noticed. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

    private static final MediaType EVENTS = new MediaType("text", "event-stream", "utf-8");

    private final WireCall call;
    private final HttpProtocol protocol;
    private final List<String> hints;
    private final AsyncResponse response;
    private final Executor executor;
    private final boolean streams;
    private final PieceBuffer buffer;
    private final AtomicBoolean answered = new AtomicBoolean();

    HttpGeneration(
            WireCall call, HttpProtocol protocol, List<String> hints, AsyncResponse response, Executor executor) {
        this.call = call;
        this.protocol = protocol;
        this.hints = hints;
        this.response = response;
        this.executor = executor;
        this.streams = call.stream().orElse(false);
        this.buffer = new PieceBuffer(streams, this::signalled);
        response.register((ConnectionCallback) gone -> buffer.cancel());
    }

    /** {@return what the engine tells} */
    GenerateListener listener() {
        return buffer;
    }

    void attach(Generation generation) {
        buffer.attach(generation);
    }

    /** In a thread of the engine, at every change: the first one that can be answered moves the answer to a thread that may block. */
    private void signalled() {
        if (answered.get() || (!streams && buffer.end().isEmpty()) || answered.getAndSet(true)) {
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
                answer = Answers.error(failed.error(), protocol.errorFormat());
            } else if (!streams && end instanceof PieceBuffer.Done done) {
                answer = Answers.json(200, call.reply(done.reply()));
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
        try {
            while (more) {
                Optional<PieceBuffer.Taken> taken = buffer.await(KEEP_ALIVE);
                out.write(taken.map(this::event).orElse(":\n\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
                more = taken.isEmpty() || taken.get() instanceof PieceBuffer.Piece;
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

    private String event(PieceBuffer.Taken taken) {
        EventStyle style = protocol.events();
        HyperionException error;
        try {
            if (taken instanceof PieceBuffer.Piece piece) {
                return style.token(call.piece(piece.piece()));
            }
            if (taken instanceof PieceBuffer.Done done) {
                return style.done(call.streamEnd(done.reply()));
            }
            error = ((PieceBuffer.Failed) taken).error();
        } catch (HyperionException failure) {
            error = failure;
        } catch (RuntimeException failure) {
            error = InternalErrors.log("a stream", failure);
        }
        return style.error(protocol.errorFormat().format(error, Answers.status(error)));
    }
}
