package io.hyperion.api.remote;

import io.hyperion.api.BusyException;
import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerateReply;
import io.hyperion.api.HyperionException;
import io.hyperion.api.InvalidRequestException;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * One socket and the requests under way on it, told apart by their ids. The next frame is asked for when the one before has been told to
 * its listener: that is what holds back a server whose frames nobody takes. When the socket breaks, all of its requests have failed, since
 * nobody knows how far they came; the next request opens another.
 */
final class Socket implements WebSocket.Listener {
    private static final Duration PING = Duration.ofSeconds(20);

    /** How often a request goes to another socket before its caller is told that they are all full. */
    private static final int MAX_REFUSALS = 3;

    /** How long the last frames may take to leave. */
    private static final Duration GOODBYE = Duration.ofSeconds(5);

    private static final int TOO_BIG = 1009;

    private final SocketTransport owner;
    private final String source;
    private final Json json;
    private final Failures failures;
    private final Watch watch;
    private final boolean exclusive;

    /** A frame that has not come to its end. Only the listener's methods touch it, which come one at a time. */
    private final StringBuilder frame = new StringBuilder();

    private final CompletableFuture<WebSocket> opened = new CompletableFuture<>();

    // All that follows is guarded by this.
    private final Map<Long, SocketRequest> live = new HashMap<>();
    private CompletableFuture<WebSocket> sends = opened;
    private CompletableFuture<WebSocket> ping = opened;
    private Runnable stopWatching = () -> {};
    private long lastId;
    private boolean ended;
    private boolean watched;
    private boolean pinged;
    private boolean reading;

    Socket(SocketTransport owner, String source, Json json, Failures failures, Watch watch, boolean exclusive) {
        this.owner = owner;
        this.source = source;
        this.json = json;
        this.failures = failures;
        this.watch = watch;
        this.exclusive = exclusive;
    }

    void open(CompletableFuture<WebSocket> opening) {
        opening.whenComplete((socket, failure) -> {
            if (failure != null) {
                end(handshake(failure));
            } else {
                opened.complete(socket);
            }
        });
    }

    private HyperionException handshake(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof WebSocketHandshakeException refusal && refusal.getResponse() != null
                ? failures.answered(
                        refusal.getResponse().statusCode(),
                        refusal.getResponse().headers(),
                        "")
                : failures.thrown(failure);
    }

    /** Takes a request in, if there is room for it. {@return whether there is} */
    synchronized boolean enter(SocketRequest request, int limit) {
        if (ended || live.size() >= limit || exclusive && lastId > 0) {
            return false;
        }
        request.enter(this, ++lastId);
        live.put(lastId, request);
        if (!watched) {
            watched = true;
            stopWatching = watch.every(PING, this::requireAlive);
        }
        return true;
    }

    /** Sends a request that has entered; and that it is cancelled, if it is already. */
    void send(SocketRequest request) {
        send("{\"id\":" + request.id() + ",\"method\":\"generate\",\"params\":" + request.params() + "}");
        if (request.isCancelled() || request.call().hasEnded()) {
            // Who cancelled it before it was sent has cancelled nothing.
            cancel(request);
        }
    }

    void cancel(SocketRequest request) {
        send("{\"id\":" + request.id() + ",\"method\":\"cancel\"}");
    }

    /** One frame after the other, as the JDK wants it. */
    private void send(String text) {
        CompletableFuture<WebSocket> sent;
        synchronized (this) {
            if (ended) {
                return;
            }
            sends = sends.thenCompose(socket -> socket.sendText(text, true));
            sent = sends;
        }
        sent.whenComplete((socket, failure) -> {
            if (failure != null) {
                end(failures.thrown(failure));
            }
        });
    }

    /** A request has ended. Where the server does not know that, it is told. */
    void leave(SocketRequest request) {
        boolean early;
        boolean idle;
        synchronized (this) {
            early = live.remove(request.id(), request);
            idle = live.isEmpty();
        }
        if (early) {
            cancel(request);
        }
        if (idle && (exclusive || owner.isSpare(this))) {
            close();
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
        synchronized (this) {
            reading = true;
            pinged = false;
        }
        try {
            frame.append(data);
            if (frame.length() > LimitedBody.MAX_BYTES) {
                throw LimitedBody.tooLarge(source);
            }
            if (last) {
                String text = frame.toString();
                frame.setLength(0);
                read(json.read(source, text));
            }
        } catch (HyperionException foreign) {
            end(foreign);
        } finally {
            synchronized (this) {
                reading = false;
            }
        }
        socket.request(1);
        return null;
    }

    private void read(Answer answer) {
        if (!answer.has("id")) {
            // Of a frame that the server could not read, whosever it was.
            throw failures.told(answer);
        }
        Optional<SocketRequest> found;
        synchronized (this) {
            // What has been given up may still have something to say.
            found = Optional.ofNullable(live.get(answer.wholeOfLong("id")));
        }
        found.ifPresent(request -> read(answer, request));
    }

    private void read(Answer answer, SocketRequest request) {
        Call call = request.call();
        switch (answer.text("event")) {
            case "progress" -> call.waiting(Replies.progressOfModel(answer));
            case "token" -> call.piece(Replies.piece(answer, request.completions()));
            case "done" -> {
                GenerateReply reply = Replies.generate(answer);
                forget(request);
                call.done(reply);
            }
            case "error" -> {
                HyperionException error = failures.told(answer);
                int others = forget(request);
                if (error instanceof BusyException
                        && error.code() == ErrorCode.TOO_MANY_REQUESTS
                        && request.refused() <= MAX_REFUSALS) {
                    // It has not begun, and never will on this socket.
                    owner.allows(others);
                    owner.submit(request);
                } else {
                    call.fail(error);
                }
            }
            default -> {
                // A newer server may tell more.
            }
        }
    }

    /** The server has said its last of a request. {@return how many others are under way} */
    private synchronized int forget(SocketRequest request) {
        live.remove(request.id(), request);
        return live.size();
    }

    @Override
    public CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
        synchronized (this) {
            pinged = false;
        }
        socket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
        boolean alone;
        synchronized (this) {
            alone = live.size() == 1;
        }
        end(
                status == TOO_BIG && alone
                        ? new InvalidRequestException(
                                ErrorCode.TOO_LARGE, "", "The request is larger than " + source + " allows")
                        : failures.unreachable("closed the socket with status " + status
                                + (reason.isEmpty() ? "" : " (" + reason + ")")));
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
        end(failures.thrown(failure));
    }

    /** A socket that a proxy has forgotten takes frames for ever and answers none. */
    private void requireAlive() {
        boolean silent;
        CompletableFuture<WebSocket> pinging;
        synchronized (this) {
            if (ended || live.isEmpty()) {
                watched = false;
                stopWatching.run();
                return;
            }
            // A slow listener keeps from reading, and how long a connection may take to come about has a limit of its
            // own.
            if (reading || !opened.isDone()) {
                return;
            }
            silent = pinged;
            pinged = true;
            if (ping.isDone()) {
                ping = opened.thenCompose(socket -> socket.sendPing(ByteBuffer.allocate(0)));
            }
            pinging = ping;
        }
        if (silent) {
            end(failures.unreachable("has not answered on the socket for " + PING.toSeconds() + " seconds"));
            return;
        }
        pinging.whenComplete((socket, failure) -> {
            if (failure != null) {
                end(failures.thrown(failure));
            }
        });
    }

    /** Nothing more comes from here. */
    private void end(HyperionException error) {
        List<SocketRequest> lost;
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            lost = List.copyOf(live.values());
            live.clear();
        }
        owner.remove(this);
        lost.forEach(request -> request.call().fail(error));
        opened.thenAccept(WebSocket::abort);
    }

    /** Says goodbye, if nothing is under way. */
    void close() {
        CompletableFuture<WebSocket> last;
        synchronized (this) {
            if (ended || !live.isEmpty()) {
                return;
            }
            ended = true;
            last = sends;
        }
        owner.remove(this);
        last.thenCompose(socket -> socket.sendClose(WebSocket.NORMAL_CLOSURE, ""))
                .whenComplete((socket, failure) -> opened.thenAccept(WebSocket::abort));
        // What is on its way may never arrive.
        watch.in(GOODBYE, () -> opened.thenAccept(WebSocket::abort));
    }
}
