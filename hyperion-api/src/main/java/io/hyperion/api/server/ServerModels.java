package io.hyperion.api.server;

import io.hyperion.api.ErrorCode;
import io.hyperion.api.ModelUnavailableException;
import io.hyperion.api.bridge.BridgedClient;
import io.hyperion.api.bridge.ClientSource;
import io.hyperion.api.bridge.ExportedClient;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The models of the server that this code runs in, wherever they are: those that {@code hyperion.war} serves, its own and the pools' as one;
 * and where that is not deployed, those of the pools. It is asked at each call, so Hyperion may be deployed, undeployed and redeployed at
 * any time. Safe for use by many threads.
 */
public final class ServerModels implements ClientSource {
    /**
     * The key of {@link System#getProperties()} under which {@code hyperion.war} publishes its client, which is an object and no text. A
     * second {@code hyperion.war} has the same with {@code .1} behind it, and so on: its turn comes when the first is gone.
     */
    public static final String KEY = "io.hyperion.client";

    private static final List<String> KEYS = Stream.concat(
                    Stream.of(KEY), IntStream.range(1, 8).mapToObj(number -> KEY + "." + number))
            .toList();

    private final JndiPools pools;
    private final ExportedClient allPools;

    /** What was published when it was last asked what it is. */
    private volatile Optional<Exported> recognised = Optional.empty();

    private ServerModels(JndiPools pools) {
        this.pools = Objects.requireNonNull(pools, "pools");
        this.allPools = ExportedClient.of(new RoutingClient(Optional.empty(), Optional.empty(), pools));
    }

    /**
     * The way to all models of the server. It finds them when they are needed: until there are some, its calls fail with a
     * {@link ModelUnavailableException} ({@link ErrorCode#NOT_DEPLOYED}), whose message tells what was looked up, and what was found.
     *
     * @param pools the pools to look for where no WAR is deployed
     * @return the client; the caller closes it, which cancels what runs
     */
    public static BridgedClient client(JndiPools pools) {
        return new BridgedClient(new ServerModels(pools));
    }

    /**
     * Gives all applications of the server a client: at once, or where they have another one already, when that is withdrawn.
     *
     * @param client the client
     * @return whether it is this one that they have now
     */
    public static boolean publish(ExportedClient client) {
        Objects.requireNonNull(client, "client");
        for (String key : KEYS) {
            Object before = System.getProperties().putIfAbsent(key, client);
            if (before == null || before == client) {
                return key.equals(KEY);
            }
        }
        return false;
    }

    /**
     * Takes a client away from the applications. Does nothing if they do not have it.
     *
     * @param client the client
     */
    public static void withdraw(ExportedClient client) {
        KEYS.forEach(key -> System.getProperties().remove(key, client));
    }

    @Override
    public BiFunction<String, Map<String, Object>, Object> current() {
        for (String key : KEYS) {
            Optional<BiFunction<String, Map<String, Object>, Object>> client =
                    recognise(System.getProperties().get(key));
            if (client.isPresent()) {
                return client.get();
            }
        }
        if (!pools.known().isEmpty() || !pools.settled().isEmpty()) {
            return allPools;
        }
        throw new ModelUnavailableException(
                ErrorCode.NOT_DEPLOYED,
                "Hyperion is not deployed in this server, or not yet. Looked up were the system property object " + KEY
                        + ": " + strange(System.getProperties().get(KEY)) + "; "
                        + pools.report().entrySet().stream()
                                .map(found -> found.getKey() + ": " + found.getValue())
                                .collect(Collectors.joining("; ", "and in JNDI ", "")));
    }

    private static String strange(Object published) {
        return published == null
                ? "nothing"
                : "a " + published.getClass().getName() + ", which is no client of Hyperion";
    }

    private Optional<BiFunction<String, Map<String, Object>, Object>> recognise(Object object) {
        if (object == null) {
            return Optional.empty();
        }
        Optional<Exported> known = recognised.filter(one -> one.is(object));
        if (known.isEmpty()) {
            known = Exported.of(object);
            recognised = known;
        }
        return known.flatMap(Exported::client);
    }
}
