package io.hyperion.core.engine;

/**
 * A thread of the engine. It takes nothing over from the thread that makes it, which is that of whichever application asked first: neither
 * its class loader nor what it inherits to other threads. It does not keep the virtual machine from ending.
 */
public final class EngineThread {
    private final Thread thread;

    /**
     * Makes the thread; {@link #start()} starts it.
     *
     * @param work what it does
     * @param name its name
     */
    public EngineThread(Runnable work, String name) {
        thread = new Thread(null, work, name, 0, false);
        thread.setContextClassLoader(EngineThread.class.getClassLoader());
        thread.setDaemon(true);
    }

    /** Starts it. To be called once. */
    public void start() {
        thread.start();
    }

    /** {@return whether it was started and has not ended} */
    public boolean isAlive() {
        return thread.isAlive();
    }

    /** {@return whether it is the thread that asks} */
    public boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** Waits until it has ended. An interrupt does not end the waiting; it is there again afterwards. */
    public void join() {
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
