package io.hyperion.jca;

import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The properties of a managed connection factory, as they were set: what they mean, and whether that is allowed, is checked when they are
 * used. Here are their defaults, and here they are compared. Safe for use by many threads.
 */
final class FactoryProperties implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The defaults of {@code ra.xml}. What is not here has none: absent has a meaning of its own. */
    static final Map<String, Object> DEFAULTS = Map.of(
            "contextSize", 0,
            "slots", 8,
            "batchSize", 512,
            "gpuLayers", 999,
            "idleTimeout", "PT0S",
            "queueCapacity", 256);

    private final TreeMap<String, Object> values = new TreeMap<>(DEFAULTS);

    /**
     * Sets a property. Servers set those that an administrator left empty, too.
     *
     * @param name its name
     * @param value its value; null or a blank text for the default
     */
    synchronized void set(String name, Object value) {
        Object meant = value instanceof String text ? text.strip() : value;
        if (meant == null || "".equals(meant)) {
            meant = DEFAULTS.get(name);
        }
        if (meant == null) {
            values.remove(name);
        } else {
            values.put(name, meant);
        }
    }

    synchronized Optional<Object> value(String name) {
        return Optional.ofNullable(values.get(name));
    }

    Optional<String> text(String name) {
        return value(name).map(String.class::cast);
    }

    Optional<Integer> number(String name) {
        return value(name).map(Integer.class::cast);
    }

    Optional<Boolean> flag(String name) {
        return value(name).map(Boolean.class::cast);
    }

    private synchronized Map<String, Object> copy() {
        return Map.copyOf(values);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FactoryProperties properties && copy().equals(properties.copy());
    }

    @Override
    public int hashCode() {
        return copy().hashCode();
    }

    @Override
    public String toString() {
        return String.valueOf(copy());
    }
}
