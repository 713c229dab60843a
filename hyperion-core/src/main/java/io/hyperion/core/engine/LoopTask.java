package io.hyperion.core.engine;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * What another thread wants done where the context may be touched, and waits for.
 *
 * @param work what to do
 * @param result is completed with what came of it
 */
record LoopTask<T>(Supplier<T> work, CompletableFuture<T> result) {
    void run() {
        try {
            result.complete(work.get());
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }
}
