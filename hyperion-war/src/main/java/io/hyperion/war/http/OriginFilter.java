package io.hyperion.war.http;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.ForbiddenException;
import io.hyperion.war.access.Origins;
import io.hyperion.war.config.Settings;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Lets web pages use the server if their origin is allowed to, as browsers ask for it (CORS), and refuses those of others: a browser keeps
 * a page of anywhere from reading an answer, but neither from having the work done nor from opening a WebSocket.
 */
@WebFilter(urlPatterns = "/*", asyncSupported = true)
public class OriginFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private static final String ANYWHERE = "*";
    private static final String METHODS = "GET, POST, DELETE, OPTIONS";
    private static final String MAX_AGE_SECONDS = "600";

    @Inject
    transient Settings settings;

    @Inject
    transient ErrorFormats formats;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String origin = request.getHeader("Origin");
        if (origin == null) {
            chain.doFilter(request, response);
            return;
        }
        response.addHeader("Vary", "Origin");
        if (!Origins.isAllowed(origin, request.getServerName(), settings.allowedOrigins())) {
            ForbiddenException error = new ForbiddenException(
                    ErrorCode.FORBIDDEN,
                    "Origin",
                    "Pages of '" + Excerpts.of(origin)
                            + "' may not use this server; its administrator allows them by hyperion.http.allowed-origins");
            String path =
                    request.getRequestURI().substring(request.getContextPath().length());
            Answers.send(response, error, formats.of(path));
            return;
        }
        response.setHeader("Access-Control-Allow-Origin", origin);
        if (!settings.allowedOrigins().contains(ANYWHERE)) {
            // A page may send the cookie of its session; one of just anywhere may not.
            response.setHeader("Access-Control-Allow-Credentials", "true");
        }
        response.setHeader("Access-Control-Expose-Headers", "Retry-After, Warning");
        if (request.getMethod().equals("OPTIONS") && request.getHeader("Access-Control-Request-Method") != null) {
            response.setHeader("Access-Control-Allow-Methods", METHODS);
            String headers = request.getHeader("Access-Control-Request-Headers");
            if (headers != null) {
                // Clients add headers of their own, such as X-Stainless-Lang; what they say harms nobody.
                response.setHeader("Access-Control-Allow-Headers", headers);
            }
            response.setHeader("Access-Control-Max-Age", MAX_AGE_SECONDS);
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            return;
        }
        chain.doFilter(request, response);
    }
}
