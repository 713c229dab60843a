package io.hyperion.war.ws;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;

import io.hyperion.api.BusyException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.GenerateRequest;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import io.hyperion.war.config.Settings;
import io.hyperion.war.hyperion.ModelsFormat;
import io.hyperion.war.json.FieldHints;
import io.hyperion.war.json.Fields;
import io.hyperion.war.json.Json;
import io.hyperion.war.json.JsonInput;
import io.hyperion.war.wire.InternalErrors;
import io.hyperion.war.wire.LoadFields;
import io.hyperion.war.wire.PieceBuffer;
import io.hyperion.war.wire.WireFormat;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * One socket: its requests under way, and the order in which what they have to say is sent.
 *
 * <p>At most one frame is being sent at any time, and not too many ahead of what the peer has read ({@link SendWindow}). Requests that
 * have something to say stand in a line; each says one thing and goes to its end. A piece waits in its request's buffer until its turn,
 * joined with those that come after it, so a peer that reads slowly makes fewer and longer frames and never more memory than the texts
 * themselves. Frames are made and sent in a thread of the server's executor, never in one of the engine.
 */
final class SocketConversation {
    private static final System.Logger LOG = System.getLogger(SocketConversation.class.getName());

    private static final int MAX_ID_LENGTH = 256;
    private static final long MAX_ID_NUMBER = 1L << 53;

    /** How many answers that are no generations may wait beyond the limit of requests, before the peer is taken for hostile. */
    private static final int SPARE_NOTICES = 64;

    private static final List<String> METHODS = List.of("generate", "completion", "models", "cancel");

    private final HyperionClient client;
    private final Settings settings;
    private final Map<String, WireFormat> formats;
    private final FrameSender sender;
    private final Executor executor;
    private final ScheduledExecutorService scheduler;

    // All below is guarded by this object's lock.
    private final Map<JsonValue, SocketRequest> live = new HashMap<>();
    private final Queue<SocketRequest> line = new ArrayDeque<>();
    private final Queue<String> notices = new ArrayDeque<>();
    private final SendWindow window = new SendWindow();
    private boolean ended;
    private boolean pumping;
    private boolean sending;
    private long sendingSince;
    private long pingedSince;
    private boolean watched;

    SocketConversation(
            HyperionClient client,
            Settings settings,
            Map<String, WireFormat> formats,
            FrameSender sender,
            Executor executor,
            ScheduledExecutorService scheduler) {
        this.client = client;
        this.settings = settings;
        this.formats = formats;
        this.sender = sender;
        this.executor = executor;
        this.scheduler = scheduler;
    }

    /** Takes a message in. Whatever is wrong with it is answered by an error frame; the socket goes on. */
    void receive(String message) {
        JsonValue id = JsonValue.NULL;
        List<String> hints = new ArrayList<>();
        try {
            requireWithinLimit(message);
            Fields fields = JsonInput.object(message);
            id = id(fields);
            dispatch(id, fields, hints);
        } catch (HyperionException refusal) {
            notice(Frames.error(id, refusal, hints));
        } catch (RuntimeException failure) {
            notice(Frames.error(id, InternalErrors.log("a WebSocket", failure), hints));
        }
    }

    /** The socket is gone, or is to go: cancels all that is under way and says nothing more. Harmless when repeated. */
    void end() {
        List<SocketRequest> abandoned;
        synchronized (this) {
            ended = true;
            abandoned = List.copyOf(live.values());
            live.clear();
            line.clear();
            notices.clear();
        }
        abandoned.forEach(request -> request.buffer().cancel());
    }

    /** In a thread of the engine: a request has something to say. */
    void somethingToSend(SocketRequest request) {
        synchronized (this) {
            if (ended || !request.enterLine()) {
                return;
            }
            line.add(request);
        }
        wakePump();
    }

    private void dispatch(JsonValue id, Fields fields, List<String> hints) {
        String method = fields.requireText("method");
        Optional<Fields> params = fields.envelope("params");
        if (method.equals("cancel")) {
            cancel(id);
        } else if (method.equals("models")) {
            requireRoom();
            notice(Frames.done(id, ModelsFormat.list(client.models())).build().toString());
        } else if (formats.containsKey(method)) {
            WireFormat format = formats.get(method);
            Fields given = params.orElseThrow(
                    () -> new InvalidRequestException(ErrorCode.MISSING_FIELD, "params", "'params' is missing"));
            hints.addAll(FieldHints.of(given.names(), format.fields()));
            LoadFields.refuse(given);
            begin(new SocketRequest(id, format.read(given), List.copyOf(hints), this));
        } else {
            throw new InvalidRequestException(
                    ErrorCode.UNKNOWN_VALUE,
                    "method",
                    "Unknown 'method' '" + Excerpts.of(method) + "'; known are " + String.join(", ", METHODS));
        }
    }

    private void begin(SocketRequest request) {
        synchronized (this) {
            if (ended) {
                return;
            }
            if (live.containsKey(request.id())) {
                throw new InvalidRequestException(
                        ErrorCode.CONFLICT, "id", "A request with this 'id' is under way on this socket already");
            }
            requireRoom();
            live.put(request.id(), request);
        }
        try {
            List<GenerateRequest> wanted = request.call().requests();
            for (int i = 0; i < wanted.size(); i++) {
                request.buffer()
                        .attach(i, client.stream(wanted.get(i), request.buffer().listener(i)));
            }
        } catch (HyperionException refusal) {
            request.buffer().fail(refusal);
        } catch (RuntimeException failure) {
            synchronized (this) {
                live.remove(request.id(), request);
            }
            throw failure;
        }
    }

    /** Ends a generation early. One that has ended meanwhile is none of the caller's fault, so an unknown id is no error. */
    private void cancel(JsonValue id) {
        SocketRequest request;
        synchronized (this) {
            request = live.get(id);
        }
        if (request != null) {
            request.buffer().cancel();
        }
    }

    private synchronized void requireRoom() {
        int max = settings.maxRequestsPerSocket();
        if (live.size() + notices.size() >= max) {
            throw new BusyException(
                    ErrorCode.TOO_MANY_REQUESTS,
                    "This socket has " + max + " requests under way already, the limit set here",
                    Duration.ofSeconds(1));
        }
    }

    private void notice(String frame) {
        boolean flooded;
        synchronized (this) {
            if (ended) {
                return;
            }
            flooded = notices.size() >= settings.maxRequestsPerSocket() + SPARE_NOTICES;
            if (!flooded) {
                notices.add(frame);
            }
        }
        if (flooded) {
            breakOff("leaves too many answers unread");
        } else {
            wakePump();
        }
    }

    private void wakePump() {
        synchronized (this) {
            if (pumping || sending || ended) {
                return;
            }
            pumping = true;
        }
        try {
            executor.execute(this::pump);
        } catch (RejectedExecutionException shutdown) {
            LOG.log(DEBUG, "A WebSocket is given up: the server takes no more work", shutdown);
            end();
        }
    }

    /** The peer has read as far as a ping of ours. */
    void pong(ByteBuffer data) {
        synchronized (this) {
            window.pong(data);
        }
        wakePump();
    }

    /** Sends until there is nothing to send, or a frame takes its time: the end of that one wakes the pump again. */
    private void pump() {
        for (Frame frame = next(); frame != null; frame = next()) {
            try {
                if (frame.ping() != null) {
                    sender.ping(frame.ping());
                    sent(null);
                } else {
                    sender.send(frame.text(), this::sent);
                }
            } catch (IOException | RuntimeException failure) {
                // A socket that was closed meanwhile refuses by exception.
                sent(failure);
            }
        }
    }

    /** {@return the next frame, by which the pump is the one who sends; null if the pump is to end} */
    private Frame next() {
        while (true) {
            SocketRequest request;
            synchronized (this) {
                if (!ended && !sending && window.isPingDue()) {
                    pingedSince = System.nanoTime();
                    return begun(new Frame("", window.ping()));
                }
                if (ended || sending || !window.isOpen() || (notices.isEmpty() && line.isEmpty())) {
                    pumping = false;
                    return null;
                }
                if (!notices.isEmpty()) {
                    return begun(new Frame(notices.remove(), null));
                }
                request = line.remove();
                if (!request.leaveLine()) {
                    continue;
                }
            }
            Optional<PieceBuffer.Taken> taken = request.buffer().poll();
            if (taken.isPresent()) {
                boolean last = taken.get().isEnd();
                if (!last && request.buffer().hasMore()) {
                    // Its end, or a piece of another completion: back to the end of the line, as nobody will signal
                    // again.
                    somethingToSend(request);
                }
                String text = text(request, taken.get());
                synchronized (this) {
                    if (last) {
                        // Before the frame leaves: its reader may use the id, and the room, again at once.
                        request.finish();
                        live.remove(request.id(), request);
                    }
                    if (!ended) {
                        return begun(new Frame(text, null));
                    }
                }
            }
        }
    }

    private static String text(SocketRequest request, PieceBuffer.Taken taken) {
        try {
            return request.frame(taken);
        } catch (HyperionException error) {
            return Frames.error(request.id(), error, List.of());
        } catch (RuntimeException failure) {
            return Frames.error(request.id(), InternalErrors.log("a WebSocket", failure), List.of());
        }
    }

    private Frame begun(Frame frame) {
        sending = true;
        sendingSince = System.nanoTime();
        window.frameSent(frame.text().length());
        watch();
        return frame;
    }

    private void sent(Throwable failure) {
        boolean goOn;
        synchronized (this) {
            sending = false;
            goOn = failure == null && !pumping && !ended;
            if (goOn) {
                pumping = true;
            }
        }
        if (failure != null) {
            LOG.log(DEBUG, "A WebSocket's peer is gone; its generations are cancelled", failure);
            end();
        } else if (goOn) {
            // In this thread, since sending never blocks: another would have to be woken for each token.
            pump();
        }
    }

    /** With the lock held: sees to it that a frame that does not leave ends the socket. */
    private void watch() {
        if (!watched) {
            watched = true;
            scheduleWatch(settings.sendTimeout().toNanos());
        }
    }

    private void scheduleWatch(long nanos) {
        try {
            scheduler.schedule(this::lookAfterFrame, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException shutdown) {
            LOG.log(DEBUG, "A WebSocket is not watched: the server takes no more work", shutdown);
        }
    }

    private void lookAfterFrame() {
        boolean late;
        synchronized (this) {
            if (ended || (!sending && window.isOpen())) {
                watched = false;
                return;
            }
            long since = sending ? sendingSince : pingedSince;
            long left = settings.sendTimeout().toNanos() - (System.nanoTime() - since);
            late = left <= 0;
            if (!late) {
                scheduleWatch(left);
            }
        }
        if (late) {
            breakOff("reads too slowly");
        }
    }

    private void breakOff(String reason) {
        LOG.log(INFO, "A WebSocket is closed: its peer {0}", reason);
        end();
        try {
            // In a thread of its own: the close frame queues up behind the frame that does not leave.
            executor.execute(() -> sender.close(reason));
        } catch (RejectedExecutionException shutdown) {
            LOG.log(DEBUG, "A WebSocket is not closed: the server takes no more work", shutdown);
        }
    }

    private void requireWithinLimit(String message) {
        int limit = settings.bodyLimit();
        // A character takes one to three bytes: most messages need no counting.
        if (message.length() > limit
                || message.length() > limit / 3 && message.getBytes(StandardCharsets.UTF_8).length > limit) {
            throw new InvalidRequestException(
                    ErrorCode.TOO_LARGE, "", "The message is larger than " + limit + " bytes, the limit set here");
        }
    }

    private static JsonValue id(Fields fields) {
        Object id = fields.any("id")
                .orElseThrow(() -> new InvalidRequestException(ErrorCode.MISSING_FIELD, "id", "'id' is missing"));
        if (id instanceof String text && text.length() <= MAX_ID_LENGTH) {
            return Json.value(text);
        }
        if (id instanceof Long number && Math.abs(number) <= MAX_ID_NUMBER) {
            return Json.value(number);
        }
        throw new InvalidRequestException(
                id instanceof String ? ErrorCode.OUT_OF_RANGE : ErrorCode.WRONG_TYPE,
                "id",
                "'id' must be a string of at most " + MAX_ID_LENGTH + " characters or a whole number");
    }

    /**
     * A frame to be sent.
     *
     * @param text the frame
     * @param ping what to ping with, if it is a ping instead; else null
     */
    private record Frame(String text, byte[] ping) {}
}
