package io.hyperion.api.server;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.Excerpts;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.bridge.BridgedClient;
import io.hyperion.api.bridge.ClientSource;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import javax.naming.InitialContext;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;

/**
 * What stands under one JNDI name: looked up by who needs it, at most once a second as long as nothing changes, and by one thread at a time,
 * which others do not wait for unless they want to. Safe for use by many threads.
 */
final class NamedPool implements ClientSource {
    /** How long what was found counts. */
    static final Duration FRESH = Duration.ofSeconds(1);

    /** The same where there is none that serves, but was: it is being redeployed, perhaps. */
    static final Duration FRESH_WHILE_GONE = Duration.ofMillis(100);

    private static final String NOTHING = "nothing";
    private static final int MAX_CAUSES = 10;

    private static final System.Logger LOG = System.getLogger(NamedPool.class.getName());

    /** How the messages of the resource adapter begin. */
    private static final String ADAPTER = "HYPRA-";

    private final String name;
    private final LongSupplier nanoTime;
    private final BridgedClient client = new BridgedClient(this);

    /** Held while the name is looked up: that may create a pool, and so load a model. */
    private final ReentrantLock looking = new ReentrantLock();

    private String warned = "";
    private volatile Optional<Look> last = Optional.empty();
    /** Whether there has been one that serves. Written by who is looking. */
    private volatile boolean served;

    NamedPool(String name, LongSupplier nanoTime) {
        this.name = name;
        this.nanoTime = nanoTime;
    }

    /** {@return the way to its models, whatever stands under the name at each call} */
    BridgedClient client() {
        return client;
    }

    /** Looks the name up, unless that has been done just now, or another thread is at it. */
    void refresh() {
        if (isFresh() || looking.isHeldByCurrentThread() || !looking.tryLock()) {
            return;
        }
        try {
            if (!isFresh()) {
                Look look = look(found());
                served |= look.serves();
                last = Optional.of(look);
            }
        } finally {
            looking.unlock();
        }
    }

    /** {@return what is held while the name is looked up} */
    ReentrantLock looking() {
        return looking;
    }

    /** {@return what was found last} */
    Optional<Exported> found() {
        return last.flatMap(Look::found);
    }

    /** {@return what was found last, in words} */
    String report() {
        return last.map(Look::report).orElse("being looked up");
    }

    @Override
    public BiFunction<String, Map<String, Object>, Object> current() {
        // Twice: what some servers make at each look-up may be collected right after it.
        return refreshed()
                .or(this::refreshed)
                .orElseThrow(() -> new ModelUnavailableException(
                        ErrorCode.NOT_DEPLOYED, "The pool " + name + " is not there any more: found was " + report()));
    }

    private Optional<BiFunction<String, Map<String, Object>, Object>> refreshed() {
        refresh();
        return found().flatMap(Exported::client);
    }

    private boolean isFresh() {
        return last.filter(this::isFresh).isPresent();
    }

    private boolean isFresh(Look look) {
        Duration fresh = FRESH;
        if (look.serves()) {
            // The adapter that it was of may have been stopped since, or its classes be gone.
            if (!look.found.orElseThrow().answers()) {
                return false;
            }
        } else if (served) {
            fresh = FRESH_WHILE_GONE;
        }
        return nanoTime.getAsLong() - look.at < fresh.toNanos();
    }

    private Look look(Optional<Exported> before) {
        Object object;
        try {
            object = lookUp();
        } catch (NamingException | RuntimeException | LinkageError e) {
            LOG.log(DEBUG, () -> "The look-up of " + name + " failed", e);
            adapterSays(e).ifPresent(this::warnOnce);
            // Only a name that is the same everywhere and is not bound tells that a pool has gone. Else it may be the
            // thread: one that the server does not know sees other names, or none.
            boolean gone = isUnbound(e) && !name.startsWith("java:comp/");
            Optional<Exported> found = gone ? Optional.empty() : before.filter(Exported::answers);
            return new Look(nanoTime.getAsLong(), found, isUnbound(e) ? NOTHING : why(e));
        }
        Optional<Exported> found = Exported.of(object);
        return new Look(nanoTime.getAsLong(), found, found.map(NamedPool::what).orElseGet(() -> whatElse(object)));
    }

    private static String what(Exported pool) {
        return "a pool" + pool.error().map(error -> ", which says: " + error).orElse("");
    }

    private static String whatElse(Object stranger) {
        return stranger == null ? NOTHING : "a " + stranger.getClass().getName() + ", which is no client of Hyperion";
    }

    private Object lookUp() throws NamingException {
        InitialContext context = new InitialContext();
        try {
            return context.lookup(name);
        } finally {
            context.close();
        }
    }

    /** Payara tells so as the cause of another exception. */
    private static boolean isUnbound(Throwable e) {
        return Stream.iterate(e, Objects::nonNull, Throwable::getCause)
                .limit(MAX_CAUSES)
                .anyMatch(NameNotFoundException.class::isInstance);
    }

    /** What the resource adapter refuses it with: where a server makes a pool at its look-up, as TomEE does, nobody else tells it. */
    private static Optional<String> adapterSays(Throwable e) {
        return Stream.iterate(e, Objects::nonNull, Throwable::getCause)
                .limit(MAX_CAUSES)
                .map(Throwable::getMessage)
                .filter(message -> message != null && message.startsWith(ADAPTER))
                .findFirst();
    }

    private void warnOnce(String what) {
        if (!what.equals(warned)) {
            warned = what;
            LOG.log(WARNING, "The pool " + name + " cannot be used: " + what);
        }
    }

    private static String why(Throwable e) {
        return e.getClass().getSimpleName()
                + Optional.ofNullable(e.getMessage())
                        .map(message -> " (" + Excerpts.of(message) + ")")
                        .orElse("");
    }

    /** What a look-up gave, and when that was. */
    private record Look(long at, Optional<Exported> found, String report) {
        boolean serves() {
            return found.filter(pool -> pool.error().isEmpty()).isPresent();
        }
    }
}
