package io.hyperion.bench.load;

import java.io.IOException;
import java.util.List;

/** What is measured. For use by one thread at a time. */
public interface Target extends AutoCloseable {
    /** {@return what the report calls it} */
    String name();

    /**
     * Completes all requests at once.
     *
     * @param requests the requests, at least one
     * @return their completions, in the same order
     * @throws IOException if one of them fails
     * @throws InterruptedException if the thread is interrupted
     */
    List<Completion> complete(List<LoadRequest> requests) throws IOException, InterruptedException;

    @Override
    void close();
}
