package io.hyperion.api.bridge;

import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.function.Supplier;

/** What a thread has of the application whose code it runs, and must not take along when it runs that of another one. */
final class ThreadContext {
    private ThreadContext() {}

    /**
     * Works with a context class loader, and gives the thread back the one that it had. Threads that begin meanwhile, such as those of an
     * engine that is started by the first request, do not take over the access control context of the callers: it would keep the classes of
     * the first application that asked alive as long as they run.
     */
    // There is no other way to begin a thread without it, as long as there are Java versions that have it.
    @SuppressWarnings("removal")
    static <R> R call(ClassLoader loader, Supplier<R> work) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return AccessController.doPrivileged((PrivilegedAction<R>) work::get);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Works as {@link #call} does. */
    static void run(ClassLoader loader, Runnable work) {
        call(loader, () -> {
            work.run();
            return loader;
        });
    }

    /** {@return the context class loader of this thread} */
    static ClassLoader current() {
        return Thread.currentThread().getContextClassLoader();
    }
}
