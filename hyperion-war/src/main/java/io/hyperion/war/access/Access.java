package io.hyperion.war.access;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.UnauthorisedException;
import io.hyperion.war.config.Security;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tells who sends a request. Keys are compared by their SHA-256, all of them and in constant time, so that nothing about them can be
 * learned from how long that takes. Safe for use by many threads.
 */
@ApplicationScoped
public class Access {
    private static final System.Logger LOG = System.getLogger(Access.class.getName());

    private static final int TOKEN_BYTES = 32;

    private static final String OPEN_WARNING = "hyperion.security.mode is open: whoever reaches this server can use"
            + " its models, without a key. Set it to keys or token unless that is meant";

    private final Security security;
    private final HyperionClient models;
    private final List<Known> known;
    private final String token;
    private final AtomicBoolean reachedFromOutside = new AtomicBoolean();

    /** For the server, which makes proxies of this class. */
    protected Access() {
        this(new Security.Keys(List.of()), null);
    }

    /**
     * @param security who may use the wire
     * @param models the way to all models
     */
    @Inject
    public Access(Security security, @AllModels HyperionClient models) {
        this.security = security;
        this.models = models;
        if (security instanceof Security.Keys keys) {
            token = "";
            known = keys.keys().stream()
                    .map(key ->
                            new Known(HexFormat.of().parseHex(key.sha256()), new Identity(key.name(), key.models())))
                    .toList();
        } else if (security instanceof Security.Token) {
            byte[] random = new byte[TOKEN_BYTES];
            new SecureRandom().nextBytes(random);
            token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
            known = List.of(new Known(sha256(token), new Identity("token", Optional.empty())));
        } else {
            token = "";
            known = List.of();
        }
    }

    /** Says once, at the start, what the administrator has to know: the token, or that none is needed. */
    public void announce() {
        if (security instanceof Security.Open open && open.onPurpose()) {
            LOG.log(WARNING, OPEN_WARNING);
        }
        if (security instanceof Security.Token) {
            // Once, as API Host does: nothing else ever tells it.
            LOG.log(INFO, "Access token: {0}", token);
        }
    }

    /**
     * Tells who sends a request by its headers.
     *
     * @param request the request
     * @return who sends it
     * @throws UnauthorisedException if a key is needed, and there is none or one that is not known
     */
    public Identity identify(HttpServletRequest request) {
        return identify(request, fromHeaders(request));
    }

    /**
     * Tells who sends a request by its headers, or else by a key that it has elsewhere.
     *
     * @param request the request
     * @param elsewhere the key
     * @return who sends it
     * @throws UnauthorisedException if a key is needed, and there is none or one that is not known
     */
    public Identity identify(HttpServletRequest request, Optional<String> elsewhere) {
        return identify(Arrival.of(request), fromHeaders(request).or(() -> elsewhere));
    }

    /**
     * The way to the models of somebody: it refuses models that he may not use, shows the others only, and lets his requests take turns
     * with those of others. It can be used after his request has ended, and by any thread.
     *
     * @param identity who
     * @return his way to the models
     */
    public HyperionClient client(Identity identity) {
        return new PermittedClient(models, identity);
    }

    Identity identify(Arrival arrival, Optional<String> credential) {
        if (security instanceof Security.Open open) {
            return open(arrival, open.onPurpose());
        }
        String key = credential
                .flatMap(Credentials::present)
                .orElseThrow(() -> unauthorised("A key is needed: send it as 'Authorization: Bearer <key>'"));
        byte[] hash = sha256(key);
        Identity found = null;
        for (Known one : known) {
            if (MessageDigest.isEqual(one.sha256, hash)) {
                found = one.identity;
            }
        }
        if (found == null) {
            throw unauthorised("The key is not known");
        }
        return found;
    }

    /** {@return whether the key of a request that has none in its headers makes a difference} */
    boolean needsKeys() {
        return !(security instanceof Security.Open);
    }

    static Optional<String> fromHeaders(HttpServletRequest request) {
        return Credentials.of(request.getHeader("Authorization"), request.getHeader("X-API-Key"));
    }

    private Identity open(Arrival arrival, boolean onPurpose) {
        if (!onPurpose && !arrival.fromThisMachine()) {
            throw unauthorised(
                    "As long as hyperion.security.mode is not set, this server takes requests of its own machine"
                            + " only; its administrator sets it to keys, token or open");
        }
        if (onPurpose && !arrival.atLoopback() && !reachedFromOutside.getAndSet(true)) {
            LOG.log(WARNING, "The first request from outside, at {0}. " + OPEN_WARNING, arrival.localAddress());
        }
        return Identity.ANYBODY;
    }

    private static UnauthorisedException unauthorised(String message) {
        return new UnauthorisedException(ErrorCode.UNAUTHORISED, message);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }

    /** A key that is accepted. */
    private record Known(byte[] sha256, Identity identity) {}
}
