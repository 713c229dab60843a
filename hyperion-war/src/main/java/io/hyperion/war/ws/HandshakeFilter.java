package io.hyperion.war.ws;

import io.hyperion.api.UnauthorisedException;
import io.hyperion.war.access.Access;
import io.hyperion.war.access.Identity;
import io.hyperion.war.http.Answers;
import io.hyperion.war.http.ErrorFormat;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Lets nobody open a WebSocket without a key that is needed. Web pages cannot set headers of a handshake: theirs is a subprotocol
 * {@code bearer.<key>} beside {@code hyperion}, or the query parameter {@code access_token}. Who it is, the socket knows as its principal.
 */
@WebFilter(urlPatterns = HyperionEndpoint.PATH, asyncSupported = true)
public class HandshakeFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private static final String QUERY_PARAMETER = "access_token";

    @Inject
    transient Access access;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Identity identity;
        try {
            identity = access.identify(request, key(request));
        } catch (UnauthorisedException refusal) {
            Answers.send(response, refusal, ErrorFormat.HYPERION);
            return;
        }
        chain.doFilter(new Identified(request, identity), response);
    }

    private static Optional<String> key(HttpServletRequest request) {
        List<String> protocols = Collections.list(request.getHeaders("Sec-WebSocket-Protocol"));
        return SocketKeys.ofProtocols(protocols).or(() -> Optional.ofNullable(request.getParameter(QUERY_PARAMETER)));
    }

    private static final class Identified extends HttpServletRequestWrapper {
        private final Identity identity;

        Identified(HttpServletRequest request, Identity identity) {
            super(request);
            this.identity = identity;
        }

        @Override
        public Principal getUserPrincipal() {
            return identity;
        }
    }
}
