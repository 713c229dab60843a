package io.hyperion.core.model;

import io.hyperion.core.download.Downloads;
import io.hyperion.core.engine.EngineListener;
import java.util.Optional;

/**
 * What the models of a catalog share.
 *
 * @param library the native library
 * @param timer the time, and what is done later
 * @param devices what models are computed on
 * @param budget the memory of the devices
 * @param downloads what brings files from elsewhere; empty if there is no directory for them
 * @param listener hears what the engine does
 */
record CatalogServices(
        SharedLibrary library,
        CatalogTimer timer,
        DeviceMemory devices,
        MemoryBudget budget,
        Optional<Downloads> downloads,
        EngineListener listener)
        implements AutoCloseable {
    /** To be called when all models are closed. May be called twice. */
    @Override
    public void close() {
        downloads.ifPresent(Downloads::close);
        timer.close();
        library.close();
    }
}
