package io.hyperion.core.model;

import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaLibrary;
import java.util.Optional;

/** The native library of a catalog, opened when the first model needs it: a catalog of remote or failed models runs without. */
final class SharedLibrary implements AutoCloseable {
    private final DeviceMemory devices;
    private Optional<LlamaLibrary> library = Optional.empty();
    private boolean closed;

    /**
     * @param devices hears what the library computes on
     */
    SharedLibrary(DeviceMemory devices) {
        this.devices = devices;
    }

    synchronized LlamaLibrary get() throws LlamaException {
        if (closed) {
            throw new LlamaException("The server is shutting down");
        }
        if (library.isEmpty()) {
            LlamaLibrary opened = LlamaLibrary.open();
            library = Optional.of(opened);
            devices.found(opened.devices());
        }
        return library.get();
    }

    @Override
    public synchronized void close() {
        closed = true;
        library.ifPresent(LlamaLibrary::close);
        library = Optional.empty();
    }
}
