package io.hyperion.jca;

import io.hyperion.api.HyperionException;
import io.hyperion.api.ModelProperties;
import jakarta.resource.NotSupportedException;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.ConnectionEvent;
import jakarta.resource.spi.ConnectionEventListener;
import jakarta.resource.spi.ConnectionRequestInfo;
import jakarta.resource.spi.IllegalStateException;
import jakarta.resource.spi.LocalTransaction;
import jakarta.resource.spi.ManagedConnection;
import jakarta.resource.spi.ManagedConnectionMetaData;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.security.auth.Subject;
import javax.transaction.xa.XAResource;

/**
 * A sequence of a loaded model, as a connection of a server's pool. Made with its model loaded; when it is destroyed its slot is free, and
 * the model is unloaded with the last one. Safe for use by many threads.
 */
public final class HyperionManagedConnection implements ManagedConnection {
    private final Pool pool;
    private final int slot;
    private final List<ConnectionEventListener> listeners = new CopyOnWriteArrayList<>();

    // All that follows is guarded by this.
    private final List<ConnectionHandle> handles = new ArrayList<>();
    private HyperionConnectionRequestInfo last;
    private Optional<PrintWriter> log;
    private boolean destroyed;

    /**
     * Loads the model, if this is its first connection, and waits for that.
     *
     * @throws HyperionException if it cannot be loaded, or all of its slots have a connection; it holds nothing then
     */
    HyperionManagedConnection(Pool pool, HyperionConnectionRequestInfo info, Optional<PrintWriter> log) {
        this.pool = pool;
        this.last = info;
        this.log = log;
        this.slot = pool.model().acquire();
        trace(AdapterMessage.CONNECTION_OPENED);
    }

    SharedModel model() {
        return pool.model();
    }

    Pool pool() {
        return pool;
    }

    int slot() {
        return slot;
    }

    /** {@return how many characters its last request has in common with another; -1 if it cannot serve} */
    synchronized int fitness(HyperionConnectionRequestInfo info) {
        return isSound() ? last.commonWith(info) : -1;
    }

    /** {@return whether it can serve: it is not destroyed, and its model takes requests} */
    synchronized boolean isSound() {
        return !destroyed && model().isServing();
    }

    /**
     * A new handle of this connection; those that there are stay as they are.
     *
     * @param subject is not looked at: models have no users
     * @param info what it is for
     * @return a {@link HyperionConnection}
     * @throws IllegalStateException if it is destroyed
     */
    @Override
    public synchronized Object getConnection(Subject subject, ConnectionRequestInfo info) throws ResourceException {
        requireThere();
        if (info instanceof HyperionConnectionRequestInfo request) {
            last = request;
        }
        ConnectionHandle handle = new ConnectionHandle(this);
        handles.add(handle);
        pool.opened();
        return handle;
    }

    private void requireThere() throws IllegalStateException {
        if (destroyed) {
            throw new IllegalStateException(AdapterMessage.DESTROYED.text());
        }
    }

    /**
     * Takes over a handle of another managed connection.
     *
     * @param connection the handle
     * @throws ResourceException if it is none of this adapter's, is closed, or this is destroyed
     */
    @Override
    public void associateConnection(Object connection) throws ResourceException {
        if (!(connection instanceof ConnectionHandle handle)) {
            throw new ResourceException(AdapterMessage.OTHER_HANDLE.text(connection));
        }
        HyperionManagedConnection former =
                handle.owner().orElseThrow(() -> new IllegalStateException(AdapterMessage.CLOSED.text()));
        synchronized (this) {
            requireThere();
            handles.add(handle);
            pool.opened();
            handle.belongTo(Optional.of(this));
        }
        former.forget(handle);
    }

    /** {@return whether it was one of this connection's} */
    private synchronized boolean forget(ConnectionHandle handle) {
        boolean removed = handles.remove(handle);
        if (removed) {
            pool.closed();
        }
        return removed;
    }

    /** The application closes a handle. Does nothing if it is none of this connection's any more. */
    void close(ConnectionHandle handle) {
        if (end(handle)) {
            tell(handle, new ConnectionEvent(this, ConnectionEvent.CONNECTION_CLOSED));
        }
    }

    /** The model does not serve any more: the server is to destroy this. */
    void fail(ConnectionHandle handle, HyperionException failure) {
        if (end(handle)) {
            tell(handle, new ConnectionEvent(this, ConnectionEvent.CONNECTION_ERROR_OCCURRED, failure));
        }
    }

    private boolean end(ConnectionHandle handle) {
        boolean removed = forget(handle);
        if (removed) {
            handle.belongTo(Optional.empty());
        }
        return removed;
    }

    /** Not under the lock: a server does much in its listener, such as to destroy this. */
    private void tell(ConnectionHandle handle, ConnectionEvent event) {
        event.setConnectionHandle(handle);
        for (ConnectionEventListener listener : listeners) {
            if (event.getId() == ConnectionEvent.CONNECTION_CLOSED) {
                listener.connectionClosed(event);
            } else {
                listener.connectionErrorOccurred(event);
            }
        }
    }

    /**
     * Makes it ready for the next: all handles are closed, and what the last request was is kept.
     *
     * @throws IllegalStateException if it is destroyed
     */
    @Override
    public synchronized void cleanup() throws ResourceException {
        requireThere();
        closeHandles();
    }

    private void closeHandles() {
        for (ConnectionHandle handle : List.copyOf(handles)) {
            end(handle);
        }
    }

    /** Closes all handles and frees the slot; the model is unloaded with its last connection. Does nothing if that is done already. */
    @Override
    public void destroy() {
        synchronized (this) {
            if (destroyed) {
                return;
            }
            destroyed = true;
            closeHandles();
        }
        trace(AdapterMessage.CONNECTION_CLOSED);
        model().release(slot);
    }

    @Override
    public void addConnectionEventListener(ConnectionEventListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeConnectionEventListener(ConnectionEventListener listener) {
        listeners.remove(listener);
    }

    /**
     * @throws NotSupportedException always: what a model says cannot be rolled back
     */
    @Override
    public XAResource getXAResource() throws ResourceException {
        throw new NotSupportedException(AdapterMessage.NO_TRANSACTIONS.text());
    }

    /**
     * @throws NotSupportedException always: what a model says cannot be rolled back
     */
    @Override
    public LocalTransaction getLocalTransaction() throws ResourceException {
        throw new NotSupportedException(AdapterMessage.NO_TRANSACTIONS.text());
    }

    @Override
    public synchronized ManagedConnectionMetaData getMetaData() throws ResourceException {
        requireThere();
        try {
            ModelProperties properties = model().client().properties(Optional.empty());
            return new ConnectionMetaData(properties.model(), properties.engine(), properties.slots());
        } catch (HyperionException e) {
            throw new ResourceException(e.getMessage(), e);
        }
    }

    @Override
    public synchronized void setLogWriter(PrintWriter writer) {
        log = Optional.ofNullable(writer);
    }

    /** {@return what is told of this connection goes there; null for nowhere, as the specification has it} */
    @Override
    public synchronized PrintWriter getLogWriter() {
        return log.orElse(null);
    }

    private synchronized void trace(AdapterMessage message) {
        log.ifPresent(writer -> writer.println(message.text(model().name(), slot)));
    }
}
