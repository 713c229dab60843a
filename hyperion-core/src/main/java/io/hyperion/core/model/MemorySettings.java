package io.hyperion.core.model;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How much memory models may use together, on each device.
 *
 * @param limit on each device that has none of its own; empty for all that the device has
 * @param byDevice the limits of single devices by what the engine calls them, such as {@code CPU} or {@code CUDA0}, in whatever case
 */
public record MemorySettings(Optional<MemoryLimit> limit, Map<String, MemoryLimit> byDevice) {
    /** Models may use all that there is. */
    public static final MemorySettings DEFAULT = new MemorySettings(Optional.empty(), Map.of());

    /** Models may use more than there is: weights can be read from the file again and again. */
    public static final MemorySettings UNLIMITED =
            new MemorySettings(Optional.of(new MemoryLimit.Amount(Long.MAX_VALUE)), Map.of());

    /**
     * @throws IllegalArgumentException if a device is there in two cases
     */
    public MemorySettings {
        Objects.requireNonNull(limit, "limit");
        Map<String, MemoryLimit> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        byDevice.forEach((device, own) -> {
            if (anyCase.put(device, own) != null) {
                throw new IllegalArgumentException("There are two limits for the device " + device);
            }
        });
        byDevice = Collections.unmodifiableMap(anyCase);
    }

    /**
     * What models may use of a device together.
     *
     * @param device the device
     * @param total its memory in bytes
     * @return how many bytes; more than the total if somebody said so
     */
    public long limit(String device, long total) {
        return Optional.ofNullable(byDevice.get(device))
                .or(() -> limit)
                .map(own -> own.bytes(total))
                .orElse(total);
    }
}
