package io.hyperion.core.engine;

import java.util.Optional;

/** Says whether a model may have one more instance, such as whether there is memory for its cache. */
@FunctionalInterface
public interface InstanceGrant {
    /** Grants all. */
    InstanceGrant ALWAYS = () -> Optional.of(() -> {});

    /**
     * Asked in a thread of its own, once at a time for each model, while requests wait; after a refusal not again for a second. It may take
     * its time, but the closing of the model waits for it.
     *
     * @return what is granted; empty if there may not be another instance now
     */
    Optional<Granted> ask();

    /** What one instance was granted. */
    @FunctionalInterface
    interface Granted {
        /** Called once, in a thread of the model's, when the memory of the instance is free again, or it could not be made. */
        void giveBack();
    }
}
