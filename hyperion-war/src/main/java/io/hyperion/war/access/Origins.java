package io.hyperion.war.access;

import static java.lang.System.Logger.Level.DEBUG;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which web pages may use the server: those of its own host and of loopback addresses, at any port, and those of the origins that are
 * configured. A page is told by the header {@code Origin}, which browsers send and pages cannot change.
 */
public final class Origins {
    private static final System.Logger LOG = System.getLogger(Origins.class.getName());

    private Origins() {}

    /**
     * @param origin the origin of the page
     * @param host the host that the request was sent to, without its port
     * @param configured the origins that are configured, in lower case
     * @return whether the page may
     */
    public static boolean isAllowed(String origin, String host, List<String> configured) {
        if (configured.contains("*") || configured.contains(origin.toLowerCase(Locale.ROOT))) {
            return true;
        }
        return hostOf(origin)
                .filter(name -> name.equalsIgnoreCase(host) || Loopback.isLoopback(name))
                .isPresent();
    }

    /** Of {@code null}, which sandboxed pages of any origin have, there is none. */
    private static Optional<String> hostOf(String origin) {
        try {
            return Optional.ofNullable(new URI(origin).getHost());
        } catch (URISyntaxException noOrigin) {
            LOG.log(DEBUG, "Not an origin", noOrigin);
            return Optional.empty();
        }
    }
}
