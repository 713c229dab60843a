package io.hyperion.api.bridge;

import java.util.function.Supplier;

/** The context class loader of a thread, which is to be that of the application whose code runs. */
final class ContextLoader {
    private ContextLoader() {}

    /** Works with a context class loader, and gives the thread back the one that it had. */
    static <R> R call(ClassLoader loader, Supplier<R> work) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return work.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Works with a context class loader, and gives the thread back the one that it had. */
    static void run(ClassLoader loader, Runnable work) {
        call(loader, () -> {
            work.run();
            return loader;
        });
    }

    /** {@return that of this thread} */
    static ClassLoader current() {
        return Thread.currentThread().getContextClassLoader();
    }
}
