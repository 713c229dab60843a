package io.hyperion.war.access;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.HyperionClient;
import io.hyperion.api.UnauthorisedException;
import io.hyperion.api.admin.ModelAdministration;
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
    private final ModelAdministration administration;
    private final List<Known> known;
    private final String token;
    private final AtomicBoolean reachedFromOutside = new AtomicBoolean();

    /** For the server, which makes proxies of this class. */
    protected Access() {
        this(new Security.Keys(List.of()), null, null);
    }

    /**
     * @param security who may use the wire
     * @param models the way to all models
     * @param administration what can be done with those of the configuration
     */
    @Inject
    public Access(Security security, @AllModels HyperionClient models, @AllModels ModelAdministration administration) {
        this.security = security;
        this.models = models;
        this.administration = administration;
        if (security instanceof Security.Keys keys) {
            token = "";
            known = keys.keys().stream().map(Known::of).toList();
        } else if (security instanceof Security.Token) {
            byte[] random = new byte[TOKEN_BYTES];
            new SecureRandom().nextBytes(random);
            token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
            known = List.of(new Known(sha256(token), new Identity("token", Optional.empty(), true)));
        } else {
            token = "";
            known = ((Security.Open) security)
                    .administrators().stream().map(Known::of).toList();
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
        return new PermittedClient(new Permission(models, identity));
    }

    /**
     * What somebody may do with the models: it refuses all that changes something to all but administrators, and to these what they may not
     * use or is kept elsewhere. It can be used after his request has ended, and by any thread.
     *
     * @param identity who
     * @param address where he is, for the log
     * @return what he may do
     */
    public ModelAdministration administration(Identity identity, String address) {
        return new PermittedAdministration(administration, new Permission(models, identity), address);
    }

    Identity identify(Arrival arrival, Optional<String> credential) {
        Optional<String> key = credential.flatMap(Credentials::present);
        Optional<Identity> byKey = key.flatMap(this::known);
        if (security instanceof Security.Open open) {
            Identity anybody = open(arrival, open.onPurpose());
            return byKey.or(() -> byRole(arrival)).orElse(anybody);
        }
        if (key.isPresent()) {
            return byKey.orElseThrow(() -> unauthorised("The key is not known"));
        }
        return byRole(arrival)
                .orElseThrow(() -> unauthorised("A key is needed: send it as 'Authorization: Bearer <key>'"));
    }

    private Optional<Identity> known(String key) {
        byte[] hash = sha256(key);
        Optional<Identity> found = Optional.empty();
        for (Known one : known) {
            if (MessageDigest.isEqual(one.sha256, hash)) {
                found = Optional.of(one.identity);
            }
        }
        return found;
    }

    /** Browsers send on their own what the server knows its users by: a page of elsewhere must not act in their name. */
    private static Optional<Identity> byRole(Arrival arrival) {
        return arrival.administrator().map(name -> new Identity(name, Optional.empty(), !arrival.ofForeignPage()));
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
        // A browser on this machine is not always the hand of who sits at it.
        return onPurpose || arrival.ofForeignPage() ? Identity.ANYBODY : Identity.NEIGHBOUR;
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
    private record Known(byte[] sha256, Identity identity) {
        static Known of(Security.Key key) {
            return new Known(
                    HexFormat.of().parseHex(key.sha256()), new Identity(key.name(), key.models(), key.administrator()));
        }
    }
}
