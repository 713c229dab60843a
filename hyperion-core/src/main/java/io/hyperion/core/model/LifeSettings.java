package io.hyperion.core.model;

import io.hyperion.api.Message;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * When a model is loaded and unloaded.
 *
 * @param preload whether it is loaded at the start, and not by the first request
 * @param preloadMessages with which messages many requests begin: they are evaluated as soon as it is loaded, and stay in the cache; none
 *     for nothing
 * @param minInstances how many contexts it keeps: with 1 or more it is loaded at the start and stays in memory
 * @param maxInstances how many contexts it may have over its weights, at least 1
 * @param idleTimeout after how long without requests it is unloaded; zero for at once; empty for never
 */
public record LifeSettings(
        boolean preload,
        List<Message> preloadMessages,
        int minInstances,
        int maxInstances,
        Optional<Duration> idleTimeout) {
    /** Of a model that its first request loads and that stays loaded then. */
    public static final LifeSettings DEFAULT = new LifeSettings(false, List.of(), 0, 1, Optional.empty());

    /** How many instances a model may have at most. */
    public static final int MAX_INSTANCES = 64;

    /**
     * @throws IllegalArgumentException if a number is out of its range
     */
    public LifeSettings {
        preloadMessages = List.copyOf(preloadMessages);
        Objects.requireNonNull(idleTimeout, "idleTimeout");
        if (maxInstances < 1 || maxInstances > MAX_INSTANCES) {
            throw new IllegalArgumentException(
                    "max-instances must be between 1 and " + MAX_INSTANCES + ", but is " + maxInstances);
        }
        if (minInstances < 0 || minInstances > maxInstances) {
            throw new IllegalArgumentException("min-instances must be between 0 and max-instances, which is "
                    + maxInstances + ", but is " + minInstances);
        }
        if (idleTimeout.filter(Duration::isNegative).isPresent()) {
            throw new IllegalArgumentException("idle-timeout must not be negative, but is " + idleTimeout.get());
        }
    }
}
