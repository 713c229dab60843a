package io.hyperion.core.model;

import io.hyperion.core.llama.LlamaException;
import io.hyperion.core.llama.LlamaLibrary;
import java.util.Optional;

/** The native library of a catalog, opened when the first model needs it: a catalog of remote or failed models runs without. */
final class SharedLibrary implements AutoCloseable {
    private Optional<LlamaLibrary> library = Optional.empty();
    private boolean closed;

    synchronized LlamaLibrary get() throws LlamaException {
        if (closed) {
            throw new LlamaException("The server is shutting down");
        }
        if (library.isEmpty()) {
            library = Optional.of(LlamaLibrary.open());
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
