package io.hyperion.api.server;

import static java.lang.System.Logger.Level.DEBUG;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.GenerationCancelledException;
import io.hyperion.api.HyperionClient;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import javax.naming.InitialContext;
import javax.naming.NameClassPair;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;

/**
 * The connection pools of {@code hyperion-ra.rar} that stand in JNDI. They are looked up by the thread that asks for them, at most once a
 * second, so one that comes, goes or is redeployed is noticed: at once where the old one says that it is stopped, and within a tenth of a
 * second where there was none in between. They are held weakly, so one that is undeployed can be collected. Only
 * what tells that it is Hyperion's counts, and a pool with several names counts once. A look-up that fails is no error: it is told where
 * nothing else is found.
 *
 * <p>A look-up may take as long as a model takes to load, since some servers create a pool with its first connections then. Only who asks
 * first, or asks for a model that nobody has, waits for that. Safe for use by many threads.
 */
public final class JndiPools implements RoutingClient.Pools, AutoCloseable {
    /** The configuration's key of {@link #named(Optional)}. */
    public static final String KEY = "hyperion.pools";

    /** The environment variable of that key. */
    private static final String VARIABLE = "HYPERION_POOLS";

    private static final System.Logger LOG = System.getLogger(JndiPools.class.getName());

    /**
     * What pools are called, unless others are configured. Not all that begins with the word: Payara has a second name with {@code __} for
     * each pool, and what else begins with it may be another product's, which a look-up would start.
     */
    private static final Pattern POOL = Pattern.compile("hyperion(-.*)?");

    private static final List<String> CONTEXTS = List.of("eis", "java:/eis", "openejb:Resource");

    /**
     * The last one means another thing in each application, or nothing in a thread that belongs to none: where a pool has another name too,
     * that one is used.
     */
    private static final List<String> NAMES =
            List.of("eis/hyperion", "java:/eis/hyperion", "openejb:Resource/hyperion-ra", "java:comp/env/eis/hyperion");

    /** How long who asks for an unknown model waits for look-ups of other threads. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Optional<List<String>> configured;
    private final LongSupplier nanoTime;
    private final ConcurrentMap<String, NamedPool> pools = new ConcurrentHashMap<>();

    /** Never gets shorter: a name that is bound no more is found not to be when it is looked up. */
    private final Set<String> listed = new ConcurrentSkipListSet<>();

    private volatile Optional<Long> listedAt = Optional.empty();

    /** Held while names are listed. */
    private final ReentrantLock listing = new ReentrantLock();

    JndiPools(Optional<String> names, LongSupplier nanoTime) {
        this.configured = names.map(JndiPools::split).filter(list -> !list.isEmpty());
        this.nanoTime = nanoTime;
    }

    /**
     * Looks nothing up yet.
     *
     * @param names the JNDI names of the pools, with commas between them; empty or blank for {@code eis/hyperion} and all others below
     *     {@code eis} that begin with {@code hyperion-}, by the names that they have on the servers that are known
     * @return the pools; the caller closes them
     */
    public static JndiPools named(Optional<String> names) {
        return new JndiPools(names, System::nanoTime);
    }

    /** {@return the pools of the system property {@code hyperion.pools}, or else of the environment variable {@code HYPERION_POOLS}} */
    public static JndiPools ofSystem() {
        return named(
                Optional.ofNullable(System.getProperty(KEY)).or(() -> Optional.ofNullable(System.getenv(VARIABLE))));
    }

    @Override
    public List<HyperionClient> known() {
        return List.copyOf(byName().values());
    }

    /**
     * {@return those that are known, by the JNDI name that each was found under, of the first importance first; without waiting for what
     * another thread looks up}
     */
    public Map<String, HyperionClient> byName() {
        Map<String, HyperionClient> known = new LinkedHashMap<>();
        Set<Object> ids = new HashSet<>();
        for (String name : names()) {
            NamedPool pool = pools.computeIfAbsent(name, unknown -> new NamedPool(unknown, nanoTime));
            pool.refresh();
            if (pool.found().filter(found -> ids.add(found.id())).isPresent()) {
                known.put(name, pool.client());
            }
        }
        return known;
    }

    @Override
    public List<HyperionClient> settled() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try {
            settle(listing, end);
            // What has been listed may not have been looked up.
            known();
            for (NamedPool pool : pools.values()) {
                settle(pool.looking(), end);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GenerationCancelledException(
                    ErrorCode.CANCELLED, "The thread that waited for the look-up of a pool was interrupted");
        }
        return known();
    }

    /** Waits while another thread is at it. */
    private static void settle(ReentrantLock lookUp, long end) throws InterruptedException {
        if (lookUp.tryLock(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
            lookUp.unlock();
        }
    }

    /** {@return what was found under each name, in words, in the order in which they were looked up} */
    public Map<String, String> report() {
        Map<String, String> report = new LinkedHashMap<>();
        for (String name : names()) {
            report.put(
                    name,
                    Optional.ofNullable(pools.get(name)).map(NamedPool::report).orElse("not looked up"));
        }
        return report;
    }

    /** Cancels what runs through these pools. They cannot be used any more. */
    @Override
    public void close() {
        pools.values().forEach(pool -> pool.client().close());
    }

    private Set<String> names() {
        if (configured.isPresent()) {
            return new LinkedHashSet<>(configured.get());
        }
        if (!isListed() && !listing.isHeldByCurrentThread() && listing.tryLock()) {
            try {
                if (!isListed()) {
                    CONTEXTS.forEach(this::list);
                    listedAt = Optional.of(nanoTime.getAsLong());
                }
            } finally {
                listing.unlock();
            }
        }
        Set<String> names = new LinkedHashSet<>(NAMES.subList(0, NAMES.size() - 1));
        names.addAll(listed);
        names.add(NAMES.get(NAMES.size() - 1));
        return names;
    }

    private boolean isListed() {
        return listedAt.filter(at -> nanoTime.getAsLong() - at < NamedPool.FRESH.toNanos())
                .isPresent();
    }

    /** Reads names only: other people's resources are not looked up. */
    private void list(String context) {
        try {
            InitialContext root = new InitialContext();
            try {
                NamingEnumeration<NameClassPair> names = root.list(context);
                try {
                    while (names.hasMore()) {
                        String name = names.next().getName();
                        if (POOL.matcher(name).matches()) {
                            listed.add(context + "/" + name);
                        }
                    }
                } finally {
                    names.close();
                }
            } finally {
                root.close();
            }
        } catch (NamingException | RuntimeException | LinkageError e) {
            LOG.log(DEBUG, () -> "The names below " + context + " cannot be listed", e);
        }
    }

    private static List<String> split(String names) {
        return Arrays.stream(names.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
    }
}
