package io.hyperion.core.download;

import java.security.AccessController;
import java.security.PrivilegedAction;

/** Threads that take nothing over from the application whose request begins a download, and do not keep the virtual machine from ending. */
final class DownloadThreads {
    private DownloadThreads() {}

    /**
     * Makes a thread.
     *
     * @param work what it does
     * @param name its name
     * @return the thread, not started
     */
    @SuppressWarnings("removal")
    static Thread create(Runnable work, String name) {
        // A thread remembers the class loaders of all who are calling when it is made; no other way leaves them out.
        Thread thread =
                AccessController.doPrivileged((PrivilegedAction<Thread>) () -> new Thread(null, work, name, 0, false));
        thread.setContextClassLoader(DownloadThreads.class.getClassLoader());
        thread.setDaemon(true);
        return thread;
    }
}
