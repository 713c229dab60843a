package io.hyperion.api.remote;

import java.util.Optional;

/** A request on its way over a socket, and where it is. */
final class SocketRequest {
    private final String params;
    private final Call call;
    private final int completions;

    // All that follows is guarded by this.
    private Optional<Socket> socket = Optional.empty();
    private long id;
    private boolean cancelled;
    private int refusals;

    /**
     * @param params the parameters, as JSON
     * @param call hears of it
     * @param completions how many completions it asks for
     */
    SocketRequest(String params, Call call, int completions) {
        this.params = params;
        this.call = call;
        this.completions = completions;
        call.whenEnded(this::leave);
    }

    String params() {
        return params;
    }

    Call call() {
        return call;
    }

    int completions() {
        return completions;
    }

    synchronized long id() {
        return id;
    }

    /** It is on this socket now, under this id. */
    synchronized void enter(Socket entered, long given) {
        socket = Optional.of(entered);
        id = given;
    }

    /** The server did not take it on its socket. {@return how often that happened} */
    synchronized int refused() {
        socket = Optional.empty();
        return ++refusals;
    }

    /** Asks the server to end it; its end says how far it came. */
    void cancel() {
        Optional<Socket> where;
        synchronized (this) {
            cancelled = true;
            where = socket;
        }
        where.ifPresent(there -> there.cancel(this));
    }

    synchronized boolean isCancelled() {
        return cancelled;
    }

    private void leave() {
        Optional<Socket> where;
        synchronized (this) {
            where = socket;
        }
        where.ifPresent(there -> there.leave(this));
    }
}
