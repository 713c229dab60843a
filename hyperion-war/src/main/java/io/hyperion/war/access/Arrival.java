package io.hyperion.war.access;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;

/**
 * How a request came in.
 *
 * @param localAddress the server's own address that it came to
 * @param host the host that it was sent to, as its sender calls it
 * @param forwarded whether it came through a proxy that says so
 */
record Arrival(String localAddress, String host, boolean forwarded) {
    private static final List<String> OF_PROXIES =
            List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via");

    static Arrival of(HttpServletRequest request) {
        return new Arrival(
                request.getLocalAddr(),
                request.getServerName(),
                OF_PROXIES.stream().anyMatch(header -> request.getHeader(header) != null));
    }

    /** {@return whether the server took it in at an address that other machines do not reach} */
    boolean atLoopback() {
        return Loopback.isLoopback(localAddress);
    }

    /**
     * {@return whether its sender is on this machine, as far as can be told: a proxy on this machine has senders of its own, and a web page
     * whose name was made to mean a loopback address sends its own name as the host}
     */
    boolean fromThisMachine() {
        return atLoopback() && !forwarded && Loopback.isLoopback(host);
    }
}
