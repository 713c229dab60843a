package io.hyperion.war.ws;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Finds the key among the subprotocols that a handshake offers. */
final class SocketKeys {
    private static final String PREFIX = "bearer.";

    private SocketKeys() {}

    /**
     * @param headers the values of all headers {@code Sec-WebSocket-Protocol}
     * @return the key of the first {@code bearer.<key>} among them
     */
    static Optional<String> ofProtocols(List<String> headers) {
        return headers.stream()
                .flatMap(header -> Arrays.stream(header.split(",")))
                .map(String::strip)
                .filter(protocol -> protocol.startsWith(PREFIX))
                .map(protocol -> protocol.substring(PREFIX.length()))
                .findFirst();
    }
}
