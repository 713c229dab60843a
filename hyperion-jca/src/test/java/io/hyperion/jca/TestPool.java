package io.hyperion.jca;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionEvent;
import jakarta.resource.spi.ConnectionEventListener;
import jakarta.resource.spi.ConnectionManager;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionFactory;
import jakarta.resource.spi.ResourceAllocationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The pool of a server, as small as it can be: it keeps what is given back, and lets callers wait when all are in use. */
final class TestPool implements ConnectionManager, ConnectionEventListener {
    private static final long serialVersionUID = 1L;

    private final int max;
    private final long waitNanos;
    private final transient Set<ManagedConnection> idle = new LinkedHashSet<>();
    private final transient Set<ManagedConnection> used = new HashSet<>();
    private final transient List<Exception> errors = new ArrayList<>();
    private int creating;
    private int waiting;
    private int borrowed;
    private String lastThread = "";

    TestPool(int max, Duration wait) {
        this.max = max;
        this.waitNanos = wait.toNanos();
    }

    @Override
    public Object allocateConnection(ManagedConnectionFactory factory, ConnectionRequestInfo info)
            throws ResourceException {
        ManagedConnection connection = take(factory, info);
        return connection.getConnection(null, info);
    }

    private ManagedConnection take(ManagedConnectionFactory factory, ConnectionRequestInfo info)
            throws ResourceException {
        synchronized (this) {
            lastThread = Thread.currentThread().getName();
            awaitRoom();
            ManagedConnection match = factory.matchManagedConnections(Set.copyOf(idle), null, info);
            if (match != null) {
                idle.remove(match);
                used.add(match);
                borrowed++;
                return match;
            }
            creating++;
        }
        ManagedConnection made = null;
        try {
            made = factory.createManagedConnection(null, info);
            made.addConnectionEventListener(this);
            return made;
        } catch (ResourceException e) {
            // As some servers do: in their own words, without the cause.
            throw new ResourceAllocationException("No connection could be made");
        } finally {
            synchronized (this) {
                creating--;
                if (made != null) {
                    used.add(made);
                    borrowed++;
                }
                notifyAll();
            }
        }
    }

    private synchronized void awaitRoom() throws ResourceException {
        if (hasRoom()) {
            return;
        }
        long end = System.nanoTime() + waitNanos;
        waiting++;
        notifyAll();
        try {
            while (!hasRoom()) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    throw new ResourceAllocationException("In words of this pool");
                }
                wait(left / 1_000_000, (int) (left % 1_000_000));
            }
        } catch (InterruptedException e) {
            throw new ResourceException("Interrupted", e);
        } finally {
            waiting--;
            notifyAll();
        }
    }

    private boolean hasRoom() {
        return !idle.isEmpty() || used.size() + creating < max;
    }

    @Override
    public synchronized void connectionClosed(ConnectionEvent event) {
        ManagedConnection connection = (ManagedConnection) event.getSource();
        try {
            connection.cleanup();
        } catch (ResourceException e) {
            errors.add(e);
        }
        used.remove(connection);
        idle.add(connection);
        notifyAll();
    }

    @Override
    public void connectionErrorOccurred(ConnectionEvent event) {
        ManagedConnection connection = (ManagedConnection) event.getSource();
        synchronized (this) {
            errors.add(event.getException());
            used.remove(connection);
            notifyAll();
        }
        destroy(connection);
    }

    private void destroy(ManagedConnection connection) {
        try {
            connection.destroy();
        } catch (ResourceException e) {
            synchronized (this) {
                errors.add(e);
            }
        }
    }

    /** Destroys all connections that are idle. */
    void flush() {
        List<ManagedConnection> destroyed;
        synchronized (this) {
            destroyed = List.copyOf(idle);
            idle.clear();
        }
        destroyed.forEach(this::destroy);
    }

    /** Destroys the idle connections that the factory finds invalid. */
    void validate(HyperionManagedConnectionFactory factory) {
        Set<ManagedConnection> invalid;
        synchronized (this) {
            invalid = factory.getInvalidConnections(Set.copyOf(idle));
            idle.removeAll(invalid);
        }
        invalid.forEach(this::destroy);
    }

    /** Waits until so many callers wait for a connection. */
    synchronized void awaitWaiting(int count) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (waiting != count) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("There are " + waiting + " who wait, and not " + count);
            }
            wait(Math.max(1, left / 1_000_000));
        }
    }

    synchronized int idle() {
        return idle.size();
    }

    synchronized int used() {
        return used.size();
    }

    synchronized int borrowed() {
        return borrowed;
    }

    synchronized List<Exception> errors() {
        return List.copyOf(errors);
    }

    synchronized String lastThread() {
        return lastThread;
    }

    @Override
    public void localTransactionStarted(ConnectionEvent event) {
        throw new AssertionError("There are no transactions");
    }

    @Override
    public void localTransactionCommitted(ConnectionEvent event) {
        throw new AssertionError("There are no transactions");
    }

    @Override
    public void localTransactionRolledback(ConnectionEvent event) {
        throw new AssertionError("There are no transactions");
    }
}
