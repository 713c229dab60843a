package io.hyperion.war.llamacpp;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the session of a request by its cookie. */
@ApplicationScoped
public class SessionCookies {
    /** The cookie's name. */
    static final String NAME = "hyperion-session";

    private final Sessions sessions = new Sessions(InstantSource.system());

    /**
     * @param request a request
     * @param owner who sends it: nobody else gets his session
     * @return the session that its cookie names; empty if it names none that there is
     */
    public Optional<Session> find(HttpServletRequest request, String owner) {
        return Stream.ofNullable(request.getCookies())
                .flatMap(Arrays::stream)
                .filter(cookie -> cookie.getName().equals(NAME))
                .flatMap(cookie -> sessions.find(cookie.getValue(), owner).stream())
                .findFirst();
    }

    /**
     * @param request a request
     * @param response gets a cookie if the request has none whose session there is
     * @param owner who sends it
     * @return the session that the request's cookie names, or a new one
     */
    public Session findOrOpen(HttpServletRequest request, HttpServletResponse response, String owner) {
        return find(request, owner).orElseGet(() -> {
            Session session = new Session();
            String path = request.getContextPath().isEmpty() ? "/" : request.getContextPath();
            // By hand: Jakarta EE 9's cookies cannot say what another site's page may do with them.
            response.addHeader(
                    "Set-Cookie",
                    NAME + "=" + sessions.open(session, owner) + "; Path=" + path + "; HttpOnly; SameSite=Lax"
                            + (request.isSecure() ? "; Secure" : ""));
            return session;
        });
    }
}
