package io.hyperion.core.engine;

import java.security.AccessController;
import java.security.PrivilegedAction;

/**
 * Threads that take nothing over from the thread that makes them, which is that of whichever application asked first: neither its class
 * loader nor what it inherits to others. They do not keep the virtual machine from ending.
 */
public final class EngineThreads {
    private EngineThreads() {}

    /**
     * Makes a thread.
     *
     * @param work what it does
     * @param name its name
     * @return the thread, not started
     */
    @SuppressWarnings("removal")
    public static Thread create(Runnable work, String name) {
        // A thread remembers the class loaders of all who are calling when it is made; no other way leaves them out.
        // Once this one is removed from Java, they will not be remembered either.
        Thread thread =
                AccessController.doPrivileged((PrivilegedAction<Thread>) () -> new Thread(null, work, name, 0, false));
        thread.setContextClassLoader(EngineThreads.class.getClassLoader());
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Waits until a thread has ended. An interrupt does not end the waiting; it is there again afterwards.
     *
     * @param thread the thread
     */
    public static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                // What the thread uses can be freed by nobody before it has ended.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
