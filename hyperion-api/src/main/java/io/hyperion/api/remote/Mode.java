package io.hyperion.api.remote;

/** How a {@link RemoteClient} has texts generated. All else it asks for by HTTP requests. */
public enum Mode {
    /** An HTTP request for each generation, and its pieces as server-sent events. Every proxy lets it through. */
    REST,
    /** A WebSocket that many generations share: no connection is opened for any of them, and cancelled ones tell what there was. */
    WEBSOCKET
}
