package io.hyperion.war.config;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What the wire itself is configured with.
 *
 * @param bodyLimit {@code hyperion.http.body-limit}: the largest body of a request, and the largest message on a WebSocket, in bytes;
 *     {@value #MIN_BODY_LIMIT} to {@value #MAX_BODY_LIMIT}, default {@value #DEFAULT_BODY_LIMIT} (8 MiB)
 * @param maxRequestsPerSocket {@code hyperion.ws.max-requests}: how many requests one WebSocket may have under way; 1 to
 *     {@value #MAX_REQUESTS}, default {@value #DEFAULT_REQUESTS}
 * @param sendTimeout {@code hyperion.ws.send-timeout}: how long a WebSocket's peer may take to accept one frame before the socket is
 *     closed, in seconds or as an ISO-8601 duration such as {@code PT30S}; 1 second to 1 hour, default 30 seconds
 * @param allowedOrigins {@code hyperion.http.allowed-origins}: the origins whose web pages may use the server beside those of its own host
 *     and of loopback addresses, in lower case; {@code *} for all
 * @param operator {@code hyperion.neuroengine.operator}: who runs the models, as NeuroEngine's clients are told; default
 *     {@value #DEFAULT_OPERATOR}
 * @param writableProps {@code hyperion.llamacpp.props}: whether {@code POST /props} sets the system prompt of a session; default false
 */
public record Settings(
        int bodyLimit,
        int maxRequestsPerSocket,
        Duration sendTimeout,
        List<String> allowedOrigins,
        String operator,
        boolean writableProps) {
    static final int DEFAULT_BODY_LIMIT = 8_388_608;
    static final int MIN_BODY_LIMIT = 1024;
    static final int MAX_BODY_LIMIT = 1_073_741_824;
    static final int DEFAULT_REQUESTS = 64;
    static final int MAX_REQUESTS = 10_000;
    static final Duration DEFAULT_SEND_TIMEOUT = Duration.ofSeconds(30);
    static final Duration MIN_SEND_TIMEOUT = Duration.ofSeconds(1);
    static final Duration MAX_SEND_TIMEOUT = Duration.ofHours(1);

    static final String DEFAULT_OPERATOR = "Hyperion";

    public Settings {
        Objects.requireNonNull(operator, "operator");
        allowedOrigins = List.copyOf(allowedOrigins);
    }
}
