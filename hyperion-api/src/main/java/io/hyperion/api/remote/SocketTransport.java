package io.hyperion.api.remote;

import io.hyperion.api.GenerateRequest;
import io.hyperion.api.Generation;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Has texts generated over sockets that many requests share. There is mostly one; another is opened where a socket has as many requests as
 * the server allows, and for a long request: one that is longer than the server allows costs the socket that it comes on.
 */
final class SocketTransport implements Transport {
    /** What servers allow unless they are told otherwise. */
    static final int USUAL_LIMIT = 64;

    /** From this length on in characters a request gets a socket of its own. */
    static final int LONG = 65_536;

    private final HttpClient http;
    private final Endpoint endpoint;
    private final Duration connectTimeout;
    private final Json json;
    private final Failures failures;
    private final Watch watch;

    // All that follows is guarded by this.
    private final List<Socket> sockets = new ArrayList<>();
    private int limit = USUAL_LIMIT;
    private boolean closed;

    SocketTransport(
            HttpClient http, Endpoint endpoint, Duration connectTimeout, Json json, Failures failures, Watch watch) {
        this.http = http;
        this.endpoint = endpoint;
        this.connectTimeout = connectTimeout;
        this.json = json;
        this.failures = failures;
        this.watch = watch;
    }

    @Override
    public Generation begin(GenerateRequest request, Call call, boolean pieces) {
        String params = new Requests(json).generate(request, pieces).toString();
        SocketRequest asked =
                new SocketRequest(params, call, request.parameters().n().orElse(1));
        submit(asked);
        return asked::cancel;
    }

    /** Sends a request on a socket that has room; called again for one that a socket refused since it had none. */
    void submit(SocketRequest request) {
        boolean exclusive = request.params().length() >= LONG;
        Socket socket = new Socket(this, endpoint.toString(), json, failures, watch, exclusive);
        Optional<Socket> roomy;
        boolean refused;
        synchronized (this) {
            refused = closed;
            roomy = exclusive || closed
                    ? Optional.empty()
                    : sockets.stream().filter(one -> one.enter(request, limit)).findFirst();
            if (roomy.isEmpty() && !closed) {
                socket.enter(request, 1);
                sockets.add(socket);
            }
        }
        // Outside of the lock: listeners may be called.
        if (refused) {
            request.call().fail(Failures.closed());
        } else if (roomy.isPresent()) {
            roomy.get().send(request);
        } else {
            socket.open(endpoint.withKey(http.newWebSocketBuilder().subprotocols("hyperion"))
                    .connectTimeout(connectTimeout)
                    .buildAsync(endpoint.socket(), socket));
            socket.send(request);
        }
    }

    /** The server refused a request since a socket has too many: that many others it does allow. */
    synchronized void allows(int requests) {
        limit = Math.max(1, Math.min(limit, requests));
    }

    /** {@return whether a socket without requests is to be closed, as there is another} */
    synchronized boolean isSpare(Socket socket) {
        return sockets.size() > 1 && sockets.contains(socket);
    }

    synchronized void remove(Socket socket) {
        sockets.remove(socket);
    }

    @Override
    public void close() {
        List<Socket> open;
        synchronized (this) {
            closed = true;
            open = List.copyOf(sockets);
        }
        open.forEach(Socket::close);
    }
}
