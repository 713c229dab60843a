package io.hyperion.core.model;

import io.hyperion.core.engine.EngineSettings;
import java.time.Duration;
import java.util.Objects;

/**
 * How requests wait for a model.
 *
 * @param capacity how many may wait for a slot; 0 for none
 * @param timeout how long a request may wait for a slot; zero for as long as it takes
 */
public record QueueSettings(int capacity, Duration timeout) {
    /** What holds where nothing is configured. */
    public static final QueueSettings DEFAULT =
            new QueueSettings(EngineSettings.DEFAULT_QUEUE_CAPACITY, EngineSettings.DEFAULT_QUEUE_TIMEOUT);

    public QueueSettings {
        Objects.requireNonNull(timeout, "timeout");
    }
}
