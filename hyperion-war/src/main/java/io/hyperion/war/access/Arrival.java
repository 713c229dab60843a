package io.hyperion.war.access;

import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.List;
import java.util.Optional;

/**
 * How a request came in.
 *
 * @param localAddress the server's own address that it came to
 * @param host the host that it was sent to, as its sender calls it
 * @param forwarded whether it came through a proxy that says so
 * @param ofForeignPage whether a web page of another host sends it, be it one that may use the server
 * @param administrator the name of its sender, if the server itself has authenticated him as one in the role {@value #ROLE}
 */
record Arrival(
        String localAddress, String host, boolean forwarded, boolean ofForeignPage, Optional<String> administrator) {
    /** The role of the server's own users who may load, unload, add and remove models. */
    static final String ROLE = "hyperion-admin";

    private static final List<String> OF_PROXIES =
            List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via");

    static Arrival of(HttpServletRequest request) {
        return new Arrival(
                request.getLocalAddr(),
                request.getServerName(),
                OF_PROXIES.stream().anyMatch(header -> request.getHeader(header) != null),
                isOfForeignPage(
                        Optional.ofNullable(request.getHeader("Origin")),
                        Optional.ofNullable(request.getHeader("Sec-Fetch-Site")),
                        request.getServerName()),
                Optional.ofNullable(request.getUserPrincipal())
                        .filter(user -> request.isUserInRole(ROLE))
                        .map(Principal::getName));
    }

    /**
     * @param origin where the page is from, as browsers tell it with all but what only reads
     * @param site how that is related to the server, as newer browsers tell it with everything
     * @param host the host that the request was sent to
     */
    static boolean isOfForeignPage(Optional<String> origin, Optional<String> site, String host) {
        return origin.filter(page -> !Origins.isAllowed(page, host, List.of())).isPresent()
                || site.filter("cross-site"::equals).isPresent();
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
